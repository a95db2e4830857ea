import { expect, test } from 'vitest'
import { splitLines } from '../../../src-main/agent/serialization/split-lines.ts'
import { fc } from '../../driver/property.ts'

async function* inChunks(bytes: Uint8Array, cuts: readonly number[]): AsyncGenerator<Uint8Array> {
  let from = 0
  for (const cut of [...cuts.map((cut) => cut % (bytes.length + 1)), bytes.length].sort((a, b) => a - b)) {
    yield bytes.subarray(from, cut)
    from = cut
  }
}

async function linesOf(text: string, cuts: readonly number[] = []): Promise<string[]> {
  const lines: string[] = []
  for await (const line of splitLines(inChunks(Buffer.from(text, 'latin1'), cuts))) lines.push(Buffer.from(line).toString('latin1'))
  return lines
}

test('a carriage return before the line feed is removed, a lone one stays', async () => {
  expect(await linesOf('a\r\nb\rc\nd\r\n')).toEqual(['a', 'b\rc', 'd'])
})

test('empty lines are lines, and an unterminated last line is one', async () => {
  expect(await linesOf('\n\nend')).toEqual(['', '', 'end'])
  expect(await linesOf('')).toEqual([])
})

test('lines do not depend on how the bytes are cut into chunks', async () => {
  const bytes = fc.string({ unit: fc.constantFrom('a', '\n', '\r', '\xff'), maxLength: 60 })
  const cuts = fc.array(fc.nat(60), { maxLength: 6 })
  await fc.assert(
    fc.asyncProperty(bytes, cuts, async (text, at) => {
      expect(await linesOf(text, at)).toEqual(await linesOf(text))
    }),
  )
})
