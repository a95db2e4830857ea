// Random messages to the RPC and HTTP sources of a real Flume and of Millrace, one connection after another: answers and events must be the same.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import buildOnce from '../../../driver/build-once.ts'
import { type Random, randomFrom } from '../../../driver/random.ts'
import { startFlumeAgent, startMillraceAgent } from '../../../interop/real-flume.ts'
import { setup } from '../../../interop/real-flume-setup.ts'
import { type CaseResult, resultLine } from '../../runner/report.ts'
import { AvroMaker } from './avro-messages.ts'
import { jsonRequest } from './json-requests.ts'
import { netcatLines, syslogLines } from './line-messages.ts'
import { ThriftMaker, type ThriftProtocol } from './thrift-messages.ts'
import { WireAgent, type WireSource } from './wire-agent.ts'

/** Otherwise Java leaves the message of an exception away that it has thrown often. */
const always = ['-XX:-OmitStackTraceInFastThrow']
/** How long an agent may be silent. */
const quietMs = 400

interface Made {
  /** What a person needs to see of it. */
  readonly shown: string
  readonly ask: (agent: WireAgent, index: number) => Promise<string[]>
}

interface WireKind extends WireSource {
  readonly make: (mark: string, random: Random) => Made
  /** Whether the source still answers a good message. */
  readonly lives: (agent: WireAgent, index: number) => Promise<boolean>
}

const isWholeFrame = (reply: Buffer): boolean => reply.length >= 4 && reply.length >= 4 + reply.readInt32BE(0)

function isWholeAvro(reply: Buffer): boolean {
  if (reply.length < 8) return false
  let at = 8
  for (let left = reply.readInt32BE(4); left > 0; left--) {
    if (reply.length < at + 4) return false
    at += 4 + reply.readInt32BE(at)
  }
  return reply.length >= at
}

const here = ['bind = 127.0.0.1', 'port = @PORT@']

const told = (message: Buffer): Made => ({
  shown: JSON.stringify(message.toString('latin1')),
  ask: (agent, index) => agent.tell(index, message),
})

const netcatKind = (kind: string, limit: number, more: readonly string[]): WireKind => ({
  kind,
  lines: ['type = netcat', ...here, `max-line-length = ${limit}`, ...more],
  make: (mark, random) => told(netcatLines(mark, limit, more.includes('encoding = utf-16be'), random)),
  lives: () => Promise.resolve(true),
})

const syslogKind = (kind: string, lines: readonly string[]): WireKind => ({
  kind,
  lines: [...lines, 'host = 127.0.0.1'],
  make: (mark, random) => told(syslogLines(mark, random)),
  lives: () => Promise.resolve(true),
})

const thriftKind = (kind: string, protocol: ThriftProtocol): WireKind => ({
  kind,
  lines: ['type = thrift', ...here, `protocol = ${protocol}`],
  make: (mark, random) => {
    const maker = new ThriftMaker(protocol, random)
    // What Flume did not read of a frame it takes for the beginning of the next (rule thrift-frame-is-a-message).
    const frames = Array.from({ length: maker.isPlain ? random.pick([1, 3]) : 1 }, (_, index) => maker.frame(`${mark}.${index}`))
    return {
      shown: frames.map((frame) => frame.toString('hex')).join(' '),
      ask: (agent, index) => agent.converse(index, frames, isWholeFrame, quietMs),
    }
  },
  lives: async (agent, index) => {
    const good = new ThriftMaker(protocol, { below: () => 0, chance: () => false, pick: (from) => from[0]! }).good()
    return (await agent.converse(index, [good], isWholeFrame, 3000))[0]!.length > 8
  },
})

const kinds: readonly WireKind[] = [
  thriftKind('thrift', 'compact'),
  thriftKind('thrift-binary', 'binary'),
  {
    kind: 'avro',
    lines: ['type = avro', ...here],
    make: (mark, random) => {
      const frames = new AvroMaker(random).frames(mark)
      return {
        shown: frames.map((frame) => frame.toString('hex')).join(' '),
        ask: async (agent, index) => (await agent.converse(index, frames, isWholeAvro, quietMs)).map(joinedBuffers),
      }
    },
    lives: async (agent, index) => {
      const good = new AvroMaker({ below: () => 0, chance: () => false, pick: (from) => from[0]! }).good()
      return (await agent.converse(index, [good], isWholeAvro, 3000))[0]!.length > 8
    },
  },
  {
    kind: 'http',
    lines: ['type = http', ...here],
    make: (mark, random) => {
      const { contentType, body } = jsonRequest(mark, random)
      return { shown: `${contentType}: ${body.toString()}`, ask: async (agent, index) => [await agent.post(index, contentType, body)] }
    },
    lives: async (agent, index) => (await agent.post(index, undefined, Buffer.from('[]'))) === '200',
  },
  netcatKind('netcat', 512, []),
  netcatKind('netcat-short', 20, []),
  netcatKind('netcat-utf16', 40, ['encoding = utf-16be']),
  netcatKind('netcat-noack', 30, ['ack-every-event = false']),
  syslogKind('syslogtcp', ['type = syslogtcp', 'port = @PORT@']),
  syslogKind('syslogtcp-keep', ['type = syslogtcp', 'port = @PORT@', 'keepFields = all', 'eventSize = 60']),
  syslogKind('syslogtcp-some', ['type = syslogtcp', 'port = @PORT@', 'keepFields = timestamp hostname']),
  syslogKind('multiport', ['type = multiport_syslogtcp', 'ports = @PORT@', 'keepFields = none']),
  syslogKind('multiport-keep', ['type = multiport_syslogtcp', 'ports = @PORT@', 'keepFields = priority version', 'eventSize = 100']),
]

