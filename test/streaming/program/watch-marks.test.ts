import { expect, test } from 'vitest'
import { watchMark } from '../../../src-main/streaming/program/program-watch.ts'
import { WatchMarks } from '../../../src-main/streaming/program/watch-marks.ts'

/** What comes out of these chunks, and what was seen in them. */
function stripped(...chunks: readonly string[]): { readonly out: string; readonly rssBytes: number | undefined; readonly tail: string } {
  const marks = new WatchMarks()
  const out = chunks.map((chunk) => Buffer.from(marks.strip(Buffer.from(chunk))).toString()).join('')
  return { out, rssBytes: marks.rssBytes, tail: marks.tail }
}

const line = `${watchMark}{"ended":"memory","rssBytes":5000}\n`

test('a mark is taken out wherever it is cut, and what is around it stays', () => {
  const text = `before\n${line}behind\n`
  for (let at = 0; at <= text.length; at++)
    expect(stripped(text.slice(0, at), text.slice(at))).toEqual({ out: 'before\nbehind\n', rssBytes: 5000, tail: 'before\nbehind\n' })
})

test.each([
  ['no JSON', `${watchMark}no JSON\nnext\n`],
  ['JSON of something else', `${watchMark}null\n${watchMark}{"rssBytes":"5"}\nnext\n`],
  ['no end in sight', `${watchMark}${'x'.repeat(100_000)}\nnext\n`],
  ['ten thousand of them', `${watchMark}\n`.repeat(10_000)],
])('a line of the program that begins like a mark is the program’s own: %s', (_, text) => {
  const { out, rssBytes } = stripped(text.slice(0, 30), text.slice(30))
  expect(out).toBe(text)
  expect(rssBytes).toBeUndefined()
})

test('what begins like a mark and does not go on is held back no longer than a mark is', () => {
  const marks = new WatchMarks()
  const out = marks.strip(Buffer.from(`${watchMark}${'x'.repeat(1000)}`))
  expect(Buffer.from(out).toString()).toBe(`${watchMark}${'x'.repeat(1000)}`)
})
