// Two agents under load are killed at random moments, and every event is accounted for:
//
//   avro clients ─▶ a: avro → durable → file_roll ─▶ files
//   a growing log ─▶ a: taildir → durable → avro ─▶ b: avro → durable → file_roll ─▶ files
import { createReadStream, existsSync, mkdirSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as pause } from 'node:timers/promises'
import { describeChannel } from '../../../src-main/agent/channel/log/describe-channel.ts'
import { bodyAt } from '../../../src-shared/event/event-batch.ts'
import { freePort } from '../../driver/free-port.ts'
import { GrowingLog } from '../../driver/growing-log.ts'
import { KilledAgent } from '../../driver/killed-agent.ts'
import { type Random, randomFrom } from '../../driver/random.ts'
import { AvroLoad } from './avro-load.ts'
import { RecordingProxy } from './recording-proxy.ts'
import { type RouteLedger, RouteTally } from './tally.ts'

export interface KillRunOptions {
  readonly kills: number
  readonly seed: number
  /** Exists and is empty. */
  readonly folder: string
  readonly progress?: (sentence: string) => void
}

export interface KillRunResult {
  readonly ledgers: readonly RouteLedger[]
  /** Processes killed; both agents at once count twice. */
  readonly killed: number
  /** Exit codes of the agents' last, orderly end. */
  readonly exitCodes: readonly (number | null)[]
  readonly transactions: { readonly ok: number; readonly failed: number }
  readonly seconds: number
}

const mostWaitMs = 1200

export async function killRun(options: KillRunOptions): Promise<KillRunResult> {
  const { folder, kills, progress, seed } = options
  const began = performance.now()
  const random = randomFrom(seed)
  const direct = new RouteTally()
  const relayed = new RouteTally()
  const [avroPort, secondPort] = [await freePort(), await freePort()]
  const proxy = new RecordingProxy(secondPort, (batch) => {
    const events = Array.from({ length: batch.count }, (_, row) => numberOf('tail', Buffer.from(bodyAt(batch, row)).toString())!)
    relayed.unanswered(events)
  })
  const proxyPort = await proxy.listen()
  const [directOut, relayedOut] = [join(folder, 'direct'), join(folder, 'relayed')]
  for (const out of [directOut, relayedOut]) mkdirSync(out)
  const log = new GrowingLog(join(folder, 'in'), (number) => lineOf('tail', number))
  const a = new KilledAgent(join(folder, 'a'), firstAgent(avroPort, directOut, log.folder, proxyPort))
  const b = new KilledAgent(join(folder, 'b'), secondAgent(secondPort, relayedOut))
  const channels = {
    direct: join(a.folder, 'work/channels/c1'),
    tail: join(a.folder, 'work/channels/c2'),
    second: join(b.folder, 'work/channels/c1'),
  }
  let killed = 0
  let exitCodes: (number | null)[] = []
  try {
    for (const agent of [a, b]) agent.start()
    const load = new AvroLoad({ port: avroPort, clients: 3, random: randomFrom(seed + 1), tally: direct, lineOf: (n) => lineOf('avro', n) })
    const writing = writeLog(log, relayed, randomFrom(seed + 2))
    for (let kill = 1; kill <= kills; kill++) {
      // Some moments lie in the start of an agent, when it looks for what the kill before left undone.
      await pause(random.below(mostWaitMs))
      const victims = random.pick([[a], [a], [a], [b], [b], [a, b]])
      const gone = await Promise.all(victims.map((agent) => wasKilled(agent)))
      killed += gone.filter(Boolean).length
      if (gone.includes(false))
        throw new Error(`An agent had ended by itself:\n${victims.map((agent) => agent.log().slice(-2000)).join('\n')}`)
      for (const agent of victims) agent.start()
      if (kill % 50 === 0) progress?.(`${kill} of ${kills} kills; ${direct.sentCount} events over Avro, ${log.lines} lines`)
    }
    await Promise.all([load.stop(), writing.stop()])
    progress?.('The load has ended; waiting for the channels to run empty.')
    await settled(() => [
      stateOf(channels.direct, direct.sentCount),
      stateOf(channels.tail, log.lines),
      stateOf(channels.second, log.lines),
    ])
    exitCodes = await Promise.all([a.end('SIGTERM'), b.end('SIGTERM')])
    await count(directOut, 'avro', direct)
    await count(relayedOut, 'tail', relayed)
    const stored = (channel: string): number => describeChannel(channel).extent.next
    return {
      ledgers: [
        direct.ledger('avro → file_roll', [stored(channels.direct)]),
        relayed.ledger('taildir → avro → file_roll', [stored(channels.tail), stored(channels.second)]),
      ],
      killed,
      exitCodes,
      transactions: load.answers,
      seconds: (performance.now() - began) / 1000,
    }
  } finally {
    proxy.close()
    log.close()
    await Promise.all([a.end('SIGKILL'), b.end('SIGKILL')])
  }
}

