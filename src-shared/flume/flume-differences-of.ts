// Where Millrace runs a component and a real Flume would not: one line for each, for `validate` and the problems panel.
import type { AgentConfiguration, ComponentConfiguration } from './agent-configuration.ts'
import type { FlumeVerdict } from './as-flume/as-flume.ts'
import { loadedClass } from './flume-types.ts'
import type { Problem } from './problem.ts'

/** `known`: problems that are already shown; a component of which one speaks of a real Flume is not repeated. */
export function flumeDifferencesOf(agent: AgentConfiguration, verdict: FlumeVerdict, file: string, known: readonly Problem[]): Problem[] {
  const at = { severity: 'info', code: 'FLUME_DIFFERS', file } as const
  if ('parseFailure' in verdict && known.some(({ message }) => message.includes('refuses the whole file'))) return []
  if ('parseFailure' in verdict)
    return [{ ...at, component: agent.name, message: `A real Flume does not read this file at all: ${verdict.parseFailureMessage}` }]
  if ('fatal' in verdict.instantiated) {
    const culprits = unloadable(agent).map(({ path, kind, type, writtenType = type, lines }) => ({
      ...at,
      ...lineOf(lines),
      component: path,
      message: `A real Flume runs nothing of agent ${agent.name} because of this ${kind}: it cannot load ${writtenType}.`,
    }))
    if (culprits.length > 0) return culprits
    return [{ ...at, component: agent.name, message: `A real Flume runs nothing of this file: ${verdict.instantiated.fatalMessage}.` }]
  }
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
    const message = `A real Flume leaves out ${path}${reason === undefined ? '' : `: ${reason}`}`
    return [{ ...at, ...lineOf(component.lines), component: component.path, message }]
  })
}

/** Components over whose types Flume ends. One whose type is not written it leaves out before. */
function unloadable({ sources, channels, sinks }: AgentConfiguration): ComponentConfiguration[] {
  return [...channels, ...sources, ...sinks].filter(
    ({ kind, writtenType }) => writtenType !== undefined && loadedClass(kind as 'source' | 'channel' | 'sink', writtenType) === undefined,
  )
}

/** The line of the type, else the first of the component. */
function lineOf(lines: Readonly<Record<string, number>>): { line?: number } {
  const line = lines['type'] ?? Object.values(lines)[0]
  return line === undefined ? {} : { line }
}
