// line-sources: what netcat (every line acknowledged), syslogtcp and http (JSON, 1,000 events a request, 4 connections) take in, of Millrace
// and, where a JDK and Maven are there, of a real Flume beside it: source, memory channel, null sink. A run counts from the first byte sent
// until the channel has had every event, as the agent's /metrics say. "answered unread" is a stub that says 200 to every HTTP request: what the
// client can send at most here.
import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { freePort } from '../test/driver/free-port.ts'
import { until } from '../test/driver/until.ts'
import { metricsAt } from '../test/interop/metrics.ts'
import { listening } from '../test/interop/ports.ts'
import { watched } from '../test/interop/real-flume.ts'
import type { Bench } from './runner/bench.ts'
import { type AgentKind, type MeasuredAgent, measured, realFlume, startAgent } from './runner/measured-agent.ts'

const sources = ['netcat', 'syslogtcp', 'http'] as const
type Source = (typeof sources)[number]

const warmUp = 100_000
const events: Readonly<Record<Source, number>> = { netcat: 400_000, syslogtcp: 400_000, http: 1_000_000 }

/** The channel has room for all: Flume's syslogtcp drops what it cannot store. */
function sourceAgent(source: Source, port: number): string {
  return `a1.sources = r1
a1.channels = c1
a1.sinks = k1
a1.sources.r1.type = ${source}
a1.sources.r1.${source === 'syslogtcp' ? 'host' : 'bind'} = 127.0.0.1
a1.sources.r1.port = ${port}
a1.sources.r1.channels = c1
a1.channels.c1.type = memory
a1.channels.c1.capacity = 2000000
a1.channels.c1.transactionCapacity = 1000
a1.sinks.k1.type = null
a1.sinks.k1.batchSize = 1000
a1.sinks.k1.channel = c1
`
}

/** Calls `begun` when the first byte is about to be sent; resolves when all were answered. */
async function load(source: Source, port: number, count: number, begun: () => void): Promise<void> {
  const script = join(import.meta.dirname, 'runner', 'line-load.ts')
  const client = spawn(process.execPath, [script, source, String(port), String(count)], { stdio: ['ignore', 'pipe', 'inherit'] })
  client.stdout.once('data', begun)
  const code = await new Promise((resolve) => client.on('exit', resolve))
  if (code !== 0) throw new Error(`The client of ${source} ended with ${code}.`)
}

async function untilStored(metricsPort: number, count: number): Promise<void> {
  while (Number((await metricsAt(metricsPort))?.['CHANNEL.c1']?.['EventPutSuccessCount'] ?? 0) < count) await pause(20)
}

/** Figures of one load after another; `whole` resolves when the receiver has had so many events in all. */
async function figures(
  receiver: MeasuredAgent,
  source: Source,
  port: number,
  whole: (count: number) => Promise<void>,
): Promise<Record<string, number>> {
  try {
    await load(source, port, warmUp, () => undefined)
    await whole(warmUp)
    let [cpu, begun] = [0, 0]
    await load(source, port, events[source], () => {
      cpu = receiver.cpuSeconds()
      begun = performance.now()
    })
    await whole(warmUp + events[source])
    return {
      'events/s': events[source] / ((performance.now() - begun) / 1000),
      'CPU s per million events': (receiver.cpuSeconds() - cpu) / (events[source] / 1e6),
    }
  } finally {
    await receiver.stop()
  }
}

async function agentFigures(kind: AgentKind, source: Source, scratch: string): Promise<Record<string, number>> {
  const [port, metricsPort] = [await freePort(), await freePort()]
  const agent = startAgent(kind, scratch, sourceAgent(source, port), metricsPort)
  await listening(agent.run, port)
  return figures(agent, source, port, (count) => untilStored(metricsPort, count))
}

async function stubFigures(): Promise<Record<string, number>> {
  const port = await freePort()
  const script = join(import.meta.dirname, 'runner', 'http-stub.ts')
  const run = watched(spawn(process.execPath, [script, String(port)], { stdio: ['ignore', 'pipe', 'pipe'] }))
  await until('the stub listens', () => run.output().includes('listening'))
  return figures(measured(run, 'The stub'), 'http', port, async () => {})
}

const kinds: readonly AgentKind[] = realFlume() ? ['Flume', 'Millrace'] : ['Millrace']

export const bench: Bench = {
  summary:
    'Bodies of 133 bytes into netcat (400,000 lines, one connection, every line acknowledged), syslogtcp (400,000 lines, one connection) and http (1,000,000 events as JSON, 1,000 a request, 4 connections), memory channel, null sink; after 100,000 not measured.',
  unit: '',
  rounds: 3,
  warmUp: false,
  variants: {
    'answered unread, http': stubFigures,
    ...Object.fromEntries(
      sources.flatMap((source) =>
        kinds.map((kind) => [`${kind}, ${source}`, ({ scratch }: { scratch: string }) => agentFigures(kind, source, scratch)]),
      ),
    ),
  },
  ratios: realFlume()
    ? sources.map((source) => ({
        name: `${source} against Flume`,
        of: `Millrace, ${source}: events/s`,
        against: `Flume, ${source}: events/s`,
        least: 2,
      }))
    : [],
}
