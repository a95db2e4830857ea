// memory-channel: distinct bodies of 133 bytes, copied into the memory channel and summed by the sink, in transactions of 1,000 on both
// sides, against a real Flume's stress source and null sink, which share one body and look at none. A whole agent with its runners; only the
// source and the sink are the bench's own.

import { type AgentHandle, startAgent as startAgentHere } from '../src-main/agent/agent.ts'
import { definition as memoryChannel } from '../src-main/agent/channel/memory-channel.ts'
import { definition as replicating } from '../src-main/agent/selector/replicating-channel-selector.ts'
import { takeTransaction } from '../src-main/agent/sink/take-events.ts'
import { definition as defaultProcessor } from '../src-main/agent/sink-processor/default-sink-processor.ts'
import { systemClock } from '../src-main/clock.ts'
import { defineSink, defineSource } from '../src-main/component/define.ts'
import { registryOf } from '../src-main/component/registry.ts'
import { silentLogger } from '../src-main/log.ts'
import type { EventBatch } from '../src-shared/event/event-batch.ts'
import { agentNamed, loadConfiguration } from '../src-shared/flume/load-configuration.ts'
import { list, string } from '../src-shared/spec/property.ts'
import { freePort } from '../test/driver/free-port.ts'
import { listening } from '../test/interop/ports.ts'
import type { Bench } from './runner/bench.ts'
import { realFlume, startAgent } from './runner/measured-agent.ts'

const bodyBytes = 133
const eventsPerTransaction = 1000
const events = 30_000_000
const channel = 'type = memory\ncapacity = 100000\ntransactionCapacity = 1000\nbyteCapacity = 0'
/** The most of a real Flume 1.11.0, recorded on two cores of another machine. */
const recordedFlume = 3_740_000
const flumeMs = 6000

export const bench: Bench = {
  summary:
    'Distinct bodies of 133 bytes, copied into the memory channel and summed by the sink, in transactions of 1,000 on both sides. Flume: its stress source and null sink, after 3 s to warm up.',
  unit: 'events/s',
  rounds: 3,
  variants: {
    Millrace: ({ scratch }) => millrace(scratch),
    Flume: ({ scratch }) => flume(scratch),
  },
  ratios: [{ name: 'Millrace against Flume', of: 'Millrace', against: 'Flume', least: 2 }],
}

const agentText = (source: string, sink: string): string => `a1.sources = r1
a1.channels = c1
a1.sinks = k1
a1.sources.r1.channels = c1
${source.replace(/^/gm, 'a1.sources.r1.')}
${channel.replace(/^/gm, 'a1.channels.c1.')}
a1.sinks.k1.channel = c1
${sink.replace(/^/gm, 'a1.sinks.k1.')}
`

async function millrace(folder: string): Promise<number> {
  const made = { events: 0, sum: 0 }
  const found = { events: 0, sum: 0 }
  let done = (): void => {}
  const all = new Promise<void>((resolve) => {
    done = resolve
  })
  const batch = numberedBodies()
  const template = sumOf(batch.bodies)
  const source = defineSource({
    type: 'numbers',
    summary: 'Bodies that differ in their first four bytes, written over what the last batch was made of.',
    properties: { channels: list().default([]).describe('Channels to write to.') },
    examples: [],
    create: (_options, { channelProcessor }) => ({
      async process() {
        if (made.events === events) return 'BACKOFF'
        made.sum += template + number(batch.bodies, made.events)
        made.events += batch.count
        await channelProcessor.processEventBatch(batch)
        return 'READY'
      },
    }),
  })
  const sink = defineSink({
    type: 'sum',
    summary: 'Adds up every byte of every body.',
    properties: { channel: string().describe('Channel to take from.') },
    examples: [],
    create: (_options, context) => ({
      async process() {
        const count = await takeTransaction(context.channel, eventsPerTransaction, context.signal, async ({ batches }) => {
          for (const { bodies } of batches) found.sum += sumOf(bodies)
        })
        found.events += count
        if (found.events === events) done()
        return count === 0 ? 'BACKOFF' : 'READY'
      },
    }),
  })
  const begun = performance.now()
  const agent = await agentOf(folder, [source, sink])
  await all
  const seconds = (performance.now() - begun) / 1000
  await agent.stop()
  if (found.sum !== made.sum) throw new Error(`The bodies that came out add up to ${found.sum}, those that went in to ${made.sum}.`)
  return events / seconds
}

