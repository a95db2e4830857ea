import { describe, expect, test } from 'vitest'
import { entriesOf, parseDocument } from '../../src-shared/flume/properties-document.ts'
import { mayConnect } from '../../src-shared/pipeline/connection-rules.ts'
import {
  applyChange,
  changeBetween,
  invertChange,
  newHistory,
  type PipelineState,
  record,
  redo,
  undo,
} from '../../src-shared/pipeline/pipeline-document.ts'
import {
  addComponent,
  addInterceptor,
  connect,
  disconnect,
  interceptorsOf,
  invalidName,
  moveInterceptor,
  moveNodes,
  removeComponents,
  removeInterceptor,
  renameComponent,
  setProperty,
} from '../../src-shared/pipeline/pipeline-edits.ts'
import { structureOf } from '../../src-shared/pipeline/pipeline-structure.ts'
import { fc } from '../driver/property.ts'

const text = `# My agent, keep this
a1.sources = r1
a1.channels  =  c1 c2
a1.sinks = k1

# reads
a1.sources.r1.type : seq
a1.sources.r1.channels = c1 \\
    c2
a1.sources.r1.selector.type = multiplexing
a1.sources.r1.selector.mapping.A = c1
a1.sources.r1.selector.default = c2
a1.channels.c1.type = memory
a1.channels.c2.type = memory
! writes
a1.sinks.k1.type = null
a1.sinks.k1.channel = c1
a1.sinkgroups = g1
a1.sinkgroups.g1.sinks = k1
a1.sinkgroups.g1.processor.priority.k1 = 5
`
const state: PipelineState = { text, layout: { 'a1.sources.r1': { x: 1, y: 2 } } }
const values = (now: PipelineState): Record<string, string> =>
  Object.fromEntries(entriesOf(parseDocument(now.text)).map((entry) => [entry.key, entry.value]))
const wires = (now: PipelineState): string[] => structureOf(parseDocument(now.text)).wires.map((wire) => wire.id)

