// Edits of the canvas as edits of the text: each takes a state and answers the next one. Comments, order and every line that an edit does
// not mean stay byte for byte; references to what is renamed or removed go along.
import {
  documentText,
  entriesOf,
  entryFor,
  insertValue,
  type PropertiesDocument,
  parseDocument,
  removeKey,
  renameKeys,
  setValue,
} from '../flume/properties-document.ts'
import { mayConnect } from './connection-rules.ts'
import type { Layout, PipelineState, Position } from './pipeline-document.ts'
import { addressOf, type NodeAddress, type NodeKind, nodeId, sectionOf, structureOf, valuesOf, wordsOf } from './pipeline-structure.ts'

export interface NewComponent {
  readonly agent: string
  readonly kind: NodeKind
  readonly type: string
  /** The next free one (r1, c1, k1 …) when absent. */
  readonly name?: string
  readonly properties?: Readonly<Record<string, string>>
  readonly position?: Position
}

/** Adds a component to its list and a block of its own. A name that is taken changes nothing. */
export function addComponent(state: PipelineState, { agent, kind, type, name, properties, position }: NewComponent): PipelineState {
  let document = parseDocument(state.text)
  const chosen = name ?? freeName(document, agent, kind)
  const id = nodeId({ agent, kind, name: chosen })
  if (structureOf(document).nodes.some((node) => node.id === id)) return state
  document = editList(document, `${agent}.${sectionOf[kind]}`, (names) => [...names, chosen])
  document = insertValue(document, `${id}.type`, type, lastKeyOf(document, agent, kind), true)
  for (const [key, value] of Object.entries(properties ?? {})) document = setValue(document, `${id}.${key}`, value)
  return { text: documentText(document), layout: position === undefined ? state.layout : { ...state.layout, [id]: position } }
}

/** Removes components, their properties, and their names from every list that has them. */
export function removeComponents(state: PipelineState, ids: readonly string[]): PipelineState {
  let document = parseDocument(state.text)
  for (const id of ids) {
    const address = addressOf(id)
    if (address === undefined) continue
    for (const { key } of entriesOf(document)) if (key.startsWith(`${id}.`)) document = removeKey(document, key)
    document = editList(document, `${address.agent}.${sectionOf[address.kind]}`, (names) => without(names, address.name))
    for (const key of referencesTo(document, address)) document = editList(document, key, (names) => without(names, address.name))
  }
  return { text: documentText(document), layout: Object.fromEntries(Object.entries(state.layout).filter(([id]) => !ids.includes(id))) }
}

/** Renames a component everywhere. A name that is taken or that Flume cannot read (invalidName) changes nothing. */
export function renameComponent(state: PipelineState, id: string, name: string): PipelineState {
  const address = addressOf(id)
  const document = parseDocument(state.text)
  if (address === undefined || address.name === name || invalidName(name) !== undefined) return state
  const to = nodeId({ ...address, name })
  const { nodes } = structureOf(document)
  if (!nodes.some((node) => node.id === id) || nodes.some((node) => node.id === to)) return state
  const swap = (names: readonly string[]): string[] => names.map((word) => (word === address.name ? name : word))
  let renamed = editList(document, `${address.agent}.${sectionOf[address.kind]}`, swap)
  for (const key of referencesTo(renamed, address)) renamed = editList(renamed, key, swap)
  const priority = `.processor.priority.${address.name}`
  renamed = renameKeys(renamed, (key) => {
    if (key.startsWith(`${id}.`)) return `${to}${key.slice(id.length)}`
    const groupKey = address.kind === 'sink' && key.startsWith(`${address.agent}.sinkgroups.`) && key.endsWith(priority)
    return groupKey ? `${key.slice(0, -address.name.length)}${name}` : undefined
  })
  return { text: documentText(renamed), layout: renamedPlace(state.layout, id, to) }
}

/** Draws a wire. What mayConnect refuses changes nothing; a sink's wire gives way to the new one. */
export function connect(state: PipelineState, from: string, to: string): PipelineState {
  const document = parseDocument(state.text)
  if (!mayConnect(document, from, to).allowed) return state
  const [start, end] = [addressOf(from)!, addressOf(to)!]
  const edited =
    start.kind === 'source'
      ? editList(document, `${from}.channels`, (names) => [...names, end.name])
      : setValue(document, `${to}.channel`, start.name)
  return { ...state, text: documentText(edited) }
}

/** Takes a wire away. */
export function disconnect(state: PipelineState, from: string, to: string): PipelineState {
  const [start, end] = [addressOf(from), addressOf(to)]
  if (start === undefined || end === undefined) return state
  const document = parseDocument(state.text)
  if (start.kind === 'source')
    return { ...state, text: documentText(editList(document, `${from}.channels`, (names) => without(names, end.name))) }
  const connected = valuesOf(document).get(`${to}.channel`)?.trim() === start.name
  return connected ? { ...state, text: documentText(removeKey(document, `${to}.channel`)) } : state
}

/** Gives a property of a component a value; undefined (and the empty text, which Flume takes for absent) removes it. */
export function setProperty(state: PipelineState, id: string, key: string, value: string | undefined): PipelineState {
  const document = parseDocument(state.text)
  const edited = value === undefined || value === '' ? removeKey(document, `${id}.${key}`) : setValue(document, `${id}.${key}`, value)
  return { ...state, text: documentText(edited) }
}

/** The keys of a component or an interceptor without its prefix, and their values. */
export function propertiesOf(text: string, id: string): ReadonlyMap<string, string> {
  const own = new Map<string, string>()
  for (const [key, value] of valuesOf(parseDocument(text))) if (key.startsWith(`${id}.`)) own.set(key.slice(id.length + 1), value)
  return own
}

