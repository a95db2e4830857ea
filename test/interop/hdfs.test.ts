// The hdfs sink against a real HDFS 3.5 over WebHDFS, read back by Hadoop's own readers.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { FlumeClient } from '../../src-main/agent/avro/flume-client.ts'
import { describeChannel } from '../../src-main/agent/channel/log/describe-channel.ts'
import { batchOf } from '../../src-shared/event/build-batch.ts'
import type { FlumeEvent } from '../../src-shared/event/event-batch.ts'
import { freePort } from '../driver/free-port.ts'
import { temporaryFolder } from '../driver/temporary-folder.ts'
import { until } from '../driver/until.ts'
import { component, ending, write } from './agents.ts'
import { listening } from './ports.ts'
import { type Run, startMillraceAgent } from './real-flume.ts'
import { RealHdfs } from './real-hdfs.ts'

const generousMs = 120_000
let hdfs: RealHdfs
let httpPort: number
const hdfsData = mkdtempSync(join(tmpdir(), 'millrace-hdfs-'))

beforeAll(async () => {
  httpPort = await freePort()
  hdfs = await RealHdfs.start(hdfsData, await freePort(), httpPort)
})
afterAll(async () => {
  await hdfs?.stop()
  rmSync(hdfsData, { recursive: true, force: true })
})

interface Agent {
  readonly run: Run
  readonly folder: string
  readonly into: number
}

/** Avro source, durable channel, hdfs sink below `directory`; again on the folder and port of `before`. */
async function agent(directory: string, sink: Readonly<Record<string, string>>, before?: Agent): Promise<Agent> {
  const folder = before?.folder ?? temporaryFolder()
  const into = before?.into ?? (await freePort())
  const file = write(folder, 'agent.properties', {
    ...component('r1', 'sources', { type: 'avro', bind: '127.0.0.1', port: `${into}`, channels: 'c1' }),
    ...component('c1', 'channels', { type: 'sqlite' }),
    ...component('k1', 'sinks', {
      type: 'hdfs',
      channel: 'c1',
      'hdfs.path': `webhdfs://127.0.0.1:${httpPort}${directory}`,
      'hdfs.proxyUser': 'millrace',
      'hdfs.rollInterval': '0',
      'hdfs.rollSize': '0',
      'hdfs.rollCount': '0',
      'hdfs.retryInterval': '1',
      ...sink,
    }),
  })
  const run = ending(startMillraceAgent('a1', file, join(folder, 'state')))
  await listening(run, into)
  return { run, folder, into }
}

/** Lines with and without characters of several bytes; `timestamp` in two hours. */
const event = (index: number): FlumeEvent => ({
  headers: { timestamp: `${Date.UTC(2025, 5, 7, index % 2, 30)}`, host: 'web 1' },
  body: Buffer.from(`line ${index} Grüße 漢字 ${'.'.repeat(index % 90)}`),
})

async function put({ into }: Agent, from: number, until: number): Promise<void> {
  const client = await FlumeClient.connect({ host: '127.0.0.1', port: into, connectTimeoutMs: 20_000, requestTimeoutMs: 20_000 })
  for (let at = from; at < until; at += 100)
    await client.appendBatch(batchOf(Array.from({ length: Math.min(100, until - at) }, (_, index) => event(at + index))))
  client.close()
}

function delivered({ folder, run }: Agent): Promise<unknown> {
  const waiting = (): number => {
    const { cursors } = describeChannel(join(folder, 'state', 'channels', 'c1'))
    return Math.max(...cursors.map((cursor) => cursor.pinnedEvents))
  }
  return until(`the channel is empty: ${run.output().slice(-1500)}`, () => waiting() === 0, generousMs)
}

async function stop({ run }: Agent, signal: 'SIGTERM' | 'SIGKILL' = 'SIGTERM'): Promise<void> {
  run.process.kill(signal)
  await run.ended
}

async function read(directory: string): Promise<Map<string, { key: string; body: string }[]>> {
  const files = new Map<string, { key: string; body: string }[]>()
  for (const file of (await hdfs.ask(`list ${directory}`)).sort()) {
    const lines = await hdfs.ask(`read ${file}`)
    files.set(
      file,
      lines.map((line) => {
        const words = line.split(' ')
        return { key: words.length > 1 ? words[0]! : '', body: Buffer.from(words.at(-1)!, 'base64').toString() }
      }),
    )
  }
  return files
}

