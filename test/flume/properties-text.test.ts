import { describe, expect, test } from 'vitest'
import { decodeProperties, encodeProperties } from '../../src-shared/flume/properties-bytes.ts'
import {
  documentText,
  entriesOf,
  entryFor,
  parseDocument,
  removeKey,
  renameKeys,
  setValue,
} from '../../src-shared/flume/properties-document.ts'
import { escapeKey, escapeValue, readProperties, textOf } from '../../src-shared/flume/properties-text.ts'
import { fc } from '../driver/property.ts'

const pairs = (text: string): [string, string, number][] =>
  readProperties(text).pieces.flatMap((piece) =>
    piece.kind === 'entry' ? [[piece.key, piece.value, piece.line] as [string, string, number]] : [],
  )

/** Texts dense in the characters that matter to the grammar. */
const propertiesText = fc.string({
  unit: fc.constantFrom('a', 'b', '.', ' ', '\t', '\f', '\n', '\r', '\\', '=', ':', '#', '!', 'u', '0', '4', 'ü', '𝄞', '$', '{', '}'),
  maxLength: 200,
})

describe('the text of a properties file', () => {
  test.each([
    ['a = b', [['a', 'b', 1]]],
    [
      'a:b\na b\na=b\na',
      [
        ['a', 'b', 1],
        ['a', 'b', 2],
        ['a', 'b', 3],
        ['a', '', 4],
      ],
    ],
    [
      'a = b \\\n    c\nd = e',
      [
        ['a', 'b c', 1],
        ['d', 'e', 3],
      ],
    ],
    ['# comment \\\na = 1', [['a', '1', 2]]],
    ['  ! x\n\n a\t:\t= b  ', [['a', '= b  ', 3]]],
    ['a\\=b\\ c\\:d = e', [['a=b c:d', 'e', 1]]],
    ['a = \\t\\n\\\\\\u0041\\q', [['a', '\t\n\\Aq', 1]]],
    [
      'a=1\rb=2\r\nc=3',
      [
        ['a', '1', 1],
        ['b', '2', 2],
        ['c', '3', 3],
      ],
    ],
    [
      'a = \\\n\nb = 1',
      [
        ['a', '', 1],
        ['b', '1', 3],
      ],
    ],
    [
      'a = \\\\\nb = 1',
      [
        ['a', '\\', 1],
        ['b', '1', 2],
      ],
    ],
    ['a = b\\', [['a', 'b', 1]]],
    ['\\\n# x\na = 1', [['a', '1', 3]]],
    ['=v', [['', 'v', 1]]],
  ])('%j is read as java.util.Properties reads it', (text, expected) => {
    expect(pairs(text)).toEqual(expected)
  })

  test('a malformed \\u escape is reported with its line and key, and the rest is read', () => {
    const read = readProperties('a = 1\nb = \\u12x4 y\nc = 3')
    expect(read.escapeProblems).toEqual([{ line: 2, key: 'b', escape: '\\u12x4' }])
    expect(pairs('a = 1\nb = \\u12x4 y\nc = 3')).toHaveLength(3)
  })

  test('any text is read without throwing, its pieces joined give it back, and lines are counted as an editor counts them', () => {
    fc.assert(
      fc.property(propertiesText, (text) => {
        const { pieces } = readProperties(text)
        expect(textOf(pieces)).toBe(text)
        let before = ''
        for (const piece of pieces) {
          expect(piece.line).toBe(before.split(/\r\n|\r|\n/).length)
          before += piece.raw
        }
      }),
      { numRuns: 2000 },
    )
  })

  test('the places of key and value cut out text that reads as that key and that value', () => {
    fc.assert(
      fc.property(propertiesText, (text) => {
        for (const piece of readProperties(text).pieces) {
          if (piece.kind !== 'entry') continue
          expect(piece.keyAt[0]).toBeLessThanOrEqual(piece.keyAt[1])
          expect(piece.keyAt[1]).toBeLessThanOrEqual(piece.valueAt[0])
          expect(piece.valueAt[0]).toBeLessThanOrEqual(piece.valueAt[1])
          expect(piece.valueAt[1]).toBeLessThanOrEqual(piece.raw.length)
        }
      }),
    )
  })

  test('any key and value that are escaped and written are read back the same', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' }), (key, value) => {
        expect(pairs(`${escapeKey(key)} = ${escapeValue(value)}\n`)).toEqual([[key, value, 1]])
      }),
    )
  })
})

