// Whether a named rule says why a run left something else than Flume's. Asked only of rules of which the product itself said, in that run, that
// it had applied them; each difference must be of the kind that the rule gives (differences.ts, `leaves`), and none may be left over.
import { type Difference, differences, type Leaves } from '../../../src-shared/flume/differences.ts'
import { splitLines } from './collect.ts'

/** What was different in a case. Only what has `contents`, `status` or `waitedFor` can be a rule's doing. */
export interface CaseProblem {
  readonly text: string
  /** What was expected of a file, folder or reply, and what was there. */
  readonly contents?: { readonly expected: Buffer; readonly actual: Buffer; readonly listing: boolean }
  /** Status of an HTTP answer. */
  readonly status?: { readonly expected: number; readonly actual: number }
  /** So many lines did not come. */
  readonly waitedFor?: 'lines'
}

/** The rules that an agent's log names: `rule=ID` where one was applied, `[ID]` behind a problem of the configuration. */
export function rulesInLog(log: string): Difference[] {
  const ids = new Set([...log.matchAll(/ rule=([a-z0-9-]+)$| \[([a-z0-9-]+)\]$/gm)].map(([, applied, located]) => applied ?? located))
  return differences.filter(({ id }) => ids.has(id))
}

/** The first of `applied` that explains every problem. Contents must be among them: a time-out alone says nothing. */
export function explainedBy(problems: readonly CaseProblem[], applied: readonly Difference[]): Difference | undefined {
  if (!problems.some(({ contents, status }) => contents !== undefined || status !== undefined)) return undefined
  return applied.find(({ leaves }) => leaves?.some((kind) => problems.every((problem) => explains[kind](problem))))
}

const explains: Readonly<Record<Leaves, (problem: CaseProblem) => boolean>> = {
  more: ({ contents, status }) => {
    // What Flume refused is taken.
    if (status !== undefined) return status.expected >= 400 && status.actual === 200
    if (contents === undefined) return false
    const [expected, actual] = [counted(contents.expected), counted(contents.actual)]
    // A file that was put aside has another ending.
    if (contents.listing) return [...expected.keys()].every((name) => [...actual.keys()].some((other) => other.startsWith(name.trimEnd())))
    // A line of Flume's that comes more often would be a duplicate.
    return [...expected].every(([line, count]) => actual.get(line) === count)
  },
  fewer: ({ contents, waitedFor }) => {
    if (waitedFor === 'lines') return true
    if (contents === undefined || contents.listing) return false
    const [expected, actual] = [counted(contents.expected), counted(contents.actual)]
    return [...expected].every(([line, count]) => actual.has(line) && actual.get(line)! <= count) && actual.size === expected.size
  },
  longer: ({ contents }) => {
    if (contents === undefined || contents.listing) return false
    const [expected, actual] = [splitLines(contents.expected), splitLines(contents.actual)].map((lines) => lines.map(String))
    return expected!.length === actual!.length && expected!.every((line, index) => actual![index]!.startsWith(line.replace(/[\r\n]+$/, '')))
  },
  once: ({ contents }) => {
    if (contents === undefined || contents.listing) return false
    const [expected, actual] = [counted(contents.expected), counted(contents.actual)]
    return [...expected].every(([line, count]) => actual.has(line) && actual.get(line)! <= count)
  },
  characters: ({ contents }) => contents !== undefined && !contents.listing && plain(contents.expected) === plain(contents.actual),
  utf8: ({ contents }) =>
    contents !== undefined && !contents.listing && Buffer.from(contents.actual.toString('latin1'), 'utf8').equals(contents.expected),
}

/** The ASCII characters of a text, without line ends and what stands for a character that is none. */
const plain = (data: Buffer): string => data.toString('latin1').replace(/[^\0-\x7f]|[?\n]/g, '')

/** Each line with how often it is there. */
function counted(data: Buffer): Map<string, number> {
  const lines = new Map<string, number>()
  for (const line of splitLines(data).map((bytes) => bytes.toString('latin1'))) lines.set(line, (lines.get(line) ?? 0) + 1)
  return lines
}
