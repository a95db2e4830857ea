// Avro and Thrift RPC between Millrace and a real Flume 1.11, both ways, compared event by event.
import { mkdirSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import avro from 'avsc'
import { expect, test } from 'vitest'
import { FlumeClient } from '../../src-main/agent/avro/flume-client.ts'
import { batchOf } from '../../src-shared/event/build-batch.ts'
import type { FlumeEvent } from '../../src-shared/event/event-batch.ts'
import { temporaryFolder } from '../driver/temporary-folder.ts'
import { until } from '../driver/until.ts'
import { component, ending, freePort, listening, write } from './agents.ts'
import { type Run, sendBySdk, startFlumeAgent, startMillraceAgent } from './real-flume.ts'
import { firstDifference, sampleEvent } from './sample-events.ts'

const tls = (name: string): string => join(import.meta.dirname, '../fixtures/tls', name)

interface Hop {
  readonly title: string
  readonly kind: 'avro' | 'thrift'
  readonly events: number
  /** Properties of the receiving source, of the sending sink, of Flume's RPC client. */
  readonly source: Readonly<Record<string, string>>
  readonly sink: Readonly<Record<string, string>>
}

const serverTls = { ssl: 'true', keystore: tls('server.jks'), 'keystore-password': 'changeit', 'keystore-type': 'JKS' }
const clientTls = { ssl: 'true', truststore: tls('trust.jks'), 'truststore-password': 'changeit', 'truststore-type': 'JKS' }

const hops: readonly Hop[] = [
  { title: 'Avro', kind: 'avro', events: 100_000, source: {}, sink: {} },
  {
    title: 'Avro with deflate',
    kind: 'avro',
    events: 20_000,
    source: { 'compression-type': 'deflate' },
    sink: { 'compression-type': 'deflate' },
  },
  { title: 'Avro with TLS', kind: 'avro', events: 20_000, source: serverTls, sink: clientTls },
  {
    title: 'Avro with TLS and deflate',
    kind: 'avro',
    events: 20_000,
    source: { ...serverTls, 'compression-type': 'deflate' },
    sink: { ...clientTls, 'compression-type': 'deflate' },
  },
  { title: 'Thrift, compact', kind: 'thrift', events: 100_000, source: {}, sink: {} },
  { title: 'Thrift, binary', kind: 'thrift', events: 20_000, source: { protocol: 'binary' }, sink: { protocol: 'binary' } },
  { title: 'Thrift with TLS', kind: 'thrift', events: 20_000, source: serverTls, sink: clientTls },
]

test.each(hops)('$title: $events events from Flume’s own client to our source', async ({ kind, events, source, sink }) => {
  const { folder, out } = folders()
  const port = await freePort()
  const agent = ending(startMillraceAgent('a1', receiver(folder, kind, port, out, source, 'sqlite'), join(folder, 'state')))
  await listening(agent, port)
  const client = write(folder, 'client.properties', {
    hosts: 'h1',
    'hosts.h1': `localhost:${port}`,
    'client.type': kind === 'avro' ? 'default' : 'thrift',
    'batch-size': '1000',
    ...sink,
  })
  const sending = sendBySdk(client, events)
  expect(await sending.ended, sending.output()).toBe(0)
  await arrived(out, events, agent)
})

test.each(hops)('$title: $events events from our sink to a real Flume’s source', async ({ kind, events, source, sink }) => {
  const { folder, out } = folders()
  const [into, between] = [await freePort(), await freePort()]
  const flume = ending(startFlumeAgent('a1', receiver(folder, kind, between, out, source, 'memory')))
  await listening(flume, between)
  const sender = write(folder, 'sender.properties', {
    ...component('r1', 'sources', { type: 'avro', bind: '127.0.0.1', port: `${into}`, channels: 'c1' }),
    ...component('c1', 'channels', { type: 'sqlite' }),
    ...component('k1', 'sinks', { type: kind, hostname: 'localhost', port: `${between}`, channel: 'c1', 'batch-size': '1000', ...sink }),
  })
  const agent = ending(startMillraceAgent('a1', sender, join(folder, 'state')))
  await listening(agent, into)
  const client = await FlumeClient.connect({ host: '127.0.0.1', port: into, connectTimeoutMs: 20_000, requestTimeoutMs: 20_000 })
  for (let from = 0; from < events; from += 1000)
    await client.appendBatch(batchOf(Array.from({ length: 1000 }, (_, index) => sampleEvent(from + index))))
  client.close()
  await arrived(out, events, flume)
})

function folders(): { folder: string; out: string } {
  const folder = temporaryFolder()
  const out = join(folder, 'out')
  mkdirSync(out)
  return { folder, out }
}

/** An agent that writes what its source gets into Avro containers. */
function receiver(
  folder: string,
  kind: string,
  port: number,
  out: string,
  source: Readonly<Record<string, string>>,
  channel: string,
): string {
  const room = channel === 'memory' ? { capacity: '200000', transactionCapacity: '10000' } : {}
  return write(folder, 'receiver.properties', {
    ...component('r1', 'sources', { type: kind, bind: '127.0.0.1', port: `${port}`, channels: 'c1', ...source }),
    ...component('c1', 'channels', { type: channel, ...room }),
    ...component('k1', 'sinks', {
      type: 'file_roll',
      channel: 'c1',
      'sink.directory': out,
      'sink.rollInterval': '0',
      'sink.serializer': 'avro_event',
      'sink.batchSize': '1000',
    }),
  })
}

async function arrived(out: string, count: number, run: Run): Promise<void> {
  let events: FlumeEvent[] = []
  let decoded = -1
  const look = async (): Promise<boolean> => {
    const bytes = Buffer.concat(readdirSync(out).map((name) => readFileSync(join(out, name))))
    if (bytes.length === decoded) return events.length >= count
    decoded = bytes.length
    events = await eventsIn(bytes)
    return events.length >= count
  }
  await until(`${count} events are in ${out}`, look, 180_000)
  expect(firstDifference(events, count), run.output().slice(-2000)).toBeUndefined()
}

/** Events of one container; what is still being written at its end is left out. */
async function eventsIn(bytes: Buffer): Promise<FlumeEvent[]> {
  const events: FlumeEvent[] = []
  if (bytes.length === 0) return events
  for await (const event of Readable.from([bytes]).pipe(new avro.streams.BlockDecoder())) events.push(event as FlumeEvent)
  return events
}
