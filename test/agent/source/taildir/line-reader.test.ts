// A file of several chunks, read into memory that is used again.
import { readFileSync, statSync, truncateSync, writeFileSync } from 'node:fs'
import { open } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { ChunkMemory } from '../../../../src-main/agent/source/taildir/chunk-memory.ts'
import { LineReader, type ReadLines } from '../../../../src-main/agent/source/taildir/line-reader.ts'
import { temporaryFolder } from '../../../driver/temporary-folder.ts'

async function tenMegabytes(): Promise<{
  path: string
  reader: LineReader
  bytes: Buffer
  next: (maxEvents?: number) => Promise<ReadLines | undefined>
}> {
  const path = join(temporaryFolder(), 'app.log')
  writeFileSync(path, Array.from({ length: 100_000 }, (_, index) => `${index} `.padEnd(100 + (index % 7), 'x')).join('\n'))
  const handle = await open(path, 'r')
  onTestFinished(() => handle.close())
  const { size } = statSync(path)
  const reader = new LineReader({
    file: handle,
    position: 0,
    maxLineBytes: 1 << 20,
    memory: new ChunkMemory(),
    source: () => ({ component: 'r1', path }),
    headers: () => ({}),
  })
  return { path, reader, bytes: readFileSync(path), next: (maxEvents = 7000) => reader.next(size, maxEvents) }
}

const isFrom = (bytes: Buffer, lines: ReadLines): boolean => bytes.subarray(lines.end - lines.bytes.length, lines.end).equals(lines.bytes)

test('a batch that is not delivered keeps its bytes while the next ones are read; delivered ones make room for those that follow', async () => {
  const { reader, bytes, next } = await tenMegabytes()
  const memories = new Set<ArrayBufferLike>()
  let end = 0
  let delivering = await next()
  while (delivering !== undefined) {
    const following = await next()
    expect(delivering.end - delivering.bytes.length).toBe(end)
    expect(isFrom(bytes, delivering)).toBe(true)
    memories.add(delivering.bytes.buffer)
    end = delivering.end
    reader.delivered(delivering)
    delivering = following
  }
  expect(end).toBe(bytes.lastIndexOf('\n') + 1)
  expect(memories.size).toBeLessThanOrEqual(4)
})

test('a batch that is never delivered is never written over', async () => {
  const { reader, bytes, next } = await tenMegabytes()
  const kept: ReadLines[] = []
  for (let lines = await next(), index = 0; lines !== undefined; lines = await next(), index++) {
    if (index % 3 === 0) kept.push(lines)
    else reader.delivered(lines)
  }
  expect(kept.length).toBeGreaterThan(3)
  for (const lines of kept) expect(isFrom(bytes, lines)).toBe(true)
})

test('every batch but the last is full, wherever the chunks end', async () => {
  const { reader, next } = await tenMegabytes()
  const counts: number[] = []
  for (let lines = await next(4000); lines !== undefined; lines = await next(4000)) {
    counts.push(lines.batch.count)
    reader.delivered(lines)
  }
  expect(counts).toEqual([...Array<number>(24).fill(4000), 3999])
})

test.each([
  ['nothing', ''],
  ['other lines', 'other lines\n'.repeat(200_000)],
])('lines that were read are delivered, though the file is truncated meanwhile and has %s', async (_, content) => {
  const { path, reader, bytes, next } = await tenMegabytes()
  const first = await next(6000)
  truncateSync(path)
  writeFileSync(path, content)
  const second = await next(6000)
  expect(isFrom(bytes, second!)).toBe(true)
  expect(second!.bytes.length).toBeGreaterThan(100_000)
  reader.delivered(first!)
})
