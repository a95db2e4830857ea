// Avro and Thrift RPC between Millrace and a real Flume 1.11, both ways, 100,000 events each, compared event by event.
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import type { FlumeEvent } from '../../src-shared/event/event-batch.ts'
import { freePort } from '../driver/free-port.ts'
import { component, ending, write } from './agents.ts'
import { listening } from './ports.ts'
import { flumeAvroClient, millraceAvroClient, type Run, sendBySdk, startFlumeAgent, startMillraceAgent } from './real-flume.ts'
import { arrived, folders, type Properties, receiver, sendSamples } from './receiving.ts'

const events = 100_000
const tls = (name: string): string => join(import.meta.dirname, '../fixtures/tls', name)

interface Hop {
  readonly title: string
  readonly kind: 'avro' | 'thrift'
  readonly source: Properties
  /** Of the sending sink, and of an RPC client. */
  readonly sink: Properties
}

const serverTls = { ssl: 'true', keystore: tls('server.jks'), 'keystore-password': 'changeit', 'keystore-type': 'JKS' }
const clientTls = { ssl: 'true', truststore: tls('trust.jks'), 'truststore-password': 'changeit', 'truststore-type': 'JKS' }
const deflate = { 'compression-type': 'deflate' }

const avroHops: readonly Hop[] = [
  { title: 'Avro', kind: 'avro', source: {}, sink: {} },
  { title: 'Avro with deflate', kind: 'avro', source: deflate, sink: deflate },
  { title: 'Avro with TLS', kind: 'avro', source: serverTls, sink: clientTls },
  { title: 'Avro with TLS and deflate', kind: 'avro', source: { ...serverTls, ...deflate }, sink: { ...clientTls, ...deflate } },
]
const hops: readonly Hop[] = [
  ...avroHops,
  { title: 'Thrift, compact', kind: 'thrift', source: {}, sink: {} },
  { title: 'Thrift, binary', kind: 'thrift', source: { protocol: 'binary' }, sink: { protocol: 'binary' } },
  { title: 'Thrift with TLS', kind: 'thrift', source: serverTls, sink: clientTls },
]

describe.each(hops)('$title', ({ kind, source, sink }) => {
  test(`${events} events from Flume’s own client to our source`, async () => {
    const { port, run, out, folder } = await ours(kind, source)
    const sending = sendBySdk(clientProperties(folder, kind, port, sink), events)
    expect(await sending.ended, sending.output()).toBe(0)
    await arrived(out, events, run)
  })

  test(`${events} events from a real Flume’s sink to our source`, async () => {
    const { port, run, out, folder } = await ours(kind, source)
    const into = await freePort()
    const channel = { type: 'memory', capacity: '200000', transactionCapacity: '10000' }
    const flume = ending(startFlumeAgent('a1', forwarder(folder, kind, into, port, channel, sink)))
    await listening(flume, into)
    const sending = sendBySdk(clientProperties(folder, 'avro', into, {}), events)
    expect(await sending.ended, sending.output()).toBe(0)
    await arrived(out, events, run)
  })

  test(`${events} events from our sink to a real Flume’s source`, async () => {
    const { port, run, out, folder } = await theirs(kind, source)
    const into = await freePort()
    const agent = ending(startMillraceAgent('a1', forwarder(folder, kind, into, port, { type: 'sqlite' }, sink), join(folder, 'sender')))
    await listening(agent, into)
    await sendSamples(into, events)
    await arrived(out, events, run)
  })
})

/** What avro-client sends of a line: Properties files have no letters outside Latin-1, so a header is written as \uXXXX. */
const line = (index: number): string => (index % 4 === 0 ? '' : `Grüße ${index} 漢字 😀`)
const lineEvent = (index: number): FlumeEvent => ({ headers: { host: 'web 1', ümläut: '€' }, body: Buffer.from(line(index)) })

function avroClientArguments(folder: string, port: number, sink: Properties): string[] {
  const lines = join(folder, 'lines.txt')
  writeFileSync(lines, Array.from({ length: events }, (_, index) => `${line(index)}\n`).join(''))
  const headers = join(folder, 'headers.properties')
  writeFileSync(headers, 'host = web 1\n\\u00fcml\\u00e4ut = \\u20ac\n')
  return ['-P', clientProperties(folder, 'avro', port, sink), '-F', lines, '-R', headers]
}

describe.each(avroHops)('avro-client, $title', ({ source, sink }) => {
  test(`${events} lines from Flume’s avro-client to our source`, async () => {
    const { port, run, out, folder } = await ours('avro', source)
    const client = flumeAvroClient(...avroClientArguments(folder, port, sink))
    expect(await client.ended, client.output()).toBe(0)
    await arrived(out, events, run, lineEvent)
  })

  test(`${events} lines from our avro-client to a real Flume’s source`, async () => {
    const { port, run, out, folder } = await theirs('avro', source)
    const client = millraceAvroClient(...avroClientArguments(folder, port, sink))
    expect(await client.ended, client.output()).toBe(0)
    await arrived(out, events, run, lineEvent)
  })
})

interface Receiving {
  readonly run: Run
  readonly port: number
  readonly folder: string
  readonly out: string
}

async function ours(kind: string, source: Properties): Promise<Receiving> {
  const { folder, out } = folders()
  const port = await freePort()
  const run = ending(startMillraceAgent('a1', receiver({ folder, kind, port, out, source, channel: 'sqlite' }), join(folder, 'state')))
  await listening(run, port)
  return { run, port, folder, out }
}

async function theirs(kind: string, source: Properties): Promise<Receiving> {
  const { folder, out } = folders()
  const port = await freePort()
  const run = ending(startFlumeAgent('a1', receiver({ folder, kind, port, out, source, channel: 'memory' })))
  await listening(run, port)
  return { run, port, folder, out }
}

/** An agent with an Avro source on `into` that hands on to `port`. */
function forwarder(folder: string, kind: string, into: number, port: number, channel: Properties, sink: Properties): string {
  return write(folder, 'forwarder.properties', {
    ...component('r1', 'sources', { type: 'avro', bind: '127.0.0.1', port: `${into}`, channels: 'c1' }),
    ...component('c1', 'channels', channel),
    ...component('k1', 'sinks', { type: kind, hostname: 'localhost', port: `${port}`, channel: 'c1', 'batch-size': '1000', ...sink }),
  })
}

function clientProperties(folder: string, kind: string, port: number, sink: Properties): string {
  return write(folder, 'client.properties', {
    hosts: 'h1',
    'hosts.h1': `localhost:${port}`,
    'client.type': kind === 'avro' ? 'default' : 'thrift',
    'batch-size': '1000',
    ...sink,
  })
}
