// Dead letter files as a window reads and replays them.
import { existsSync, mkdirSync, renameSync, statSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { DeadLetterFile } from '../../src-main/agent/dead-letter/dead-letter-file.ts'
import type { EngineClient } from '../../src-shared/contract/client.ts'
import type { DeadLetterItem, DeadLetterPage } from '../../src-shared/contract/dead-letters.ts'
import { batchOf } from '../../src-shared/event/build-batch.ts'
import { pickyAvroSource } from '../driver/picky-avro-source.ts'
import { temporaryFolder } from '../driver/temporary-folder.ts'
import { connect, testEngine } from '../driver/test-engine.ts'

interface Opened {
  readonly engine: EngineClient
  /** Of the sink's dead letters. */
  readonly id: string
  readonly file: string
}

/** A pipeline that does not run, with a sink that names its file. */
async function opened(): Promise<Opened> {
  const { engine } = connect((await testEngine()).engine)
  const folder = temporaryFolder()
  const file = join(folder, 'dead.jsonl')
  const pipeline = join(folder, 'p.properties')
  writeFileSync(
    pipeline,
    `a1.sources = r1\na1.channels = c1\na1.sinks = k1\na1.sources.r1.type = seq\na1.sources.r1.channels = c1\na1.channels.c1.type = memory
a1.sinks.k1.type = null\na1.sinks.k1.channel = c1\na1.sinks.k1.deadLetter.file = ${file}\n`,
  )
  const { id } = await engine.pipelines.open({ path: pipeline })
  return { engine, id: `${id}/a1.sinks.k1`, file }
}

async function setAside(
  file: string,
  bodies: readonly (string | Uint8Array)[],
  headers: Readonly<Record<string, string>> = {},
): Promise<void> {
  const box = new DeadLetterFile(file)
  for (const body of bodies) {
    const event = batchOf([{ headers, body: Buffer.from(body) }])
    await box.put({ event, sink: 'k1', channel: 'c1', error: 'h answered 400', attempts: 4, time: 0 })
  }
}

const numbered = (count: number): string[] => Array.from({ length: count }, (_, number) => `event ${number}`)
const eventsOf = (page: DeadLetterPage): DeadLetterItem[] => page.items.filter((item) => item.kind === 'event')
const bodiesOf = (page: DeadLetterPage): string[] => eventsOf(page).map(({ body }) => body.text)

async function allPages({ engine, id }: Opened): Promise<DeadLetterPage[]> {
  const pages = [await engine.deadLetters.page({ id, from: 0 })]
  for (let next = pages[0]!.next; next !== undefined; next = pages.at(-1)!.next)
    pages.push(await engine.deadLetters.page({ id, from: next }))
  return pages
}

test('a page says of each event when, by whom, why, and what it was; bytes that are no text in hexadecimal', async () => {
  const { engine, id, file } = await opened()
  await setAside(file, ['<b>text</b>', Uint8Array.of(0xff, 0x00, 0x0a)], { host: 'h1' })
  const page = await engine.deadLetters.page({ id, from: 0 })
  expect(page).toMatchObject({ file, bytes: statSync(file).size })
  expect(eventsOf(page)[0]).toEqual({
    kind: 'event',
    at: 0,
    time: '1970-01-01T00:00:00.000Z',
    sink: 'k1',
    channel: 'c1',
    attempts: 4,
    error: { text: 'h answered 400' },
    headers: [{ name: { text: 'host' }, value: { text: 'h1' } }],
    moreHeaders: 0,
    body: { form: 'text', text: '<b>text</b>' },
  })
  expect(eventsOf(page)[1]!.body).toEqual({ form: 'hex', text: 'ff 00 0a' })
})

test('long texts are cut between characters, with the length of the whole', async () => {
  const { engine, id, file } = await opened()
  await setAside(file, [`x${'ü'.repeat(5000)}`, new Uint8Array(5000).fill(0xff)], { h: 'v'.repeat(1000) })
  const [text, hex] = eventsOf(await engine.deadLetters.page({ id, from: 0 }))
  expect(text!.body).toEqual({ form: 'text', text: `x${'ü'.repeat(2047)}`, length: 10_001 })
  expect(text!.headers[0]!.value).toEqual({ text: 'v'.repeat(300), length: 1000 })
  expect(hex!.body.length).toBe(5000)
})

test('pages tell every event once, oldest first, and stay small however large the events are', async () => {
  const all = await opened()
  await setAside(
    all.file,
    numbered(60).map((body) => `${body} `.padEnd(300_000, '.')),
  )
  const pages = await allPages(all)
  expect(pages.flatMap(bodiesOf).map((body) => body.split(' ')[1])).toEqual(numbered(60).map((body) => body.split(' ')[1]))
  for (const page of pages) expect(JSON.stringify(page).length).toBeLessThan(200_000)
})

test('what an earlier replay left comes first, and pages go on into the file', async () => {
  const all = await opened()
  await setAside(all.file, numbered(30))
  renameSync(all.file, `${all.file}.replaying`)
  await setAside(all.file, ['later'])
  const pages = await allPages(all)
  expect(pages.flatMap(bodiesOf)).toEqual([...numbered(30), 'later'])
})

test('lines that are no dead letters are counted where they lie; one too long for memory is one of them', async () => {
  const { engine, id, file } = await opened()
  writeFileSync(file, `{"ti\nno\n${'x'.repeat(33 * 1024 * 1024)}\n`)
  await setAside(file, ['good'])
  const first = await engine.deadLetters.page({ id, from: 0 })
  expect(first.items).toEqual([{ kind: 'unreadable', at: 0, lines: 3, bytes: 33 * 1024 * 1024 + 9 }])
  expect(bodiesOf(await engine.deadLetters.page({ id, from: first.next! }))).toEqual(['good'])
})

test('a file that changed under a page is said, not shown from the middle of a line', async () => {
  const { engine, id, file } = await opened()
  await setAside(file, numbered(60))
  const { next } = await engine.deadLetters.page({ id, from: 0 })
  truncateSync(file, next! - 5)
  await expect(engine.deadLetters.page({ id, from: next! })).rejects.toMatchObject({ code: 'CONFLICT' })
})

test('bad files are one sentence, and nothing can be replayed from them', async () => {
  const { engine, id, file } = await opened()
  expect(await engine.deadLetters.page({ id, from: 0 })).toMatchObject({ items: [], whyNoReplay: 'Nothing is set aside.' })
  writeFileSync(file, 'precious\n')
  expect(await engine.deadLetters.page({ id, from: 0 })).toMatchObject({ whyNoReplay: `${file} holds no dead letter.` })
  await expect(engine.deadLetters.replay({ id, host: '127.0.0.1', port: 1 })).rejects.toThrow('it was left as it is')
  renameSync(file, `${file}.kept`)
  mkdirSync(file)
  await expect(engine.deadLetters.page({ id, from: 0 })).rejects.toMatchObject({
    code: 'NOT_FOUND',
    message: `${file} is no file; dead letters lie in one.`,
  })
  await expect(engine.deadLetters.page({ id: 'p/a1.sinks.none', from: 0 })).rejects.toMatchObject({ code: 'NOT_FOUND' })
})

test('a replay sends all, says so, and leaves nothing; lines that are no dead letters are kept', async () => {
  const { engine, id, file } = await opened()
  writeFileSync(file, '{"ti\n')
  await setAside(file, numbered(150), { host: 'h1' })
  const receiver = await pickyAvroSource(() => true)
  const answer = await engine.deadLetters.replay({ id, host: '127.0.0.1', port: receiver.port })
  expect(answer).toEqual({
    sent: 150,
    sentence: `150 events were sent to 127.0.0.1:${receiver.port} and acknowledged. 1 line is no dead letter, now in ${file}.unreadable.`,
  })
  expect(receiver.events()).toEqual(numbered(150).map((body) => [{ host: 'h1' }, body]))
  expect([existsSync(file), existsSync(`${file}.replaying`)]).toEqual([false, false])
})

test('what is not taken stays to be read and replayed', async () => {
  const { engine, id, file } = await opened()
  await setAside(file, numbered(150))
  const receiver = await pickyAvroSource((body) => body !== 'event 120')
  await expect(engine.deadLetters.replay({ id, host: '127.0.0.1', port: receiver.port })).rejects.toMatchObject({
    code: 'EVENT_DELIVERY',
    message: expect.stringContaining('100 events were acknowledged'),
  })
  const page = await engine.deadLetters.page({ id, from: 0 })
  expect(bodiesOf(page)[0]).toBe('event 100')
  expect(page.whyNoReplay).toBeUndefined()
})

test('while events are being sent a second replay is refused', async () => {
  const { engine, id, file } = await opened()
  await setAside(file, numbered(1))
  const receiver = await pickyAvroSource(() => true)
  const target = { id, host: '127.0.0.1', port: receiver.port }
  const [first, second] = await Promise.allSettled([engine.deadLetters.replay(target), engine.deadLetters.replay(target)])
  expect(first).toMatchObject({ status: 'fulfilled', value: { sent: 1 } })
  expect(second).toMatchObject({ status: 'rejected', reason: { message: 'They are being sent at this moment.' } })
  expect(receiver.bodies()).toEqual(['event 0'])
})

test.each([
  { host: '', port: 4141 },
  { host: 'a b', port: 4141 },
  { host: 'http://h', port: 4141 },
  { host: 'h', port: 0 },
  { host: 'h', port: 65536 },
  { host: 'h', port: 1.5 },
])('a replay to $host:$port is refused at the door', async (target) => {
  const { engine, id } = await opened()
  await expect(engine.deadLetters.replay({ id, ...target })).rejects.toMatchObject({ code: 'BAD_ARGUMENT' })
})

test.each([-1, 0.5, Number.NaN])('a page from %d is refused at the door', async (from) => {
  const { engine, id } = await opened()
  await expect(engine.deadLetters.page({ id, from })).rejects.toMatchObject({ code: 'BAD_ARGUMENT' })
})
