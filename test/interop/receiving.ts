// The receiving end of an interop test: an agent, ours or a real one, that writes what its source gets into Avro containers, and what is in them.
import { mkdirSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import avro from 'avsc'
import { expect } from 'vitest'
import { FlumeClient } from '../../src-main/agent/avro/flume-client.ts'
import { batchOf } from '../../src-shared/event/build-batch.ts'
import type { FlumeEvent } from '../../src-shared/event/event-batch.ts'
import { temporaryFolder } from '../driver/temporary-folder.ts'
import { until } from '../driver/until.ts'
import { component, write } from './agents.ts'
import type { Run } from './real-flume.ts'
import { firstDifference, sampleEvent } from './sample-events.ts'

export type Properties = Readonly<Record<string, string>>

export function folders(): { folder: string; out: string } {
  const folder = temporaryFolder()
  const out = join(folder, 'out')
  mkdirSync(out)
  return { folder, out }
}

export interface Receiver {
  /** Where its file is written. */
  readonly folder: string
  readonly kind: string
  readonly port: number
  /** Where its containers are written. */
  readonly out: string
  readonly source?: Properties
  readonly channel: 'memory' | 'sqlite'
  readonly sink?: Properties
}

/** The configuration of an agent that writes what its source gets into Avro containers. */
export function receiver({ folder, kind, port, out, source = {}, channel, sink = {} }: Receiver): string {
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
      ...sink,
    }),
  })
}

export const containersIn = (out: string): string[] => readdirSync(out).map((name) => join(out, name))

/** Waits until `count` events are in the containers and compares each. */
export async function arrived(out: string, count: number, run: Run, expected: (index: number) => FlumeEvent = sampleEvent): Promise<void> {
  let events: FlumeEvent[] = []
  let decoded = -1
  const look = async (): Promise<boolean> => {
    const bytes = Buffer.concat(containersIn(out).map((path) => readFileSync(path)))
    if (bytes.length === decoded) return events.length >= count
    decoded = bytes.length
    events = await eventsIn(bytes)
    return events.length >= count
  }
  await until(`${count} events are in ${out}`, look, 180_000)
  expect(firstDifference(events, count, expected), run.output().slice(-2000)).toBeUndefined()
}

/** Events of one container; what is still being written at its end is left out. */
export async function eventsIn(bytes: Buffer): Promise<FlumeEvent[]> {
  const events: FlumeEvent[] = []
  if (bytes.length === 0) return events
  for await (const event of Readable.from([bytes]).pipe(new avro.streams.BlockDecoder())) events.push(event as FlumeEvent)
  return events
}

/** Sends sample events to an Avro source by our own client. */
export async function sendSamples(port: number, count: number): Promise<void> {
  const client = await FlumeClient.connect({ host: '127.0.0.1', port, connectTimeoutMs: 20_000, requestTimeoutMs: 20_000 })
  for (let from = 0; from < count; from += 1000) {
    const events = Array.from({ length: Math.min(1000, count - from) }, (_, index) => sampleEvent(from + index))
    await client.appendBatch(batchOf(events))
  }
  client.close()
}
