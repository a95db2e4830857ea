// What the loaders of one agent's components share.
import type { ComponentConfiguration, LeftOutComponent, LoadOptions } from './agent-configuration.ts'
import type { ProblemReport } from './component-problems.ts'
import type { Section } from './configuration-key.ts'
import { emptyComponent, type RawAgent, type RawComponent } from './raw-configuration.ts'
import { resolveType } from './resolve-type.ts'

/** What the loaders of each kind share. */
export interface AgentLoad {
  readonly agent: RawAgent
  readonly options: LoadOptions
  readonly report: ProblemReport
  /** Filled by the loaders: listed components that do not run. */
  readonly leftOut: LeftOutComponent[]
}

/** The active names of a section with what the file says of each. */
export function listedComponents(
  load: AgentLoad,
  section: Section,
): { name: string; path: string; line: number; component: RawComponent | undefined }[] {
  const list = load.agent.listed[section]
  if (list === undefined) return []
  return list.names.map((name) => ({
    name,
    path: `${load.agent.name}.${section}.${name}`,
    line: list.line,
    component: load.agent.components[section].get(name),
  }))
}

const endpoints = {
  sources: { kind: 'source', word: 'Source', example: 'netcat', channel: 'channels' },
  sinks: { kind: 'sink', word: 'Sink', example: 'logger', channel: 'channel' },
} as const

/** A listed source or sink that has a type. */
interface Endpoint {
  readonly name: string
  readonly path: string
  readonly component: RawComponent
  /** What is known of its type; undefined when nothing is, which is then reported. */
  entry(): ReturnType<typeof resolveType>['entry']
  leaveOut(): void
}

/** The listed sources or sinks that have a type; the others are reported and left out. */
export function* endpointsOf(load: AgentLoad, section: 'sources' | 'sinks'): Generator<Endpoint> {
  const { report, options } = load
  const { kind, word, example, channel } = endpoints[section]
  for (const { name, path, line, component } of listedComponents(load, section)) {
    const written = component?.properties['type']
    const leaveOut = (): void => void load.leftOut.push({ kind, name, ...(written !== undefined && { writtenType: written }) })
    if (component === undefined || written === undefined) {
      report.component(path, component, {
        severity: 'error',
        code: component === undefined ? 'NOT_CONFIGURED' : 'TYPE_MISSING',
        line,
        message: `${word} ${name} has no type; it is left out.`,
        hint: `Add ${path}.type = ${example} (or another), and ${path}.${channel}.`,
      })
      leaveOut()
      continue
    }
    const entry = (): ReturnType<Endpoint['entry']> => {
      const resolved = resolveType(kind, written, options.catalog)
      if (resolved.entry !== undefined) return resolved.entry
      report.component(path, component, {
        severity: 'error',
        code: resolved.code,
        key: 'type',
        message: `${resolved.message} ${word} ${name} is left out; the rest runs.`,
        hint: resolved.hint,
      })
      return undefined
    }
    yield { name, path, component, entry, leaveOut }
  }
}

/** The parts of a configuration that every kind has alike. */
export function componentBase(
  component: RawComponent,
  path: string,
  type: string,
  properties: Readonly<Record<string, string>> = component.properties,
): Pick<ComponentConfiguration, 'name' | 'path' | 'type' | 'writtenType' | 'properties' | 'lines'> {
  const writtenType = component.properties['type']
  return {
    name: component.name,
    path,
    type,
    ...(writtenType !== undefined && { writtenType }),
    properties,
    lines: component.lines,
  }
}

/** Everything below a prefix, as a component of its own: `interceptors.i1.`, `selector.`, `processor.`. */
export function subComponent(component: RawComponent, name: string, prefix: string): RawComponent {
  const part = emptyComponent(name)
  for (const [key, value] of Object.entries(component.properties)) {
    if (!key.startsWith(prefix) || key.length === prefix.length) continue
    part.properties[key.slice(prefix.length)] = value
    part.lines[key.slice(prefix.length)] = component.lines[key]!
  }
  return part
}
