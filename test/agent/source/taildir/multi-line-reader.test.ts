import { appendFileSync, writeFileSync } from 'node:fs'
import { open } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { MultiLineRule } from '../../../../src-main/agent/multiline/multi-line-rule.ts'
import { ChunkMemory } from '../../../../src-main/agent/source/taildir/chunk-memory.ts'
import { MultiLineReader } from '../../../../src-main/agent/source/taildir/multi-line-reader.ts'
import { bodyAt, headersAt, originAt } from '../../../../src-shared/event/event-batch.ts'
import { fc } from '../../../driver/property.ts'
import { temporaryFolder } from '../../../driver/temporary-folder.ts'

const rule = MultiLineRule.of({
  'multiline.start': /^\[/u,
  'multiline.continue': undefined,
  'multiline.maxLines': 5,
  'multiline.maxBytes': 1024,
  'multiline.timeout': 1000,
})!

/** What the file should give, line by line: the plainest way to say it. */
function expected(text: string): string[] {
  const events: string[][] = []
  for (const line of text.split('\n').slice(0, -1)) {
    const plain = line.replace(/\r$/, '')
    const open = events.at(-1)
    if (open === undefined || plain.startsWith('[') || open.length >= 5) events.push([plain])
    else open.push(plain)
  }
  return events.map((lines) => lines.join('\n'))
}

const line = fc.oneof(
  { weight: 3, arbitrary: fc.stringMatching(/^\[[a-c]{0,3}$/) },
  { weight: 4, arbitrary: fc.stringMatching(/^ at [a-z]{0,8}$/) },
  { weight: 1, arbitrary: fc.constantFrom('', 'Caused by: ü', '\rx') },
)
const file = fc.array(fc.tuple(line, fc.constantFrom('\n', '\n', '\n', '\r\n')), { maxLength: 40 })

test('however the file grows, is read and the reader is killed, its events are the same, each once, with its place', async () => {
  const folder = temporaryFolder()
  let runs = 0
  await fc.assert(
    fc.asyncProperty(file, fc.infiniteStream(fc.nat({ max: 9 })), async (lines, dice) => {
      const roll = (): number => dice.next().value as number
      const path = join(folder, `${runs++}.log`)
      const text = lines.map((pair) => pair.join('')).join('')
      const bytes = Buffer.from(text)
      writeFileSync(path, '')
      const handle = await open(path, 'r')
      let position = 0
      let size = 0
      const fresh = (): MultiLineReader =>
        new MultiLineReader(
          {
            file: handle,
            position,
            maxLineBytes: 1 << 20,
            memory: new ChunkMemory(),
            source: () => ({ component: 'r1', path }),
            headers: () => ({}),
          },
          rule,
        )
      let reader = fresh()
      const events: string[] = []
      const take = (read: Awaited<ReturnType<MultiLineReader['next']>>): boolean => {
        if (read === undefined) return false
        expect(Buffer.from(read.bytes)).toEqual(bytes.subarray(position, read.end))
        for (let row = 0; row < read.batch.count; row++) {
          const body = Buffer.from(bodyAt(read.batch, row)).toString()
          const { offset } = originAt(read.batch, row)!
          expect(bytes.toString('utf8', offset).replaceAll('\r\n', '\n').startsWith(body)).toBe(true)
          events.push(body)
        }
        position = read.end
        return true
      }
      while (size < bytes.length) {
        const next = Math.min(bytes.length, size + 1 + roll() * 3)
        appendFileSync(path, bytes.subarray(size, next))
        size = next
        while (take(await reader.next(size, 1 + roll())));
        // A killed process goes on from the position that was noted.
        if (roll() === 0) reader = fresh()
      }
      while (take(await reader.next(size, 100)));
      while (take(await reader.rest(size)));
      await handle.close()
      expect(position).toBe(bytes.length)
      expect(events).toEqual(expected(text))
    }),
    { numRuns: 300, seed: 11 },
  )
})

test('a batch has no more events than were asked for', async () => {
  const path = join(temporaryFolder(), 'a.log')
  writeFileSync(path, '[1\n[2\n[3\n[4\n[5\n')
  const handle = await open(path, 'r')
  const source = () => ({ component: 'r1' })
  const reader = new MultiLineReader(
    { file: handle, position: 0, maxLineBytes: 1 << 20, memory: new ChunkMemory(), source, headers: () => ({}) },
    rule,
  )
  const counts: number[] = []
  for (let read = await reader.next(15, 2); read !== undefined; read = await reader.next(15, 2)) counts.push(read.batch.count)
  expect(Math.max(...counts)).toBeLessThanOrEqual(2)
  expect(counts.reduce((sum, count) => sum + count)).toBe(4)
  expect(reader.holds).toBe(true)
  await handle.close()
})

test('an event that grows too long is cut, and says so', async () => {
  const path = join(temporaryFolder(), 'a.log')
  const text = `[trace\n${' at x\n'.repeat(7)}[next\n`
  writeFileSync(path, text)
  const handle = await open(path, 'r')
  const source = () => ({ component: 'r1' })
  const reader = new MultiLineReader(
    { file: handle, position: 0, maxLineBytes: 1 << 20, memory: new ChunkMemory(), source, headers: () => ({ host: 'h' }) },
    rule,
  )
  const { batch } = (await reader.next(text.length, 100))!
  expect([0, 1].map((row) => headersAt(batch, row))).toEqual([{ host: 'h', multiline: 'cut' }, { host: 'h' }])
  expect([0, 1].map((row) => Buffer.from(bodyAt(batch, row)).toString().split('\n').length)).toEqual([5, 3])
  await handle.close()
})
