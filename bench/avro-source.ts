// avro-source: Flume's own Java client sends bodies of 133 bytes in batches of 1,000, one request at a time on each of 1 and 4 connections,
// to an Avro source with a memory channel and a null sink; client and agent share the machine. "answered undecoded" is a stub that says OK
// to every frame: what this client can send at most here (deflate: inflated, and answered undecoded). Needs a JDK and Maven.
import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { freePort } from '../test/driver/free-port.ts'
import { listening } from '../test/interop/ports.ts'
import { runFlumeClass, watched } from '../test/interop/real-flume.ts'
import type { Bench } from './runner/bench.ts'
import { type AgentKind, type MeasuredAgent, measured, realFlume, startAgent } from './runner/measured-agent.ts'

const warmUp = 400_000
const events = 2_000_000
const deflatedEvents = 500_000
const batch = 1_000
/** A load is sent so often, each time by a new client: what its compiler happens to do makes one JVM a fifth faster or slower than the next. */
const clients = 3
const deflateClients = 1

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

interface Load {
  readonly events: number
  readonly connections: number
  readonly compression: Compression
}

/** Figures of one load: what got through, and what it cost the receiver. */
async function load(agent: MeasuredAgent, port: number, { events, connections, compression }: Load): Promise<Record<string, number>> {
  const sent = { events: 0, seconds: 0, cpu: 0 }
  for (let client = 0; client < (compression === 'none' ? clients : deflateClients); client++) {
    const { seconds, cpu } = await loadOnce(agent, port, { events, connections, compression })
    sent.events += events
    sent.seconds += seconds
    sent.cpu += cpu
  }
  const of = `${connections} connection${connections === 1 ? '' : 's'}`
  return { [`events/s, ${of}`]: sent.events / sent.seconds, [`CPU s per million events, ${of}`]: sent.cpu / (sent.events / 1e6) }
}

/** One client from its start to its end. */
async function loadOnce(
  agent: MeasuredAgent,
  port: number,
  { events, connections, compression }: Load,
): Promise<{ readonly seconds: number; readonly cpu: number }> {
  const client = runFlumeClass('AvroLoad', ...[port, warmUp, events, batch, connections, compression].map(String))
  const begun = await new Promise<number>((resolve, reject) => {
    client.process.stdout!.on('data', () => client.output().includes('begun') && resolve(agent.cpuSeconds()))
    void client.ended.then(() => reject(new Error(`The client ended: ${client.output().slice(-2000)}`)))
  })
  await client.ended
  const cpu = agent.cpuSeconds() - begun
  const seconds = Number(/^done (\S+)$/m.exec(client.output())?.[1])
  if (!(seconds > 0)) throw new Error(`The client did not get through: ${client.output().slice(-2000)}`)
  return { seconds, cpu }
}

/** What is measured of an agent: loads by their connections, one after another. */
async function loads(agent: MeasuredAgent, port: number, compression: Compression): Promise<Record<string, number>> {
  const plan = { events: compression === 'none' ? events : deflatedEvents, compression }
  try {
    await listening(agent.run, port)
    const one = await load(agent, port, { ...plan, connections: 1 })
    const four = await load(agent, port, { ...plan, connections: 4 })
    return { ...one, ...four, 'peak RSS, MB': agent.peakRssMegabytes() }
  } finally {
    await agent.stop()
  }
}

async function agentLoads(kind: AgentKind, scratch: string, channel: string, compression: Compression): Promise<Record<string, number>> {
  needFlume()
  const port = await freePort()
  return loads(startAgent(kind, scratch, avroAgent(port, channel, compression)), port, compression)
}

async function stub(compression: Compression): Promise<Record<string, number>> {
  needFlume()
  const port = await freePort()
  const program = join(import.meta.dirname, 'runner', 'avro-stub.ts')
  const run = watched(spawn(process.execPath, [program, String(port), compression], { stdio: ['ignore', 'pipe', 'pipe'] }))
  return loads(measured(run, 'The stub'), port, compression)
}

function needFlume(): void {
  if (!realFlume()) throw new Error("This bench sends with Flume's own client, which needs a JDK (17) and Maven.")
}

export const bench: Bench = {
  summary: `Flume's own client sends ${events.toLocaleString('en-US')} events of 133 bytes (deflate: ${deflatedEvents.toLocaleString('en-US')}) in batches of 1,000, after ${warmUp.toLocaleString('en-US')} not measured, ${clients} times (deflate: once), each time by a new client: avro source, memory channel (durable where said), null sink.`,
  unit: '',
  rounds: 3,
  warmUp: false,
  variants: {
    'answered undecoded': () => stub('none'),
    Flume: ({ scratch }) => agentLoads('Flume', scratch, memory, 'none'),
    Millrace: ({ scratch }) => agentLoads('Millrace', scratch, memory, 'none'),
    'Millrace, durable': ({ scratch }) => agentLoads('Millrace', scratch, durable, 'none'),
    'answered undecoded, deflate': () => stub('deflate'),
    'Flume, deflate': ({ scratch }) => agentLoads('Flume', scratch, memory, 'deflate'),
    'Millrace, deflate': ({ scratch }) => agentLoads('Millrace', scratch, memory, 'deflate'),
  },
  ratios: ['1 connection', '4 connections'].flatMap((of) => [
    { name: `CPU against Flume, ${of}`, ...pair('Millrace', 'Flume', `CPU s per million events, ${of}`), most: 0.5 },
    { name: `events/s against Flume, ${of}`, ...pair('Millrace', 'Flume', `events/s, ${of}`), least: 1 },
    { name: `events/s against the client's ceiling, ${of}`, ...pair('Millrace', 'answered undecoded', `events/s, ${of}`), least: 0.9 },
    { name: `durable against Flume's memory channel, ${of}`, ...pair('Millrace, durable', 'Flume', `events/s, ${of}`), least: 0.9 },
    { name: `deflate against Flume, ${of}`, ...pair('Millrace, deflate', 'Flume, deflate', `events/s, ${of}`), least: 1.5 },
    // What no source can pass: Java's Deflater costs the client 3 to 4 s of CPU time per million events.
    {
      name: `deflate: the client's ceiling against Flume, ${of}`,
      ...pair('answered undecoded, deflate', 'Flume, deflate', `events/s, ${of}`),
    },
    {
      name: `deflate against the client's ceiling, ${of}`,
      ...pair('Millrace, deflate', 'answered undecoded, deflate', `events/s, ${of}`),
      least: 0.9,
    },
  ]),
}

function pair(one: string, other: string, figure: string): { of: string; against: string } {
  return { of: `${one}: ${figure}`, against: `${other}: ${figure}` }
}
