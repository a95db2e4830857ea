// The shape of a Flume key: agent.section or agent.section.component.property.
import { javaTrim } from './java-text.ts'

export const sections = ['sources', 'channels', 'sinks', 'sinkgroups', 'configfilters'] as const
export type Section = (typeof sections)[number]

export type ConfigurationKey =
  | { readonly shape: 'list'; readonly agent: string; readonly section: Section }
  | { readonly shape: 'property'; readonly agent: string; readonly section: Section; readonly component: string; readonly property: string }
  | { readonly shape: 'invalid'; readonly agent: string; readonly rest: string }
  | { readonly shape: 'no-agent' }
  | { readonly shape: 'no-property'; readonly agent: string }

/** Takes a trimmed key apart as Flume 1.11 FlumeConfiguration does. */
export function configurationKey(key: string): ConfigurationKey {
  const dot = key.indexOf('.')
  if (dot <= 0) return { shape: 'no-agent' }
  const agent = key.slice(0, dot)
  const rest = key.slice(dot + 1)
  if (rest === '') return { shape: 'no-property', agent }
  for (const section of sections) {
    if (rest === section) return { shape: 'list', agent, section }
    if (!rest.startsWith(`${section}.`)) continue
    // From the second character of the name on: so `sources..type` is no component, and `sources..a.b` is one that is called `.a`.
    const end = rest.indexOf('.', section.length + 2)
    const component = rest.slice(section.length + 1, end)
    if (end === -1 || component === '' || end === rest.length - 1) break
    return { shape: 'property', agent, section, component: javaTrim(component), property: rest.slice(end + 1) }
  }
  return { shape: 'invalid', agent, rest }
}
