// What is wrong with a configuration, and where: the one shape that the command line, the window's problems panel and the agent show.

export type Severity = 'error' | 'warning' | 'info'

/** Every kind of problem that loading a configuration can report. The code is stable: scripts and tests name it. */
const problemCodes = {
  FILE_UNREADABLE: 'The file cannot be read, is not a file, or is not text.',
  FILE_EMPTY: 'The file holds no property at all.',
  BAD_ESCAPE: 'A \\uXXXX escape has not four hexadecimal digits.',
  DUPLICATE_KEY: 'A key is given twice; the last one counts.',
  ENCODING: 'The file is not valid UTF-8, or a real Flume would read it differently (ISO-8859-1).',
  BAD_KEY: 'A key has not the shape agent.section or agent.section.component.property.',
  EMPTY_VALUE: 'A key has an empty value and counts as absent.',
  SUBSTITUTION: 'A lookup in braces could not be resolved and stays as it is, or could not be read.',
  CONFIG_FILTER: 'A configuration filter is missing, refused, or did not answer.',
  AGENT_MISSING: 'There is no agent of that name in the file.',
  AGENT_INVALID: 'An agent has nothing that could run.',
  NOT_LISTED: 'A component is configured but not in the active list of its agent.',
  NOT_CONFIGURED: 'A component is in the active list but has no property.',
  TYPE_MISSING: 'A component has no type.',
  TYPE_UNKNOWN: 'No component of that type exists.',
  TYPE_NOT_BUILT: 'Flume knows this type; Millrace has not built it, or refuses it.',
  CHANNEL_MISSING: 'A source or sink names no channel, or one that does not exist.',
  CHANNEL_UNUSED: 'Nothing is connected to a channel.',
  SINK_GROUP: 'A sink group names a sink that does not exist, or that another group has.',
  PROPERTY: 'A property is missing, unknown, or has a value that it cannot take.',
  BATCH_TOO_LARGE: 'A batchSize is above the transactionCapacity of its channel.',
  FLUME_DIFFERS: 'Millrace runs it; a real Flume 1.11 would not.',
  ARTICLE: 'A key is accepted for what its author meant.',
} as const

export type ProblemCode = keyof typeof problemCodes

export interface Problem {
  readonly severity: Severity
  readonly code: ProblemCode
  readonly file: string
  /** 1-based; absent when the problem is not about a line. */
  readonly line?: number
  /** The whole key as in the file (`a1.sources.r1.batchSize`). */
  readonly key?: string
  /** The value as written; absent for secrets. */
  readonly value?: string
  /** `a1.sources.r1`. */
  readonly component?: string
  /** A whole sentence: what is wrong. */
  readonly message: string
  /** What to do about it. */
  readonly hint?: string
  /** Id of the named rule (differences table) by which Millrace departs from Flume here. */
  readonly rule?: string
}

/** One line for a terminal: `file:line: severity: message — hint`. */
export function problemLine(problem: Problem): string {
  const place = problem.line === undefined ? problem.file : `${problem.file}:${problem.line}`
  const hint = problem.hint === undefined || problem.hint === '' ? '' : ` — ${problem.hint}`
  const rule = problem.rule === undefined ? '' : ` [${problem.rule}]`
  return `${place}: ${problem.severity}: ${problem.message}${hint}${rule}`
}

/** By line, then severity, as a person reads a file. Stable. */
export function inFileOrder(problems: readonly Problem[]): Problem[] {
  const rank = { error: 0, warning: 1, info: 2 }
  return [...problems].sort((a, b) => (a.line ?? 0) - (b.line ?? 0) || rank[a.severity] - rank[b.severity])
}