/** The interceptors of a source, in the order in which events pass them. */
export function interceptorsOf(text: string, source: string): readonly { readonly name: string; readonly type: string }[] {
  const values = valuesOf(parseDocument(text))
  return wordsOf(values.get(`${source}.interceptors`)).map((name) => ({
    name,
    type: values.get(`${source}.interceptors.${name}.type`)?.trim() ?? '',
  }))
}

/** Adds an interceptor (i1, i2 …) behind the last one of a source. */
export function addInterceptor(state: PipelineState, source: string, type: string): PipelineState {
  const taken = interceptorsOf(state.text, source).map(({ name }) => name)
  let number = 1
  while (taken.includes(`i${number}`)) number++
  const document = editList(parseDocument(state.text), `${source}.interceptors`, (names) => [...names, `i${number}`])
  return { ...state, text: documentText(setValue(document, `${source}.interceptors.i${number}.type`, type)) }
}

/** Removes an interceptor and its properties. */
export function removeInterceptor(state: PipelineState, source: string, name: string): PipelineState {
  let document = parseDocument(state.text)
  for (const { key } of entriesOf(document)) if (key.startsWith(`${source}.interceptors.${name}.`)) document = removeKey(document, key)
  return { ...state, text: documentText(editList(document, `${source}.interceptors`, (names) => without(names, name))) }
}

/** Moves an interceptor `steps` places back (negative: forward). Past the ends it stays. */
export function moveInterceptor(state: PipelineState, source: string, name: string, steps: number): PipelineState {
  const document = editList(parseDocument(state.text), `${source}.interceptors`, (names) => {
    const at = names.indexOf(name)
    const to = at + steps
    if (at < 0 || to < 0 || to >= names.length) return names
    const moved = without(names, name)
    return [...moved.slice(0, to), name, ...moved.slice(to)]
  })
  return { ...state, text: documentText(document) }
}

export const moveNodes = (state: PipelineState, positions: Layout): PipelineState => ({
  ...state,
  layout: { ...state.layout, ...positions },
})

/** Why a component cannot have this name, or undefined. */
export function invalidName(name: string): string | undefined {
  if (name === '') return 'A component needs a name.'
  if (/[\s.]/.test(name)) return 'A name has neither blanks nor dots: Flume takes keys and lists apart at them.'
  if (!/^[\x21-\x7e]+$/.test(name)) return 'A name has ASCII characters only: Flume reads the file as ISO-8859-1.'
  if (/[=:#!\\$"']/.test(name)) return 'A name has none of the characters = : # ! \\ $ " \'.'
  return undefined
}

const letters: Readonly<Record<NodeKind, string>> = { source: 'r', channel: 'c', sink: 'k' }

function freeName(document: PropertiesDocument, agent: string, kind: NodeKind): string {
  const taken = new Set(structureOf(document).nodes.flatMap((node) => (node.agent === agent && node.kind === kind ? [node.name] : [])))
  for (let number = 1; ; number++) if (!taken.has(`${letters[kind]}${number}`)) return `${letters[kind]}${number}`
}

/** The key behind which a new component of a kind stands: the last of its kind, else of the agent. */
function lastKeyOf(document: PropertiesDocument, agent: string, kind: NodeKind): string | undefined {
  const keys = entriesOf(document).map((entry) => entry.key)
  return keys.findLast((key) => key.startsWith(`${agent}.${sectionOf[kind]}.`)) ?? keys.findLast((key) => key.startsWith(`${agent}.`))
}

/** Keys whose value names channels or sinks: where `address` may be mentioned. */
function referencesTo(document: PropertiesDocument, address: NodeAddress): string[] {
  const { agent, kind, name } = address
  const key = (section: string, rest: string): RegExp => new RegExp(`^${agent.replace(/[^\w-]/g, '\\$&')}\\.${section}\\.[^.]+\\.${rest}$`)
  const patterns =
    kind === 'channel'
      ? [key('sources', 'channels'), key('sources', 'selector\\.(?:default|optional|(?:mapping|optional)\\..+)'), key('sinks', 'channel')]
      : kind === 'sink'
        ? [key('sinkgroups', 'sinks')]
        : []
  return [...valuesOf(document)].flatMap(([candidate, value]) =>
    patterns.some((pattern) => pattern.test(candidate)) && wordsOf(value).includes(name) ? [candidate] : [],
  )
}

/** Edits the words of a value; no word left removes the key, a value without a difference is not touched. */
function editList(document: PropertiesDocument, key: string, edit: (words: readonly string[]) => readonly string[]): PropertiesDocument {
  const before = wordsOf(entryFor(document, key)?.value)
  const after = [...new Set(edit(before))]
  if (after.length === 0) return removeKey(document, key)
  if (after.join(' ') === before.join(' ')) return document
  return entryFor(document, key) === undefined && !key.slice(key.indexOf('.') + 1).includes('.')
    ? insertValue(document, key, after.join(' '), lastListKey(document, key), false)
    : setValue(document, key, after.join(' '))
}

/** Lists stand together: behind the agent's last list. */
function lastListKey(document: PropertiesDocument, key: string): string | undefined {
  const agent = key.slice(0, key.indexOf('.') + 1)
  const lists = ['sources', 'channels', 'sinks', 'sinkgroups', 'configfilters'].map((section) => agent + section)
  return entriesOf(document).findLast((entry) => lists.includes(entry.key))?.key
}

const without = (names: readonly string[], name: string): string[] => names.filter((word) => word !== name)

function renamedPlace(layout: Layout, from: string, to: string): Layout {
  return Object.fromEntries(Object.entries(layout).map(([id, position]) => [id === from ? to : id, position]))
}