/** How a server cuts an answer into buffers means nothing. */
function joinedBuffers(answer: string): string {
  const bytes = Buffer.from(answer, 'hex')
  if (!/^(?:[0-9a-f]{2})+$/.test(answer) || !isWholeAvro(bytes)) return answer
  const parts: Buffer[] = []
  let at = 8
  for (let left = bytes.readInt32BE(4); left > 0; left--) {
    const length = bytes.readInt32BE(at)
    parts.push(bytes.subarray(at + 4, at + 4 + length))
    at += 4 + length
  }
  return `${bytes.subarray(0, 4).toString('hex')} ${Buffer.concat(parts).toString('hex')}`
}

/** Lines that are not there as often. */
function missingFrom(lines: readonly string[], all: readonly string[]): string[] {
  const left = new Map<string, number>()
  for (const line of all) left.set(line, (left.get(line) ?? 0) + 1)
  return lines.filter((line) => {
    const count = left.get(line) ?? 0
    left.set(line, count - 1)
    return count <= 0
  })
}

interface RandomWireOptions {
  readonly count: number
  readonly seed: number
  /** Where what differs is described. */
  readonly keep: string | undefined
}

/** `names`: which sources, separated by commas; `all`. */
export function runRandomMessages(names: string): (options: RandomWireOptions) => Promise<readonly CaseResult[]> {
  const chosen = names === 'all' ? kinds : kinds.filter(({ kind }) => names.split(',').includes(kind))
  if (chosen.length === 0) throw new Error(`There are no random messages ${names}: ${kinds.map(({ kind }) => kind).join(', ')}, all.`)
  return async (options) => {
    setup()
    buildOnce()
    const root = mkdtempSync(join(tmpdir(), 'millrace-wire-'))
    const flume = new WireAgent(join(root, 'f'), chosen, (file, home) =>
      startFlumeAgent('a1', file, undefined, [`-Duser.home=${home}`, ...always]),
    )
    const millrace = new WireAgent(join(root, 'm'), chosen, (file, home) => startMillraceAgent('a1', file, join(home, 'work')))
    const agents = [flume, millrace] as const
    try {
      await Promise.all(agents.map((agent) => agent.start()))
      return [...(await compared(chosen, agents, options)), ...(await comparedEvents(chosen, agents))]
    } finally {
      await Promise.all(agents.map((agent) => agent.stop()))
      if (options.keep !== undefined) {
        mkdirSync(options.keep, { recursive: true })
        writeFileSync(join(options.keep, 'flume.log'), flume.log)
        writeFileSync(join(options.keep, 'millrace.log'), millrace.log)
      }
      rmSync(root, { recursive: true, force: true })
    }
  }
}

async function compared(
  chosen: readonly WireKind[],
  agents: readonly [WireAgent, WireAgent],
  { count, seed, keep }: RandomWireOptions,
): Promise<CaseResult[]> {
  const results: CaseResult[] = []
  for (let number = 0; number < count; number++) {
    const random = randomFrom(Math.imul(seed, 1_000_003) + number)
    const index = random.below(chosen.length)
    const kind = chosen[index]!
    const id = `${seed}-${number}`
    const made = kind.make(id, random)
    const started = performance.now()
    const [wanted, had] = (await Promise.all(agents.map(async (agent) => said(kind, agent, index, made)))) as [string, string]
    const about = { id, title: kind.kind, ms: Math.round(performance.now() - started) }
    if (wanted === had) {
      results.push({ ...about, status: 'ok' })
      continue
    }
    results.push({ ...about, status: 'not ok', detail: `Flume ${wanted} Millrace ${had}` })
    console.log(resultLine(results.at(-1)!))
    if (keep === undefined) continue
    mkdirSync(keep, { recursive: true })
    writeFileSync(join(keep, `${id}.txt`), `${kind.kind}\n${made.shown}\nFlume ${wanted}\nMillrace ${had}\n`)
  }
  return results
}

/** What the agent answers; an agent whose source does not live on after it is started anew. */
async function said(kind: WireKind, agent: WireAgent, index: number, made: Made): Promise<string> {
  const answers = await made.ask(agent, index)
  if (await kind.lives(agent, index)) return answers.join(' ')
  await agent.stop()
  await agent.start()
  return `${answers.join(' ')} and then nothing any more`
}

async function comparedEvents(chosen: readonly WireKind[], agents: readonly [WireAgent, WireAgent]): Promise<CaseResult[]> {
  // Longer than an idle sink of Flume's sleeps.
  await sleep(7000)
  return chosen.map((kind, index) => {
    const [wanted, had] = agents.map((agent) => agent.events(index).split('\n')) as [string[], string[]]
    const at = wanted.findIndex((line, row) => line !== had[row])
    const about = { id: `events-${kind.kind}`, title: `${wanted.length} lines of events`, ms: 0 }
    if (at < 0 && wanted.length === had.length) return { ...about, status: 'ok' }
    const near = (lines: readonly string[]): string => JSON.stringify(lines.slice(Math.max(0, at - 1), at + 3))
    const rules = agents[1].rules(index)
    // Rules of these sources lose fewer events.
    const missing = missingFrom(wanted, had)
    const isExplained = rules.length > 0 && missing.length === 0
    const only = rules.length > 0 ? ` only in Flume: ${JSON.stringify(missing)}` : ''
    const detail = `${rules.join(' ')} line ${at}: Flume ${near(wanted)} Millrace ${near(had)}${only}`
    const result: CaseResult = { ...about, status: isExplained ? 'differs' : 'not ok', detail }
    console.log(resultLine(result))
    return result
  })
}
