// A file of several chunks, read into memory that is used again.
import { readFileSync, statSync, writeFileSync } from 'node:fs'
import { open } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { ChunkMemory } from '../../../../src-main/agent/source/taildir/chunk-memory.ts'
import { LineReader, type ReadLines } from '../../../../src-main/agent/source/taildir/line-reader.ts'
import { temporaryFolder } from '../../../driver/temporary-folder.ts'

async function tenMegabytes(): Promise<{ reader: LineReader; bytes: Buffer; next: () => Promise<ReadLines | undefined> }> {
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
  return { reader, bytes: readFileSync(path), next: () => reader.next(size, 7000) }
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
