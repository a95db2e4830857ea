import { appendFileSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import type { DeadLetter } from '../../../src-main/agent/dead-letter/dead-letter.ts'
import { DeadLetterFile, deadLettersIn, eventOf } from '../../../src-main/agent/dead-letter/dead-letter-file.ts'
import { batchOf } from '../../../src-shared/event/build-batch.ts'
import type { Headers } from '../../../src-shared/event/event-batch.ts'
import { canCountOpenFiles, openFiles } from '../../driver/open-files.ts'

function newFile(): string {
  const folder = mkdtempSync(join(tmpdir(), 'millrace-dead-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  return join(folder, 'not', 'yet', 'dead.jsonl')
}
const letter = (body: Uint8Array | string, headers: Headers = {}, ordinal?: number): DeadLetter => ({
  event: batchOf([{ headers, body: Buffer.from(body) }]),
  sink: 'k1',
  channel: 'c1',
  ...(ordinal !== undefined && { ordinal }),
  error: 'no',
  attempts: 2,
  time: 0,
})
const contentOf = async (path: string) => {
  const lines = []
  for await (const line of deadLettersIn(path)) lines.push(line)
  return lines
}

test('text, bytes that are no text, empty bodies and null headers come back as they were', async () => {
  const path = newFile()
  const file = new DeadLetterFile(path)
  const bodies = [Buffer.from('Grüße\n"quoted"'), Buffer.from([0xff, 0, 0x80]), Buffer.alloc(0), Buffer.from('\u2028 \uFEFF')]
  for (const body of bodies) await file.put(letter(body, { a: 'ü', none: null }))
  const events = (await contentOf(path)).map(({ record }) => eventOf(record!))
  expect(events.map(({ body }) => Buffer.from(body))).toEqual(bodies)
  expect(events.every(({ headers }) => headers['none'] === null && headers['a'] === 'ü')).toBe(true)
  expect(await file.waiting()).toBe(4)
})

test('is readable by its owner only: what is in a log is nobody else’s business', async () => {
  const path = newFile()
  await new DeadLetterFile(path).put(letter('x'))
  expect(statSync(path).mode & 0o777).toBe(process.platform === 'win32' ? 0o666 : 0o600)
})

test('an event that was written before the process was killed is not written again after its restart', async () => {
  const path = newFile()
  await new DeadLetterFile(path).put(letter('a', {}, 1))
  await new DeadLetterFile(path).put(letter('b', {}, 2))
  const restarted = new DeadLetterFile(path)
  await restarted.put(letter('b', {}, 2))
  await restarted.put(letter('b', {}, 3))
  expect((await contentOf(path)).map(({ record }) => record?.ordinal)).toEqual([1, 2, 3])
})

test('a line that was cut short stays as it is, is no record, and hides no other', async () => {
  const path = newFile()
  await new DeadLetterFile(path).put(letter('a'))
  appendFileSync(path, '{"time":"2026')
  await new DeadLetterFile(path).put(letter('b'))
  expect((await contentOf(path)).map(({ line, record }) => [line, record?.body])).toEqual([
    [1, 'a'],
    [2, undefined],
    [3, 'b'],
  ])
  expect(readFileSync(path, 'utf8')).toContain('{"time":"2026\n')
})

test('counts from the beginning when the file was taken away', async () => {
  const path = newFile()
  const file = new DeadLetterFile(path)
  await file.put(letter('a'))
  rmSync(path)
  await file.put(letter('b'))
  expect(await file.waiting()).toBe(1)
})

test.runIf(canCountOpenFiles)('whoever reads no further than some line leaves no file open', async () => {
  const path = newFile()
  const file = new DeadLetterFile(path)
  for (const body of ['a', 'b', 'c']) await file.put(letter(body))
  for await (const { line } of deadLettersIn(path)) if (line === 1) break
  expect(openFiles(path)).toBe(0)
})