describe('editing a properties document', () => {
  const text = '# head\r\na1.sources = r1   \r\n\r\n! note\r\na1.sources.r1.type : seq\r\na1.sinks = k1\\\r\n   k2\r\n'

  test('a new value changes its own characters only', () => {
    expect(documentText(setValue(parseDocument(text), 'a1.sources.r1.type', 'netcat'))).toBe(text.replace('seq', 'netcat'))
    expect(documentText(setValue(parseDocument(text), 'a1.sinks', 'k1'))).toBe(text.replace('k1\\\r\n   k2', 'k1'))
  })

  test('a new key stands behind the last key of its component, with the line end of the file', () => {
    expect(documentText(setValue(parseDocument(text), 'a1.sources.r1.channels', 'c1'))).toBe(
      text.replace('seq\r\n', 'seq\r\na1.sources.r1.channels = c1\r\n'),
    )
  })

  test('the last of several equal keys is the one that counts and is edited', () => {
    const twice = 'a = 1\na = 2\n'
    expect(entryFor(parseDocument(twice), 'a')?.value).toBe('2')
    expect(documentText(setValue(parseDocument(twice), 'a', '3'))).toBe('a = 1\na = 3\n')
  })

  test('a file without a last line end, or ending in a backslash, takes a new key on a line of its own', () => {
    expect(documentText(setValue(parseDocument('x.a = 1'), 'x.b', '2'))).toBe('x.a = 1\nx.b = 2\n')
    expect(entriesOf(setValue(parseDocument('x.a = 1\\'), 'x.b', '2')).map((entry) => [entry.key, entry.value])).toEqual([
      ['x.a', '1'],
      ['x.b', '2'],
    ])
    expect(entriesOf(setValue(parseDocument('\na\\\r\\'), 'aa', '')).map((entry) => [entry.key, entry.value])).toEqual([
      ['a', ''],
      ['aa', ''],
    ])
  })

  test('removing and renaming keep every other byte', () => {
    expect(documentText(removeKey(parseDocument(text), 'a1.sinks'))).toBe(text.replace('a1.sinks = k1\\\r\n   k2\r\n', ''))
    const renamed = renameKeys(parseDocument(text), (key) => (key === 'a1.sources.r1.type' ? 'a1.sources.r2.type' : undefined))
    expect(documentText(renamed)).toBe(text.replace('r1.type', 'r2.type'))
  })

  test('whatever the text, a set value is read back, all other entries and comments stay, and setting the old value restores the meaning', () => {
    const key = fc.string({ unit: fc.constantFrom('a', 'b', '.', ' ', '=', 'ü', '\\'), minLength: 1, maxLength: 5 })
    fc.assert(
      fc.property(propertiesText, key, fc.string({ unit: 'binary', maxLength: 8 }), (text, key, value) => {
        const before = parseDocument(text)
        const after = setValue(before, key, value)
        expect(entryFor(after, key)?.value).toBe(value)
        const others = (document: typeof before) =>
          entriesOf(document).flatMap((entry) => (entry.key === key ? [] : [[entry.key, entry.value]]))
        expect(others(after)).toEqual(others(before))
        const comments = (document: typeof before) =>
          document.pieces.flatMap((piece) => (piece.kind === 'comment' ? [piece.raw.trimEnd()] : []))
        expect(comments(after)).toEqual(comments(before))
      }),
      { numRuns: 2000 },
    )
  })

  test('whatever the text, a removed key is gone and the others stay', () => {
    fc.assert(
      fc.property(propertiesText, (text) => {
        const before = parseDocument(text)
        for (const { key } of entriesOf(before)) {
          const after = removeKey(before, key)
          expect(entriesOf(after).map((entry) => entry.key)).toEqual(
            entriesOf(before)
              .map((entry) => entry.key)
              .filter((other) => other !== key),
          )
        }
      }),
    )
  })
})

describe('the bytes of a properties file', () => {
  test('any bytes are decoded without throwing and written back the same', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), fc.boolean(), (random, mark) => {
        const bytes = mark ? Uint8Array.of(0xef, 0xbb, 0xbf, ...random) : random
        const decoded = decodeProperties(bytes)
        expect([...encodeProperties(decoded.text, decoded)]).toEqual([...bytes])
      }),
      { numRuns: 2000 },
    )
  })

  test('UTF-8 is read as UTF-8, other bytes as ISO-8859-1', () => {
    expect(decodeProperties(Uint8Array.of(0x61, 0xc3, 0xbc)).text).toBe('aü')
    expect(decodeProperties(Uint8Array.of(0x61, 0xfc)).text).toBe('aü')
    expect(decodeProperties(Uint8Array.of(0x80, 0x9f)).text).toBe('\u0080\u009f')
  })
})
