// The reference of all components, from their definitions: one page per kind, file name → text.
import type { PropertySpec } from '../../src-shared/spec/property.ts'
import type { AnyDefinition, ComponentKind } from './define.ts'

const titles: Readonly<Record<ComponentKind, { readonly file: string; readonly title: string; readonly key: string }>> = {
  source: { file: 'sources', title: 'Sources', key: 'a1.sources.r1' },
  channel: { file: 'channels', title: 'Channels', key: 'a1.channels.c1' },
  sink: { file: 'sinks', title: 'Sinks', key: 'a1.sinks.k1' },
  interceptor: { file: 'interceptors', title: 'Interceptors', key: 'a1.sources.r1.interceptors.i1' },
  selector: { file: 'selectors', title: 'Channel selectors', key: 'a1.sources.r1.selector' },
  sinkProcessor: { file: 'sink-processors', title: 'Sink processors', key: 'a1.sinkgroups.g1.processor' },
  serializer: { file: 'serializers', title: 'Event serializers', key: 'a1.sinks.k1.sink.serializer' },
  deserializer: { file: 'deserializers', title: 'Deserializers', key: 'a1.sources.r1.deserializer' },
}

/** Pages for docs/components. A kind without components has none. */
export function referencePages(definitions: readonly AnyDefinition[]): Record<string, string> {
  const pages: Record<string, string> = {}
  for (const [kind, { file, title, key }] of Object.entries(titles)) {
    const ofKind = definitions.filter((definition) => definition.kind === kind)
    if (ofKind.length > 0) pages[`${file}.md`] = page(title, key, ofKind)
  }
  return pages
}

function page(title: string, key: string, definitions: readonly AnyDefinition[]): string {
  const lines = [
    '<!-- Generated from the component definitions by `npm run docs`. -->',
    `# ${title}`,
    '',
    ...definitions.map(({ type, summary }) => `- [\`${type}\`](#${anchor(type)}) ${summary}`),
  ]
  for (const definition of definitions) lines.push('', ...component(definition, key))
  return `${lines.join('\n')}\n`
}

const anchor = (type: string): string => type.toLowerCase().replace(/[^\w-]/g, '')

function component({ type, aliases, className, summary, properties, examples, rules }: AnyDefinition, key: string): string[] {
  const lines = [`## ${type}`, '', summary, '']
  const names = [
    `\`${key}.type = ${type}\``,
    ...(aliases ?? []).map((alias) => `\`${alias}\``),
    ...(className === undefined ? [] : [`\`${className}\``]),
  ]
  lines.push(names.length === 1 ? names[0]! : `${names[0]}; also ${names.slice(1).join(', ')}`)
  if (className === undefined) lines.push('', 'Millrace’s own: a real Flume does not have it.')
  const entries = Object.entries(properties)
  if (entries.length > 0) {
    lines.push('', '| property | default | |', '|---|---|---|')
    for (const [name, { spec }] of entries) lines.push(`| \`${name}\` | ${defaultOf(spec)} | ${cell(descriptionOf(spec))} |`)
  }
  for (const example of examples)
    lines.push(
      '',
      `${example.title}:`,
      '',
      '```properties',
      `${key}.type = ${type}`,
      ...example.properties.split('\n').map((line) => `${key}.${line}`),
      '```',
    )
  if (rules !== undefined && rules.length > 0)
    lines.push('', `Departs from Flume in ${rules.map((rule) => `[\`${rule}\`](../differences.md#${rule})`).join(', ')}.`)
  return lines
}

function defaultOf(spec: PropertySpec): string {
  if (spec.noEffect !== undefined) return 'no effect'
  if (spec.required) return '**required**'
  if (spec.default === undefined || spec.kind === 'map') return ''
  const value =
    spec.default instanceof RegExp ? spec.default.source : Array.isArray(spec.default) ? spec.default.join(' ') : String(spec.default)
  return value === '' ? 'empty' : cell(`\`${value}\`${spec.unit === undefined ? '' : ` ${spec.unit}`}`)
}

function descriptionOf(spec: PropertySpec): string {
  if (spec.noEffect !== undefined) return `Known from Flume, without effect: ${spec.noEffect}`
  const facts = [
    spec.values === undefined ? undefined : `One of ${spec.values.map((value) => `\`${value}\``).join(', ')}.`,
    spec.unit !== undefined && (spec.required || spec.default === undefined) ? `In ${spec.unit}.` : undefined,
    spec.global === undefined
      ? undefined
      : `Otherwise for all components: \`-D${spec.global.systemProperty}\` or \`${spec.global.environment}\`${spec.kind === 'list' ? ', with commas' : ''}.`,
    spec.secret === true ? 'A secret: give it by the environment or a configuration filter.' : undefined,
    spec.extension === true ? 'Millrace’s own key.' : undefined,
  ]
  return [spec.description, ...facts].filter((fact) => fact !== undefined && fact !== '').join(' ')
}

/** Text in a table's cell. */
const cell = (text: string): string => text.replace(/\|/g, '\\|').replace(/\s*\n\s*/g, ' ')
