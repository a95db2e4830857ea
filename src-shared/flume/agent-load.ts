// What the loaders of one agent's components share.
import type { ComponentConfiguration, LeftOutComponent, LoadOptions } from './agent-configuration.ts'
import type { ProblemReport } from './component-problems.ts'
import type { Section } from './configuration-key.ts'
import { emptyComponent, type RawAgent, type RawComponent } from './raw-configuration.ts'

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

/** The parts of a configuration that every kind has alike. */
export function componentBase(
  component: RawComponent,
  path: string,
  type: string,
): Pick<ComponentConfiguration, 'name' | 'path' | 'type' | 'writtenType' | 'properties' | 'lines'> {
  const writtenType = component.properties['type']
  return {
    name: component.name,
    path,
    type,
    ...(writtenType !== undefined && { writtenType }),
    properties: component.properties,
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
