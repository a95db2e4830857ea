// avro-source: Flume's own Java client sends bodies of 133 bytes in batches of 1,000, one request at a time on each of 1 and 4 connections,
// to Avro sources with a channel and a null sink, by turns; client and agents share the machine. "answered undecoded" is a stub that says OK
// to every frame: what this client can send at most here (deflate: inflated, and answered undecoded). Needs a JDK and Maven.
import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { freePort } from '../test/driver/free-port.ts'
import { listening } from '../test/interop/ports.ts'
import { runFlumeClass, watched } from '../test/interop/real-flume.ts'
import type { Bench } from './runner/bench.ts'
import { type AgentKind, type MeasuredAgent, measured, realFlume, startAgent } from './runner/measured-agent.ts'

const warmUp = 100_000
const events = 500_000
const deflatedEvents = 200_000
const batch = 1_000
/** A load is sent so often, each time by a new client: what its compiler happens to do makes one virtual machine a fifth faster than the next. */
const clients = 3

const memory = 'type = memory\ncapacity = 100000\ntransactionCapacity = 1000'
const durable = 'type = sqlite'

type Compression = 'none' | 'deflate'

function avroAgent(port: number, channel: string, compression: Compression): string {
  return `a1.sources = r1
a1.channels = c1
a1.sinks = k1
a1.sources.r1.type = avro
a1.sources.r1.bind = 127.0.0.1
a1.sources.r1.port = ${port}
a1.sources.r1.compression-type = ${compression}
a1.sources.r1.channels = c1
${channel.replace(/^/gm, 'a1.channels.c1.')}
a1.sinks.k1.type = null
a1.sinks.k1.batchSize = ${batch}
a1.sinks.k1.logEveryNEvents = 1000000
a1.sinks.k1.channel = c1
`
}

/** What is sent to, and measured. */
interface Receiver {
  readonly name: string
  start(folder: string, port: number): MeasuredAgent
}

const agentOf = (name: string, kind: AgentKind, channel: string, compression: Compression): Receiver => ({
  name,
  start: (folder, port) => startAgent(kind, folder, avroAgent(port, channel, compression)),
})

function stub(compression: Compression): Receiver {
  const program = join(import.meta.dirname, 'runner', 'avro-stub.ts')
  return {
    name: 'answered undecoded',
    start: (_, port) =>
      measured(watched(spawn(process.execPath, [program, String(port), compression], { stdio: ['ignore', 'pipe', 'pipe'] })), 'The stub'),
  }
}

interface Running {
  readonly name: string
  readonly port: number
  readonly agent: MeasuredAgent
}

/** Figures of receivers that the same clients send to by turns. */
async function together(receivers: readonly Receiver[], scratch: string, compression: Compression): Promise<Record<string, number>> {
  needFlume()
  const running: Running[] = []
  try {
    for (const { name, start } of receivers) {
      const port = await freePort()
      const agent = start(join(scratch, name), port)
      running.push({ name, port, agent })
      await listening(agent.run, port)
    }
    const figures: Record<string, number> = {}
    for (const connections of [1, 4]) Object.assign(figures, await load(running, compression, connections))
    for (const { name, agent } of running) figures[`${name}: peak RSS, MB`] = agent.peakRssMegabytes()
    return figures
  } finally {
    for (const { agent } of running) await agent.stop()
  }
}

/** What got through to each, and what it cost it. */
async function load(running: readonly Running[], compression: Compression, connections: number): Promise<Record<string, number>> {
  const each = compression === 'none' ? events : deflatedEvents
  const sums = running.map(() => ({ seconds: 0, cpu: 0 }))
  for (let client = 0; client < clients; client++) {
    for (const [index, { seconds, cpu }] of (await loadOnce(running, compression, connections, each)).entries()) {
      sums[index]!.seconds += seconds
      sums[index]!.cpu += cpu
    }
  }
  const sent = each * clients
  const of = `${connections} connection${connections === 1 ? '' : 's'}`
  return Object.fromEntries(
    running.flatMap(({ name }, index) => [
      [`${name}: events/s, ${of}`, sent / sums[index]!.seconds],
      [`${name}: CPU s per million events, ${of}`, sums[index]!.cpu / (sent / 1e6)],
    ]),
  )
}