const bodies = (events: readonly { readonly body: string }[]): string[] => events.map(({ body }) => body)
const expected = (count: number): string[] => Array.from({ length: count }, (_, index) => Buffer.from(event(index).body).toString())
const number = (body: string): number => Number(body.split(' ')[1])

test.each([
  { 'hdfs.fileType': 'DataStream' },
  { 'hdfs.fileType': 'CompressedStream', 'hdfs.codeC': 'gzip' },
  { 'hdfs.fileType': 'CompressedStream', 'hdfs.codeC': 'deflate' },
  { 'hdfs.fileType': 'CompressedStream', 'hdfs.codeC': 'snappy' },
  { 'hdfs.fileType': 'SequenceFile' },
  { 'hdfs.fileType': 'SequenceFile', 'hdfs.writeFormat': 'Text', 'hdfs.codeC': 'DefaultCodec' },
])('3,000 events written with %o are what Hadoop reads', async (sink) => {
  const directory = `/${Object.values(sink).join('-')}`
  const sender = await agent(directory, sink)
  await put(sender, 0, 3000)
  await delivered(sender)
  await stop(sender)
  const files = await read(directory)
  expect([...files.keys()].filter((name) => name.endsWith('.tmp'))).toEqual([])
  const events = [...files.values()].flat()
  expect(bodies(events)).toEqual(expected(3000))
  if (sink['hdfs.fileType'] === 'SequenceFile') expect(events[1]!.key).toBe(event(1).headers['timestamp'])
})

test('events go to directories by their time and headers, and files are rolled by count', async () => {
  const sender = await agent('/logs/%{host}/%Y-%m-%d/%H', {
    'hdfs.fileType': 'DataStream',
    'hdfs.timeZone': 'UTC',
    'hdfs.rollCount': '400',
  })
  await put(sender, 0, 2000)
  await delivered(sender)
  await stop(sender)
  const files = await read('/logs')
  for (const hour of [0, 1]) {
    const ofHour = [...files].filter(([name]) => name.startsWith(`/logs/web 1/2025-06-07/0${hour}/FlumeData.`))
    expect(ofHour.map(([, events]) => events.length)).toEqual([400, 400, 200])
    expect(bodies(ofHour.flatMap(([, events]) => events))).toEqual(expected(2000).filter((body) => number(body) % 2 === hour))
  }
  expect([...files.values()].flat()).toHaveLength(2000)
})

test('a NameNode that is away for a while delays the events: each comes once, in files with their own names', async () => {
  const sender = await agent('/away', { 'hdfs.fileType': 'DataStream', 'hdfs.batchSize': '100', 'hdfs.callTimeout': '5000' })
  await put(sender, 0, 500)
  await delivered(sender)
  await hdfs.ask('stop')
  await put(sender, 500, 1000)
  await until('the sink says that it cannot write', () => sender.run.output().includes('cannot be reached'), generousMs)
  await hdfs.ask('start')
  await delivered(sender)
  await stop(sender)
  const files = await read('/away')
  expect([...files.keys()].filter((name) => name.endsWith('.tmp'))).toEqual([])
  expect(bodies([...files.values()].flat())).toEqual(expected(1000))
})

test('an agent killed while it writes loses nothing: what was under way comes again at the next start', async () => {
  const sink = { 'hdfs.fileType': 'DataStream', 'hdfs.batchSize': '50' }
  const first = await agent('/killed', sink)
  const putting = put(first, 0, 3000).catch(() => undefined)
  await until(
    'some files are there',
    async () => (await hdfs.ask('list /').catch(() => [])).some((name) => name.startsWith('/killed/')),
    generousMs,
  )
  await stop(first, 'SIGKILL')
  await putting
  const second = await agent('/killed', sink, first)
  await put(second, 3000, 3100)
  await delivered(second)
  await stop(second)
  const numbers = bodies([...(await read('/killed')).values()].flat()).map(number)
  const distinct = [...new Set(numbers)].sort((a, b) => a - b)
  // Acknowledged ones are the first so many of the first sender, then those of the second.
  const ofFirst = distinct.filter((each) => each < 3000)
  expect(ofFirst).toEqual(Array.from({ length: ofFirst.length }, (_, index) => index))
  expect(distinct.slice(ofFirst.length)).toEqual(Array.from({ length: 100 }, (_, index) => 3000 + index))
  // At most the one transaction that was under way is there twice.
  expect(numbers.length - distinct.length).toBeLessThanOrEqual(50)
})