describe('editing a pipeline on the canvas', () => {
  test('interceptors are added behind the last one, moved and removed with all their properties; no other line changes', () => {
    const source = 'a1.sources.r1'
    const two = addInterceptor(addInterceptor(state, source, 'timestamp'), source, 'mask')
    expect(interceptorsOf(two.text, source)).toEqual([
      { name: 'i1', type: 'timestamp' },
      { name: 'i2', type: 'mask' },
    ])
    const set = setProperty(two, `${source}.interceptors.i2`, 'patterns', 'email')
    const moved = moveInterceptor(set, source, 'i2', -1)
    expect(values(moved)[`${source}.interceptors`]).toBe('i2 i1')
    expect(moveInterceptor(moved, source, 'i2', -1)).toEqual(moved)
    const without = removeInterceptor(moved, source, 'i2')
    expect(interceptorsOf(without.text, source)).toEqual([{ name: 'i1', type: 'timestamp' }])
    expect(without.text).not.toContain('i2')
    expect(removeInterceptor(without, source, 'i1').text).toBe(text)
  })

  test('a new component stands in its list and in a block of its own behind its kind, and nothing else changes', () => {
    const after = addComponent(state, {
      agent: 'a1',
      kind: 'sink',
      type: 'file_roll',
      properties: { 'sink.directory': 'C:\\logs' },
      position: { x: 9, y: 9 },
    })
    expect(after.text).toBe(
      text
        .replace('a1.sinks = k1', 'a1.sinks = k1 k2')
        .replace(
          'a1.sinks.k1.channel = c1\n',
          'a1.sinks.k1.channel = c1\n\na1.sinks.k2.type = file_roll\na1.sinks.k2.sink.directory = C:\\\\logs\n',
        ),
    )
    expect(after.layout['a1.sinks.k2']).toEqual({ x: 9, y: 9 })
  })

  test('the first component of an empty text makes an agent that loads', () => {
    let now: PipelineState = { text: '', layout: {} }
    now = addComponent(now, { agent: 'a1', kind: 'source', type: 'seq' })
    now = addComponent(now, { agent: 'a1', kind: 'channel', type: 'sqlite' })
    now = addComponent(now, { agent: 'a1', kind: 'sink', type: 'logger' })
    now = connect(connect(now, 'a1.sources.r1', 'a1.channels.c1'), 'a1.channels.c1', 'a1.sinks.k1')
    expect(values(now)).toEqual({
      'a1.sources': 'r1',
      'a1.channels': 'c1',
      'a1.sinks': 'k1',
      'a1.sources.r1.type': 'seq',
      'a1.sources.r1.channels': 'c1',
      'a1.channels.c1.type': 'sqlite',
      'a1.sinks.k1.type': 'logger',
      'a1.sinks.k1.channel': 'c1',
    })
  })

  test('removing a channel takes it out of every list and selector that names it', () => {
    const after = values(removeComponents(state, ['a1.channels.c1']))
    expect(after['a1.channels']).toBe('c2')
    expect(after['a1.sources.r1.channels']).toBe('c2')
    expect(after).not.toHaveProperty(['a1.sources.r1.selector.mapping.A'])
    expect(after).not.toHaveProperty(['a1.sinks.k1.channel'])
    expect(after).not.toHaveProperty(['a1.channels.c1.type'])
    expect(after['a1.sources.r1.selector.default']).toBe('c2')
  })

  test('renaming goes along all references, and place and comments stay', () => {
    const channel = values(renameComponent(state, 'a1.channels.c1', 'queue'))
    expect(channel).toMatchObject({
      'a1.channels': 'queue c2',
      'a1.sources.r1.channels': 'queue c2',
      'a1.sources.r1.selector.mapping.A': 'queue',
      'a1.sinks.k1.channel': 'queue',
      'a1.channels.queue.type': 'memory',
    })
    const sink = renameComponent(state, 'a1.sinks.k1', 'out')
    expect(values(sink)).toMatchObject({
      'a1.sinks': 'out',
      'a1.sinks.out.channel': 'c1',
      'a1.sinkgroups.g1.sinks': 'out',
      'a1.sinkgroups.g1.processor.priority.out': '5',
    })
    expect(sink.text.split('\n').filter((line) => /^[#!]/.test(line))).toEqual(text.split('\n').filter((line) => /^[#!]/.test(line)))
    expect(renameComponent(state, 'a1.sources.r1', 'tail').layout).toEqual({ 'a1.sources.tail': { x: 1, y: 2 } })
  })

  test('a name that is taken or that Flume cannot read changes nothing', () => {
    expect(renameComponent(state, 'a1.channels.c1', 'c2')).toBe(state)
    for (const name of ['', 'a b', 'a.b', 'ü', 'a=b']) {
      expect(invalidName(name)).toMatch(/\.$/)
      expect(renameComponent(state, 'a1.channels.c1', name)).toBe(state)
    }
    expect(invalidName('my-channel_2')).toBeUndefined()
  })

  test('wires are drawn and taken away in the text; the wire of a sink gives way to the new one', () => {
    expect(wires(state)).toEqual(['a1.sources.r1->a1.channels.c1', 'a1.sources.r1->a1.channels.c2', 'a1.channels.c1->a1.sinks.k1'])
    const away = disconnect(state, 'a1.sources.r1', 'a1.channels.c1')
    expect(away.text).toBe(text.replace('c1 \\\n    c2', 'c2'))
    expect(wires(connect(away, 'a1.sources.r1', 'a1.channels.c1'))).toHaveLength(3)
    expect(mayConnect(parseDocument(text), 'a1.channels.c2', 'a1.sinks.k1')).toEqual({
      allowed: true,
      replaces: 'a1.channels.c1->a1.sinks.k1',
    })
    expect(connect(state, 'a1.channels.c2', 'a1.sinks.k1').text).toBe(text.replace('k1.channel = c1', 'k1.channel = c2'))
  })

  test.each([
    ['a1.sources.r1', 'a1.sinks.k1', 'An event goes through a channel'],
    ['a1.sources.r1', 'a1.channels.c1', 'connected already'],
    ['a1.channels.c1', 'a1.sources.r1', 'from the source to the channel'],
    ['a1.channels.c1', 'a1.channels.c2', 'through a sink'],
    ['a1.sinks.k1', 'a1.channels.c1', 'the end of its pipeline'],
    ['a1.sources.r1', 'b1.channels.c1', 'There is no such node'],
    ['a1.channels.c1', 'stream:x', 'names the channels that it reads'],
  ])('%s may not be connected to %s, and the reason says what to do', (from, to, reason) => {
    const verdict = mayConnect(parseDocument(text), from, to)
    expect(verdict).toMatchObject({ allowed: false, reason: expect.stringContaining(reason) })
    expect(connect(state, from, to)).toBe(state)
  })

  test('nodes of two agents are not connected by a wire', () => {
    const two = `${text}b1.channels = c1\nb1.channels.c1.type = memory\n`
    expect(mayConnect(parseDocument(two), 'a1.sources.r1', 'b1.channels.c1')).toMatchObject({
      reason: expect.stringContaining('avro sink'),
    })
  })

  test('a property is set in its place, and an empty one is removed', () => {
    expect(setProperty(state, 'a1.channels.c1', 'type', 'file').text).toBe(text.replace('c1.type = memory', 'c1.type = file'))
    expect(setProperty(state, 'a1.channels.c1', 'capacity', '5').text).toBe(
      text.replace('c1.type = memory\n', 'c1.type = memory\na1.channels.c1.capacity = 5\n'),
    )
    expect(setProperty(state, 'a1.channels.c1', 'type', '').text).toBe(text.replace('a1.channels.c1.type = memory\n', ''))
  })
})

const name = fc.constantFrom('r1', 'r2', 'c1', 'c2', 'k1', 'k2', 'x')
const node = fc.tuple(fc.constantFrom('a1', 'b'), fc.constantFrom('sources', 'channels', 'sinks'), name).map((parts) => parts.join('.'))
const kind = fc.constantFrom('source' as const, 'channel' as const, 'sink' as const)
const edit: fc.Arbitrary<(now: PipelineState) => PipelineState> = fc.oneof(
  fc.tuple(fc.constantFrom('a1', 'b'), kind).map(
    ([agent, kind]) =>
      (now: PipelineState) =>
        addComponent(now, { agent, kind, type: 'seq', position: { x: 1, y: 1 } }),
  ),
  node.map((id) => (now: PipelineState) => removeComponents(now, [id])),
  fc.tuple(node, name).map(
    ([id, to]) =>
      (now: PipelineState) =>
        renameComponent(now, id, to),
  ),
  fc.tuple(node, node).map(
    ([from, to]) =>
      (now: PipelineState) =>
        connect(now, from, to),
  ),
  fc.tuple(node, node).map(
    ([from, to]) =>
      (now: PipelineState) =>
        disconnect(now, from, to),
  ),
  fc.tuple(node, fc.string({ unit: 'binary', maxLength: 5 })).map(
    ([id, value]) =>
      (now: PipelineState) =>
        setProperty(now, id, 'type', value),
  ),
  fc.tuple(node, fc.integer()).map(
    ([id, x]) =>
      (now: PipelineState) =>
        moveNodes(now, { [id]: { x, y: 0 } }),
  ),
)
const anyText = fc.oneof(
  fc.constant(text),
  fc.constant(text.replaceAll('\n', '\r\n')),
  fc.string({
    unit: fc.constantFrom(
      'a1',
      '.sources',
      '.channels',
      '.sinks',
      '.r1',
      '.c1',
      '.k1',
      ' = ',
      ' r1',
      ' c1',
      '\n',
      '\r',
      '#',
      '\\',
      ' ',
      'ü',
    ),
    maxLength: 60,
  }),
)

describe('whatever the text and the edits', () => {
  test('undo gives back the text and the layout, redo the edit', () => {
    fc.assert(
      fc.property(anyText, fc.array(edit, { maxLength: 12 }), (begin, edits) => {
        const states = [newHistory({ text: begin, layout: {} })]
        for (const one of edits) states.push(record(states.at(-1)!, one(states.at(-1)!.state)))
        let history = states.at(-1)!
        const steps = history.done.length
        const last = history.state
        for (let step = 0; step < steps; step++) history = undo(history)
        expect(history.state).toEqual({ text: begin, layout: {} })
        for (let step = 0; step < steps; step++) history = redo(history)
        expect(history.state).toEqual(last)
      }),
      { numRuns: 500 },
    )
  })

  test('the inverse of a change leads back from any state to any other', () => {
    fc.assert(
      fc.property(anyText, anyText, (a, b) => {
        const before = { text: a, layout: { x: { x: 1, y: 1 } } }
        const after = { text: b, layout: { x: { x: 2, y: 1 }, y: { x: 0, y: 0 } } }
        const change = changeBetween(before, after)
        expect(applyChange(before, change)).toEqual(after)
        expect(applyChange(after, invertChange(change))).toEqual(before)
      }),
    )
  })

  test('comments stay, in their order, and an entry that an edit does not mean keeps its very text', () => {
    fc.assert(
      fc.property(anyText, edit, (begin, one) => {
        const before = parseDocument(begin)
        const after = parseDocument(one({ text: begin, layout: {} }).text)
        const comments = (document: typeof before) =>
          document.pieces.flatMap((piece) => (piece.kind === 'comment' ? [piece.raw.trimEnd()] : []))
        expect(comments(after)).toEqual(comments(before))
        // The last line of a file may have to get a line end, or to lose a backslash that would swallow the next line.
        const raw = (document: typeof before): string[] =>
          entriesOf(document).flatMap((entry) => (/^(?:a1|b)\./.test(entry.key) ? [] : [entry.raw.replace(/[\\\s]+$/, '')]))
        expect(raw(after)).toEqual(raw(before))
      }),
      { numRuns: 1000 },
    )
  })

  test('a wire that is drawn is there, and gone when it is taken away', () => {
    fc.assert(
      fc.property(anyText, node, node, (begin, from, to) => {
        const now = { text: begin, layout: {} }
        if (!mayConnect(parseDocument(begin), from, to).allowed) return
        const drawn = connect(now, from, to)
        expect(wires(drawn)).toContain(`${from}->${to}`)
        expect(wires(disconnect(drawn, from, to))).not.toContain(`${from}->${to}`)
      }),
      { numRuns: 2000 },
    )
  })
})
