// `millrace avro-client` as a process, sending to our Avro server; against a real Flume's source it goes the same way (test/interop).
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { rpcServer } from '../../src-main/agent/avro/rpc-server.ts'
import { sourceService } from '../../src-main/agent/avro/source-service.ts'
import { defaultLimits } from '../../src-main/agent/network/limits.ts'
import { systemClock } from '../../src-main/clock.ts'
import { type EventBatch, eventsOf } from '../../src-shared/event/event-batch.ts'
import { runMillrace } from '../driver/millrace-process.ts'
import { temporaryFolder } from '../driver/temporary-folder.ts'

/** Accepts `room` events, then answers FAILED. */
async function source(options: { room?: number; deflate?: boolean } = {}) {
  const batches: EventBatch[] = []
  let room = options.room ?? Number.POSITIVE_INFINITY
  const server = rpcServer({
    host: '127.0.0.1',
    port: 0,
    deflate: options.deflate === true,
    maxMessageBytes: 1 << 20,
    limits: defaultLimits,
    clock: systemClock,
    maxInFlight: 16,
    service: sourceService(async (batch) => {
      room -= batch.count
      if (room < 0) return 'FAILED'
      batches.push(batch)
      return 'OK'
    }, defaultLimits),
  })
  const port = await server.listen()
  onTestFinished(() => server.close())
  return {
    port,
    batches,
    events: () => batches.flatMap((batch) => [...eventsOf(batch)].map(({ headers, body }) => [headers, Buffer.from(body).toString()])),
  }
}

function file(name: string, text: string): string {
  const path = join(temporaryFolder(), name)
  writeFileSync(path, text)
  return path
}

const lines = (): string => file('lines.txt', 'first line\nsecond line\n\nGrüße\r\nfifth\nsixth\nseventh')

test('every line of a file is an event with the headers of the header file, five to a batch as in Flume', async () => {
  const { port, batches, events } = await source()
  const headers = file('headers.properties', 'origin=avro-client\nhost = h1\n')
  const { code, stderr } = await runMillrace(['avro-client', '-H', '127.0.0.1', '-p', `${port}`, '-F', lines(), '-R', headers])
  expect([code, stderr]).toEqual([0, '7 events sent and acknowledged.\n'])
  expect(batches.map((batch) => batch.count)).toEqual([5, 2])
  const shared = { origin: 'avro-client', host: 'h1' }
  expect(events()).toEqual(['first line', 'second line', '', 'Grüße', 'fifth', 'sixth', 'seventh'].map((text) => [shared, text]))
})

test('client properties name the host, the batch size and compression', async () => {
  const { port, batches, events } = await source({ deflate: true })
  const client = file('client.properties', `hosts = h1\nhosts.h1 = 127.0.0.1:${port}\nbatch-size = 3\ncompression-type = deflate\n`)
  const { code } = await runMillrace(['avro-client', '-P', client, '-F', lines()])
  expect(code).toBe(0)
  expect(batches.map((batch) => batch.count)).toEqual([3, 3, 1])
  expect(events()).toHaveLength(7)
})

test('a refused batch ends it with 1 and says how many were acknowledged', async () => {
  const { port, events } = await source({ room: 5 })
  const { code, stderr } = await runMillrace(['avro-client', '-H', '127.0.0.1', '-p', `${port}`, '-F', lines()])
  expect(code).toBe(1)
  expect(stderr).toContain('after 5 acknowledged events')
  expect(stderr).toContain('FAILED')
  expect(events()).toHaveLength(5)
})

test.each([
  [[], 2, '--rpcProps, or --host and --port'],
  [['-H', '127.0.0.1', '-p', 'x'], 1, 'x is not a port'],
  [['-H', '127.0.0.1', '-p', '1', '-F', import.meta.filename], 1, 'RPC connection error'],
  [['-H', '127.0.0.1', '-p', '1', '-F', '/nonexistent/file'], 1, '/nonexistent/file'],
  [['-P', '/nonexistent/props'], 1, '/nonexistent/props'],
])('%j ends with %i and a sentence', async (args, expected, sentence) => {
  const { code, stderr } = await runMillrace(['avro-client', ...args])
  expect(stderr).toContain(sentence)
  expect(code).toBe(expected)
})
