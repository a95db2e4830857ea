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
