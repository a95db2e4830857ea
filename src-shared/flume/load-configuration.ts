// A properties text → the agents that Millrace runs, and every problem with its place. Millrace runs what it sensibly can: a component
// with an error is left out with what hangs on it, everything else runs. What a real Flume would make of the file: as-flume.
import type { AgentConfiguration, LoadOptions } from './agent-configuration.ts'
import { loadAgent } from './load-agent.ts'
import { inFileOrder, type Problem } from './problem.ts'
import { readRawConfiguration } from './raw-configuration.ts'

export interface LoadedConfiguration {
  /** In order of their first key. An agent that has nothing to run is missing; a problem says why. */
  readonly agents: readonly AgentConfiguration[]
  /** By line. */
  readonly problems: readonly Problem[]
}

/** Never throws, whatever the text. */
export function loadConfiguration(text: string, options: LoadOptions): LoadedConfiguration {
  const raw = readRawConfiguration(text, options)
  const loaded = raw.agents.map((agent) => loadAgent(agent, options))
  return {
    agents: loaded.flatMap(({ agent }) => (agent === undefined ? [] : [agent])),
    problems: inFileOrder([...raw.problems, ...loaded.flatMap(({ problems }) => problems)]),
  }
}

export interface ConfigurationText {
  readonly file: string
  readonly text: string
}

/** Several files as one configuration: a key of a later file replaces that of an earlier one. Each problem names its own file and line. */
export function loadConfigurationFiles(files: readonly ConfigurationText[], options: Omit<LoadOptions, 'file'>): LoadedConfiguration {
  const [only] = files
  if (files.length === 1) return loadConfiguration(only!.text, { ...options, file: only!.file })
  const starts: { readonly file: string; readonly before: number }[] = []
  let joined = ''
  for (const { file, text } of files) {
    starts.push({ file, before: joined.split(/\r\n|\r|\n/).length - 1 })
    // An empty line between two files: a backslash at the end of one does not reach into the next.
    joined += `${text}${/[\r\n]$/.test(text) ? '' : '\n'}\n`
  }
  const place = (line: number): { file: string; line: number } => {
    const { file, before } = starts.findLast((start) => start.before < line)!
    return { file, line: line - before }
  }
  const loaded = loadConfiguration(joined, { ...options, file: files.map(({ file }) => file).join(' + '), place })
  return {
    ...loaded,
    problems: loaded.problems.map((problem) => (problem.line === undefined ? problem : { ...problem, ...place(problem.line) })),
  }
}

/** The agent that was asked for, or the problem that there is none. */
export function agentNamed(loaded: LoadedConfiguration, name: string, file: string): AgentConfiguration | Problem {
  const agent = loaded.agents.find((candidate) => candidate.name === name)
  if (agent !== undefined) return agent
  const invalid = loaded.problems.find((problem) => problem.code === 'AGENT_INVALID' && problem.component === name)
  if (invalid !== undefined) return invalid
  const names = loaded.agents.map((candidate) => candidate.name)
  return {
    severity: 'error',
    code: 'AGENT_MISSING',
    file,
    message: `There is no agent ${name} in ${file}.`,
    hint: names.length === 0 ? 'The file has no agent that could run.' : `It has ${names.join(', ')}.`,
  }
}
