import { expect, test } from 'vitest'
import { LineSplitter } from '../../../src-main/streaming/receiver/line-splitter.ts'
import { fc } from '../../driver/property.ts'

function linesOf(pieces: readonly Uint8Array[], byteOrderMark: 'left-out' | 'text' = 'text'): string[] {
  const splitter = new LineSplitter({ byteOrderMark })
  const lines = pieces.flatMap((piece) => splitter.add(piece))
  const last = splitter.end()
  return last === undefined ? lines : [...lines, last]
}

test('LF, CR and CR LF end a line, wherever the pieces are cut', () => {
  const texts = fc.array(fc.constantFrom('a', 'é', '漢', '😀', '\r', '\n', '\r\n', '\u2028'), { maxLength: 20 })
  fc.assert(
    fc.property(texts, fc.infiniteStream(fc.integer({ min: 1, max: 4 })), (parts, cuts) => {
      const text = parts.join('')
      const bytes = Buffer.from(text)
      const pieces: Uint8Array[] = []
      for (let at = 0; at < bytes.length; ) {
        const length = cuts.next().value as number
        pieces.push(bytes.subarray(at, at + length))
        at += length
      }
      const expected = text.split(/\r\n|\n|\r/)
      if (expected.at(-1) === '') expected.pop()
      expect(linesOf(pieces)).toEqual(expected)
    }),
  )
})

test('a line that a CR ends is there at once: nobody waits for the LF that may follow', () => {
  const splitter = new LineSplitter({ byteOrderMark: 'text' })
  expect(splitter.add(Buffer.from('a\r'))).toEqual(['a'])
  expect(splitter.add(Buffer.from('\nb\n'))).toEqual(['b'])
})

test('a byte order mark is left out where it is asked to', () => {
  expect(linesOf([Buffer.from('\ufeffa\n')], 'left-out')).toEqual(['a'])
  expect(linesOf([Buffer.from('\ufeffa\n')])).toEqual(['\ufeffa'])
})
