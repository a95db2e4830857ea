// Where Millrace runs a component and a real Flume would not: one line for each, for `validate` and the problems panel.
import type { AgentConfiguration, ComponentConfiguration } from './agent-configuration.ts'
import type { FlumeVerdict } from './as-flume/as-flume.ts'
import type { Problem } from './problem.ts'

/** `known`: problems that are already shown; a component of which one speaks of a real Flume is not repeated. */
export function flumeDifferencesOf(agent: AgentConfiguration, verdict: FlumeVerdict, file: string, known: readonly Problem[]): Problem[] {
  const at = { severity: 'info', code: 'FLUME_DIFFERS', file } as const
  if ('parseFailure' in verdict)
    return [{ ...at, component: agent.name, message: `A real Flume does not read this file at all: ${verdict.parseFailureMessage}` }]
  if ('fatal' in verdict.instantiated)
    return [{ ...at, component: agent.name, message: `A real Flume runs nothing of this file: ${verdict.instantiated.fatalMessage}.` }]
  const running = new Set([
    ...verdict.instantiated.channels.map((name) => `channels.${name}`),
    ...verdict.instantiated.sources.map((name) => `sources.${name}`),
  ])
  for (const [name, { sinks }] of Object.entries(verdict.instantiated.sinkRunners))
    for (const sink of [...sinks, name]) running.add(`sinks.${sink}`).add(`sinkgroups.${name}`)
  const components: readonly ComponentConfiguration[] = [...agent.channels, ...agent.sources, ...agent.sinks, ...agent.sinkGroups]
  return components.flatMap((component) => {
    const path = component.path.slice(agent.name.length + 1)
    if (running.has(path) || known.some((problem) => problem.component === component.path && problem.message.includes('real Flume')))
      return []
    const reason = verdict.reasons?.[component.path]
    const line = component.lines['type'] ?? Object.values(component.lines)[0]
    const message = `A real Flume leaves out ${path}${reason === undefined ? '' : `: ${reason}`}`
    return [{ ...at, ...(line !== undefined && { line }), component: component.path, message }]
  })
}