/** One client from its start to its end. */
async function loadOnce(
  running: readonly Running[],
  compression: Compression,
  connections: number,
  each: number,
): Promise<{ readonly seconds: number; readonly cpu: number }[]> {
  const ports = running.map(({ port }) => port).join(',')
  const client = runFlumeClass('AvroLoad', ports, ...[warmUp, each, batch, connections, compression].map(String))
  const begun = await new Promise<number[]>((resolve, reject) => {
    client.process.stdout!.on('data', () => client.output().includes('begun') && resolve(running.map(({ agent }) => agent.cpuSeconds())))
    void client.ended.then(() => reject(new Error(`The client ended: ${client.output().slice(-2000)}`)))
  })
  await client.ended
  const seconds = (/^done (.+)$/m.exec(client.output())?.[1] ?? '').split(' ').map(Number)
  if (seconds.length !== running.length) throw new Error(`The client did not get through: ${client.output().slice(-2000)}`)
  return running.map(({ agent }, index) => ({ seconds: seconds[index]!, cpu: agent.cpuSeconds() - begun[index]! }))
}

function needFlume(): void {
  if (!realFlume()) throw new Error("This bench sends with Flume's own client, which needs a JDK (17) and Maven.")
}

export const bench: Bench = {
  summary: `Flume's own client sends ${events.toLocaleString('en-US')} events of 133 bytes (deflate: ${deflatedEvents.toLocaleString('en-US')}) to each in batches of 1,000, by turns, after ${warmUp.toLocaleString('en-US')} not measured, ${clients} times, each time by a new client: avro source, memory channel (durable where said), null sink.`,
  unit: '',
  rounds: 3,
  warmUp: false,
  variants: {
    plain: ({ scratch }) =>
      together(
        [
          stub('none'),
          agentOf('Flume', 'Flume', memory, 'none'),
          agentOf('Millrace', 'Millrace', memory, 'none'),
          agentOf('Millrace, durable', 'Millrace', durable, 'none'),
        ],
        scratch,
        'none',
      ),
    deflate: ({ scratch }) =>
      together(
        [stub('deflate'), agentOf('Flume', 'Flume', memory, 'deflate'), agentOf('Millrace', 'Millrace', memory, 'deflate')],
        scratch,
        'deflate',
      ),
  },
  ratios: ['1 connection', '4 connections'].flatMap((of) => [
    { name: `CPU against Flume, ${of}`, ...pair('plain', 'Millrace', 'Flume', `CPU s per million events, ${of}`), most: 0.5 },
    { name: `events/s against Flume, ${of}`, ...pair('plain', 'Millrace', 'Flume', `events/s, ${of}`), least: 1 },
    {
      name: `events/s against the client's ceiling, ${of}`,
      ...pair('plain', 'Millrace', 'answered undecoded', `events/s, ${of}`),
      least: 0.9,
    },
    {
      name: `durable against Flume's memory channel, ${of}`,
      ...pair('plain', 'Millrace, durable', 'Flume', `events/s, ${of}`),
      least: 0.9,
    },
    { name: `deflate against Flume, ${of}`, ...pair('deflate', 'Millrace', 'Flume', `events/s, ${of}`), least: 1.5 },
    // What no source can pass: Java's Deflater costs the client 3 to 4 s of CPU time per million events.
    { name: `deflate: the client's ceiling against Flume, ${of}`, ...pair('deflate', 'answered undecoded', 'Flume', `events/s, ${of}`) },
    {
      name: `deflate against the client's ceiling, ${of}`,
      ...pair('deflate', 'Millrace', 'answered undecoded', `events/s, ${of}`),
      least: 0.9,
    },
  ]),
}

function pair(variant: string, one: string, other: string, figure: string): { of: string; against: string } {
  return { of: `${variant}: ${one}: ${figure}`, against: `${variant}: ${other}: ${figure}` }
}
