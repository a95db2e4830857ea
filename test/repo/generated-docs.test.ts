// Pages that are made from the code say what the code says; what they are made from is complete.
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { generatedPages, writtenPage } from '../../docs/generate.ts'
import { builtInRegistry } from '../../src-main/component/registry.ts'
import { differences } from '../../src-shared/flume/differences.ts'

const registry = builtInRegistry()
const pages = generatedPages(registry.definitions)

describe('generated documentation', () => {
  test.each([...pages])('docs/%s is what its source says (npm run docs writes it)', (name, text) => {
    expect(writtenPage(name)).toBe(text)
  })

  test('docs/components has no page of a kind that is gone', () => {
    const written = readdirSync(join(import.meta.dirname, '../../docs/components')).map((file) => `components/${file}`)
    expect(written.filter((file) => !pages.has(file))).toEqual([])
  })

  test('every property of every component has a description, or says why it has no effect', () => {
    const missing = registry.definitions.flatMap(({ kind, type, properties }) =>
      Object.entries(properties).flatMap(([name, { spec }]) =>
        spec.description === '' && spec.noEffect === undefined ? [`${kind} ${type} ${name}`] : [],
      ),
    )
    expect(missing).toEqual([])
  })

  test('every rule that a component names is in the table of differences', () => {
    const known = new Set(differences.map(({ id }) => id))
    const unknown = registry.definitions.flatMap(({ kind, type, rules }) =>
      (rules ?? []).filter((rule) => !known.has(rule)).map((rule) => `${kind} ${type}: ${rule}`),
    )
    expect(unknown).toEqual([])
  })

  test('ids of rules are unique', () => {
    expect(new Set(differences.map(({ id }) => id)).size).toBe(differences.length)
  })
})
