// What every component of every kind must do: loops over the registry, so that a new file is judged without a line here.
import { describe, expect, test } from 'vitest'
import { builtInRegistry } from '../../src-main/component/registry.ts'
import { differences } from '../../src-shared/flume/differences.ts'
import { entriesOf, parseDocument } from '../../src-shared/flume/properties-document.ts'
import { parseOptions } from '../../src-shared/spec/parse-options.ts'

const registry = builtInRegistry()

test('there are components of every kind', () => {
  for (const kind of ['source', 'channel', 'sink', 'interceptor', 'selector', 'serializer'] as const) {
    expect(registry.ofKind(kind).length, kind).toBeGreaterThan(0)
  }
})

describe.each(registry.definitions.map((definition) => [`${definition.kind} ${definition.type}`, definition] as const))(
  '%s',
  (_, definition) => {
    test('is found by its type and aliases in any case and by its exact class name', () => {
      for (const name of [definition.type, ...(definition.aliases ?? [])]) {
        expect(registry.find(definition.kind, name)).toBe(definition)
        expect(registry.find(definition.kind, name.toUpperCase())).toBe(definition)
      }
      if (definition.className === undefined) return
      expect(registry.find(definition.kind, definition.className)).toBe(definition)
      if (definition.className.toLowerCase() !== definition.type.toLowerCase()) {
        expect(registry.find(definition.kind, definition.className.toLowerCase())).toBeUndefined()
      }
    })

    test('says in a sentence what it is', () => {
      expect(definition.summary).toMatch(/^[A-Z`].*[.]$/)
    })

    test('says in a sentence what each of its properties is', () => {
      for (const [name, { spec }] of Object.entries(definition.properties)) {
        const text = spec.noEffect ?? spec.description
        expect(text.length, `${name} is described`).toBeGreaterThan(5)
      }
    })

    test('has defaults that its own properties accept', () => {
      for (const [name, property] of Object.entries(definition.properties)) {
        const { default: value, kind } = property.spec
        if (['string', 'int', 'long', 'double', 'boolean'].includes(kind) && value !== undefined) {
          expect(() => property.parse(String(value)), `${name} = ${value}`).not.toThrow()
        }
      }
    })

    test('has examples whose keys it knows', () => {
      for (const example of definition.examples) {
        const values = Object.fromEntries(entriesOf(parseDocument(example.properties)).map((entry) => [entry.key, entry.value]))
        const { problems } = parseOptions(definition.properties, values, ['channels', 'channel', 'type'])
        const slips = problems.filter((problem) => !problem.message.startsWith('Required property'))
        expect(slips, example.title).toEqual([])
      }
    })

    test('cites rules that stand in the table of differences', () => {
      const known = differences.map((rule) => rule.id)
      expect(definition.rules?.filter((rule) => !known.includes(rule)) ?? []).toEqual([])
    })
  },
)
