import { expect, test } from 'vitest'
import { JsonSyntaxError, type JsonValue, Literal, type Members, parseLenientJson } from '../../../src-main/agent/http/lenient-json.ts'
import { fc } from '../../driver/property.ts'

const valueIn = (text: string): JsonValue | undefined => parseLenientJson(text).value

/** As plain values; literals become `{ literal }`. */
function plain(value: JsonValue | undefined): unknown {
  if (value instanceof Literal) return { literal: value.text }
  if (value instanceof Map)
    return Object.fromEntries([...(value as ReadonlyMap<string, JsonValue>)].map(([name, member]) => [name, plain(member)]))
  return Array.isArray(value) ? value.map(plain) : value
}

test('what JSON.parse reads is read the same, numbers keeping their spelling', () => {
  const normalised = (value: unknown): unknown => {
    if (typeof value === 'number' || typeof value === 'boolean') return { literal: JSON.stringify(value) }
    if (Array.isArray(value)) return value.map(normalised)
    return typeof value === 'object' && value !== null
      ? Object.fromEntries(Object.entries(value).map(([name, member]) => [name, normalised(member)]))
      : value
  }
  fc.assert(
    fc.property(fc.jsonValue({ maxDepth: 4 }), (value) => {
      const unusual = JSON.stringify(value).includes('"__proto__"')
      if (!unusual) expect(plain(valueIn(JSON.stringify(value)))).toEqual(normalised(JSON.parse(JSON.stringify(value))))
    }),
  )
  expect(plain(valueIn('[1.50, 1e3, true]'))).toEqual([{ literal: '1.50' }, { literal: '1e3' }, { literal: 'true' }])
})

test.each([
  ["[{'body':'sq'}]", [{ body: 'sq' }]],
  ['[{body: word}]', [{ body: { literal: 'word' } }]],
  ['// a comment\n[/* another */ "x" # and one\n]', ['x']],
  ['["x"] \n\t', ['x']],
  ['["a"; "b"]', ['a', 'b']],
  ['{"a"="b", "c"=>"d"}', { a: 'b', c: 'd' }],
  ['["a",]', ['a', null]],
  ['[null, NULL]', [null, null]],
  ['"\\u00e9\\t\\\'"', "é\t'"],
])('reads %s as Gson does', (text, value) => {
  expect(plain(valueIn(text))).toEqual(value)
})

test('behind the value nothing may stand, not even a comment', () => {
  expect(() => parseLenientJson('["x"] // a comment')).toThrow(JsonSyntaxError)
})

test('a name that comes again is noted, unless its value was null', () => {
  const repeated = (text: string) => (valueIn(text) as Members).repeated
  expect(repeated('{"a": 1, "b": 2, "a": 3}')).toBe('a')
  expect(repeated('{"a": null, "a": 3}')).toBeUndefined()
})

test('an empty text has no value', () => {
  expect(valueIn(' \n// nothing')).toBeUndefined()
})

test.each(['[', '[{"a":', '["x"] zzz', '{"a"}', '"open', '"\\q"', '"\\u12"', ']', `${'['.repeat(200)}`])('%s is refused', (text) => {
  expect(() => parseLenientJson(text)).toThrow(JsonSyntaxError)
})

test('any text is read or refused, never anything else', () => {
  fc.assert(
    fc.property(
      fc.string({ unit: fc.constantFrom('[', ']', '{', '}', '"', "'", ':', ',', ';', '=', '\\', 'u', '1', 'a', ' ', '/', '*', '#', '\n') }),
      (text) => {
        try {
          parseLenientJson(text)
        } catch (error) {
          expect(error).toBeInstanceOf(JsonSyntaxError)
        }
      },
    ),
  )
})

test('reading ends at an escape that is no number, with what stands before it', () => {
  const { value, cut } = parseLenientJson('[{"a": "b", "c": ["x", "\\uZZZZ", "y"]}, "z"]')
  expect(plain(value)).toEqual([{ a: 'b', c: ['x', ''] }])
  expect(cut?.message).toBe('\\uZZZZ is no number at character 27')
  expect(cut?.open.size).toBe(3)
})

test('blanks are those of Gson: others belong to a word', () => {
  expect(plain(valueIn('[\u00a0"a"\ufeff]'))).toEqual([{ literal: '\u00a0"a"\ufeff' }])
  expect(() => parseLenientJson('[\f"a"]')).toThrow(JsonSyntaxError)
})
