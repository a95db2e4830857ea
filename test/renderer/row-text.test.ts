import { expect, test } from 'vitest'
import { firstAtLeast, patternOf } from '../../src-renderer/tail/log-search.ts'
import { levelOf, piecesOf, withHits } from '../../src-renderer/tail/row-text.ts'
import { fc } from '../driver/property.ts'

const textOf = (pieces: readonly { text: string }[]): string => pieces.map((piece) => piece.text).join('')

test('text without special characters is shown as it is, however it is coloured', () => {
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom(...'abc 09:.-="/[]ERROR'), maxLength: 200 }), (text) => {
      expect(textOf(piecesOf(text))).toBe(text)
    }),
  )
})

test('control characters and characters that turn the direction are shown as signs', () => {
  expect(textOf(piecesOf('a\u0000b\u0007c\u007fd\u202ee\u200bf\ufeff'))).toBe('a␀b␇c␡d‹202E›e‹200B›f‹FEFF›')
  expect(textOf(piecesOf('tab\tstays'))).toBe('tab\tstays')
})

test('a terminal’s colours become looks and leave no signs behind', () => {
  expect(piecesOf('\u001b[1;31mred\u001b[0m plain')).toEqual([{ text: 'red', look: 'ansi-bold ansi-c1' }, { text: ' plain' }])
})

test('hits are cut out of the pieces without changing the text', () => {
  fc.assert(
    fc.property(
      fc.string({ unit: fc.constantFrom(...'ab ERROR12:.'), maxLength: 120 }),
      fc.constantFrom('a', 'ab', 'R1', 'ERROR', 'b '),
      (text, wanted) => {
        const pieces = withHits(piecesOf(text), patternOf({ text: wanted, regex: false, caseSensitive: true, wholeWord: false }))
        expect(textOf(pieces)).toBe(text)
        const lit = pieces.filter((piece) => piece.look?.includes('row-hit') === true)
        expect(textOf(lit)).toBe(wanted.repeat(text.split(wanted).length - 1))
      },
    ),
  )
})

test('a line has the level that it says, or that its status says', () => {
  expect(levelOf('2026-11-22 21:00:00 ERROR upstream timed out')).toBe('error')
  expect(levelOf('[warn] low on space')).toBe('warn')
  expect(levelOf('10.0.0.1 - - [22/Nov/2026:21:00:00 +0000] "GET / HTTP/1.1" 503 12')).toBe('error')
  expect(levelOf('10.0.0.1 - - [22/Nov/2026:21:00:00 +0000] "GET / HTTP/1.1" 404 12')).toBe('warn')
  expect(levelOf('nothing of the kind')).toBeUndefined()
})

test('the first number that is not below a value is found in any ascending list', () => {
  fc.assert(
    fc.property(fc.uniqueArray(fc.nat(500)), fc.nat(520), (numbers, value) => {
      const sorted = numbers.sort((a, b) => a - b)
      const expected = sorted.findIndex((number) => number >= value)
      expect(firstAtLeast(sorted, value)).toBe(expected === -1 ? sorted.length : expected)
    }),
  )
})