function agentOf(workDir: string, [source, sink]: [ReturnType<typeof defineSource>, ReturnType<typeof defineSink>]): Promise<AgentHandle> {
  const registry = registryOf([memoryChannel, replicating, defaultProcessor, source, sink])
  const file = 'memory-channel.properties'
  const options = { file, env: {}, systemProperties: {}, catalog: registry.definitions }
  const configuration = agentNamed(loadConfiguration(agentText('type = numbers', 'type = sum'), options), 'a1', file)
  if ('message' in configuration) throw new Error(configuration.message)
  return startAgentHere(configuration, { clock: systemClock, log: silentLogger, workDir, registry })
}

/** A batch whose bodies all begin with four zeroes. */
function numberedBodies(): EventBatch {
  const bodies = new Uint8Array(bodyBytes * eventsPerTransaction)
  for (let at = 0; at < bodies.length; at++) bodies[at] = at % bodyBytes < 4 ? 0 : 32 + (at % 90)
  const ends = Uint32Array.from({ length: eventsPerTransaction }, (_, index) => (index + 1) * bodyBytes)
  return { count: eventsPerTransaction, bodies, ends, gap: 0, terminated: false, shared: {}, columns: [] }
}

/** Writes the number of each event, from `first` on, into its first four bytes. Answers the sum of these bytes. */
function number(bodies: Uint8Array, first: number): number {
  let sum = 0
  for (let index = first, at = 0; at < bodies.length; index++, at += bodyBytes) {
    bodies[at] = index
    bodies[at + 1] = index >>> 8
    bodies[at + 2] = index >>> 16
    bodies[at + 3] = index >>> 24
    sum += (index & 0xff) + ((index >>> 8) & 0xff) + ((index >>> 16) & 0xff) + (index >>> 24)
  }
  return sum
}

/** The sum of all bytes, four at a time: two lanes of 16 bits, which 128 additions of two bytes do not fill. */
function sumOf(bytes: Uint8Array): number {
  let sum = 0
  let at = 0
  for (; at < bytes.length && (bytes.byteOffset + at) % 4 !== 0; at++) sum += bytes[at]!
  const words = new Uint32Array(bytes.buffer, bytes.byteOffset + at, (bytes.length - at) >> 2)
  for (let from = 0; from < words.length; from += 128) {
    const to = Math.min(from + 128, words.length)
    let lanes = 0
    for (let index = from; index < to; index++) {
      const word = words[index]!
      lanes = (lanes + (word & 0xff00ff) + ((word >>> 8) & 0xff00ff)) | 0
    }
    sum += (lanes & 0xffff) + (lanes >>> 16)
  }
  for (at += words.length * 4; at < bytes.length; at++) sum += bytes[at]!
  return sum
}

async function flume(folder: string): Promise<number> {
  if (!realFlume()) return recordedFlume
  const port = await freePort()
  const source = `type = org.apache.flume.source.StressSource\nsize = ${bodyBytes}\nbatchSize = ${eventsPerTransaction}\nmaxTotalEvents = -1`
  const sink = `type = null\nbatchSize = ${eventsPerTransaction}\nlogEveryNEvents = 100000000`
  const agent = startAgent('Flume', folder, agentText(source, sink), port)
  try {
    await listening(agent.run, port)
    await systemClock.sleep(3000)
    const before = await takenByFlume(port)
    await systemClock.sleep(flumeMs)
    const after = await takenByFlume(port)
    return (after.events - before.events) / ((after.at - before.at) / 1000)
  } finally {
    await agent.stop()
  }
}

async function takenByFlume(port: number): Promise<{ readonly events: number; readonly at: number }> {
  const answer = await fetch(`http://127.0.0.1:${port}/metrics`)
  const metrics = (await answer.json()) as Record<string, Record<string, string>>
  return { events: Number(metrics['CHANNEL.c1']!['EventTakeSuccessCount']), at: performance.now() }
}