async function wasKilled(agent: KilledAgent): Promise<boolean> {
  return agent.runs && (await agent.end('SIGKILL')) === null
}

function writeLog(log: GrowingLog, tally: RouteTally, random: Random): { stop(): Promise<void> } {
  let stopping = false
  const done = (async () => {
    while (!stopping) {
      const lines = 1 + random.below(200)
      tally.sent(lines)
      log.write(lines)
      if (random.chance(0.005)) log.rotate()
      await pause(5 + random.below(30))
    }
  })()
  return {
    stop: () => {
      stopping = true
      return done
    },
  }
}

interface ChannelState {
  readonly stored: number
  readonly waiting: number
  readonly wanted: number
}

function stateOf(folder: string, wanted: number): ChannelState {
  if (!existsSync(folder)) return { stored: 0, waiting: 0, wanted }
  const { cursors, extent } = describeChannel(folder)
  return { stored: extent.next, waiting: cursors.reduce((sum, cursor) => sum + cursor.pinnedEvents, 0), wanted }
}

/** Resolves when everything is stored and taken and nothing has moved for a while, or when nothing has moved for a minute: the ledger then shows what is missing. */
async function settled(look: () => readonly ChannelState[]): Promise<void> {
  let before = ''
  for (let quiet = 0; quiet < 300; ) {
    await pause(200)
    const states = look()
    const now = JSON.stringify(states)
    quiet = now === before ? quiet + 1 : 0
    before = now
    const done = states.every(({ stored, waiting, wanted }) => stored >= wanted && waiting === 0)
    if (done && quiet >= 10) return
  }
}

async function count(folder: string, route: string, tally: RouteTally): Promise<void> {
  for (const file of readdirSync(folder)) {
    const lines = createInterface({ input: createReadStream(join(folder, file), 'latin1'), crlfDelay: Number.POSITIVE_INFINITY })
    for await (const line of lines) tally.delivered(numberOf(route, line))
  }
}

/** Lines of different lengths whose every byte follows from their number. */
function lineOf(route: string, number: number): string {
  return `${route} ${number} ${'x'.repeat(10 + (number % 90))}`
}

function numberOf(route: string, line: string): number | undefined {
  const number = Number(line.split(' ', 2)[1])
  return Number.isInteger(number) && line === lineOf(route, number) ? number : undefined
}

const firstAgent = (port: number, out: string, input: string, next: number): string => `a1.sources = r1 r2
a1.channels = c1 c2
a1.sinks = k1 k2
a1.sources.r1.type = avro
a1.sources.r1.bind = 127.0.0.1
a1.sources.r1.port = ${port}
a1.sources.r1.channels = c1
a1.channels.c1.type = sqlite
a1.sinks.k1.type = file_roll
a1.sinks.k1.channel = c1
a1.sinks.k1.sink.directory = ${out}
a1.sinks.k1.sink.rollInterval = 2
a1.sources.r2.type = taildir
a1.sources.r2.channels = c2
a1.sources.r2.filegroups = g
a1.sources.r2.filegroups.g = ${input}/.*\\\\.log
a1.channels.c2.type = sqlite
a1.sinks.k2.type = avro
a1.sinks.k2.channel = c2
a1.sinks.k2.hostname = 127.0.0.1
a1.sinks.k2.port = ${next}
`

const secondAgent = (port: number, out: string): string => `a1.sources = r1
a1.channels = c1
a1.sinks = k1
a1.sources.r1.type = avro
a1.sources.r1.bind = 127.0.0.1
a1.sources.r1.port = ${port}
a1.sources.r1.channels = c1
a1.channels.c1.type = sqlite
a1.sinks.k1.type = file_roll
a1.sinks.k1.channel = c1
a1.sinks.k1.sink.directory = ${out}
a1.sinks.k1.sink.rollInterval = 2
`
