import { expect, test } from 'vitest'
import { LineIndex } from '../../../src-main/engine/log-index/line-index.ts'
import { fc } from '../../driver/property.ts'

/** Text of few kinds of characters, so that line ends are everywhere, cut into chunks anywhere. */
const chunks = fc.array(
  fc.string({ unit: fc.constantFrom('a', '\n', '\r', 'é') }).map((text) => Buffer.from(text)),
  { maxLength: 12 },
)

function indexed(parts: readonly Buffer[]): LineIndex {
  const index = new LineIndex()
  for (const part of parts) index.append(part)
  return index
}

/** Starts and ends of lines, found the plain way. */
function plainLines(whole: Buffer): { start: number; end: number }[] {
  const lines: { start: number; end: number }[] = []
  let start = 0
  for (let at = 0; at < whole.length; at++) {
    if (whole[at] !== 10) continue
    lines.push({ start, end: at })
    start = at + 1
  }
  if (start < whole.length) lines.push({ start, end: whole.length })
  return lines
}

test('lines begin and end where a plain count says, however the file came in', () => {
  fc.assert(
    fc.property(chunks, (parts) => {
      const index = indexed(parts)
      const lines = plainLines(Buffer.concat(parts))
      expect(index.lines).toBe(lines.length)
      expect(lines.map((_, line) => ({ start: index.startOf(line), end: index.endOf(line) }))).toEqual(lines)
    }),
  )
})

test('every byte belongs to the line that a plain count says', () => {
  fc.assert(
    fc.property(chunks, (parts) => {
      const index = indexed(parts)
      const lines = plainLines(Buffer.concat(parts))
      for (const [line, { start, end }] of lines.entries()) {
        expect(index.lineAt(start)).toBe(line)
        expect(index.lineAt(end)).toBe(line)
      }
    }),
  )
})

test('a file of many blocks is indexed in about four bytes a line', () => {
  const index = new LineIndex()
  const chunk = Buffer.from('0123456789\n'.repeat(10_000))
  for (let times = 0; times < 50; times++) index.append(chunk)
  expect(index.lines).toBe(500_000)
  expect(index.startOf(499_999)).toBe(499_999 * 11)
  expect(index.lineAt(123_456 * 11 + 5)).toBe(123_456)
})

test('lines behind a gap of more than 4 GiB keep their place', () => {
  const index = new LineIndex()
  index.append(Buffer.from('first\n'))
  const zeros = Buffer.alloc(64 * 1024 * 1024)
  for (let times = 0; times < 70; times++) index.append(zeros)
  index.append(Buffer.from('\nlast\nopen'))
  const gap = 70 * zeros.length
  expect(index.lines).toBe(4)
  expect(index.startOf(2)).toBe(6 + gap + 1)
  expect(index.endOf(2)).toBe(6 + gap + 5)
  expect(index.longestLine).toBe(gap)
  expect(index.lineAt(6 + gap + 6)).toBe(3)
  expect(index.lastLineOpen).toBe(true)
})
