// The steps of a kind B case.
import { appendFileSync, copyFileSync, mkdirSync, readFileSync, renameSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { rpcLines } from './avro-container.ts'
import { splitLines } from './collect.ts'
import { Conversation, connectPatiently, httpExchange, sendDatagrams, waitForUdp } from './network.ts'
import { type AgentRun, CaseFailure } from './run-case.ts'

export type Await = { readonly timeoutMs?: number; readonly idleMs?: number } & (
  | { readonly kind: 'events-at-sinks' | 'bytes-at-sinks'; readonly path: string; readonly count: number }
  | { readonly kind: 'files'; readonly paths: readonly string[]; readonly gone?: boolean }
  | { readonly kind: 'idle' }
)

interface TcpStep {
  readonly do: 'tcp'
  readonly port: string
  readonly file: string
  readonly expectReply?: string
  readonly chunks?: number
  readonly pauseMs?: number
  readonly mayReset?: boolean
  readonly holdMs?: number
  readonly more?: readonly string[]
  readonly replyFormat?: 'hex' | 'avro-rpc'
}

export type Step =
  | TcpStep
  | { readonly do: 'udp'; readonly port: string; readonly file: string; readonly whole?: boolean; readonly stripNewline?: boolean }
  | {
      readonly do: 'http'
      readonly port: string
      readonly method?: string
      readonly path?: string
      readonly headers?: Readonly<Record<string, string>>
      readonly file?: string
      readonly expectStatus?: number
    }
  | { readonly do: 'copy'; readonly from: string; readonly to: string; readonly mtime?: number }
  | { readonly do: 'append' | 'rename'; readonly from: string; readonly to: string }
  | { readonly do: 'delete' | 'mkdir'; readonly path: string }
  | { readonly do: 'metrics'; readonly port: string; readonly to: string }
  | { readonly do: 'wait-port'; readonly port: string }
  | { readonly do: 'wait-ms'; readonly ms: number }
  | ({ readonly do: 'await' } & Await)
  | { readonly do: 'stop' | 'kill' }
  | { readonly do: 'start'; readonly config?: string }

export async function doStep(run: AgentRun, step: Step): Promise<void> {
  switch (step.do) {
    case 'tcp':
      return tcp(run, step)
    case 'udp': {
      const port = Number(run.filled(step.port))
      await waitForUdp(port, run.alive)
      const data = readFileSync(run.input(step.file))
      const lines = splitLines(data).map((line) => (step.stripNewline === true ? withoutLineEnd(line) : line))
      return sendDatagrams(port, step.whole === true ? [data] : lines)
    }
    case 'http': {
      const port = Number(run.filled(step.port))
      ;(await connectPatiently(port, run.alive)).destroy()
      const body = step.file === undefined ? Buffer.alloc(0) : readFileSync(run.input(step.file))
      const { status } = await httpExchange(port, step.method ?? 'POST', step.path ?? '/', step.headers ?? {}, body)
      if (step.expectStatus !== undefined && status !== step.expectStatus) {
        run.problems.push({
          text: `http status ${status}, expected ${step.expectStatus} (step ${JSON.stringify(step)})`,
          status: { expected: step.expectStatus, actual: status },
        })
      }
      return
    }
    case 'copy': {
      const to = run.filled(step.to)
      const temporary = join(run.root, 'tmp-copy')
      mkdirSync(dirname(to), { recursive: true })
      copyFileSync(run.input(step.from), temporary)
      if (step.mtime !== undefined) utimesSync(temporary, step.mtime, step.mtime)
      return renameSync(temporary, to)
    }
    case 'append':
      return appendFileSync(run.filled(step.to), readFileSync(run.input(step.from)))
    case 'rename':
      return renameSync(run.filled(step.from), run.filled(step.to))
    case 'delete':
      return rmSync(run.filled(step.path))
    case 'mkdir':
      mkdirSync(run.filled(step.path), { recursive: true })
      return
    case 'metrics':
      return metrics(run, Number(run.filled(step.port)), step.to)
    case 'wait-port':
      ;(await connectPatiently(Number(run.filled(step.port)), run.alive)).destroy()
      return
    case 'wait-ms':
      return sleep(step.ms)
    case 'await':
      return run.await(step)
    case 'stop':
      return run.stop('SIGTERM')
    case 'kill':
      return run.stop('SIGKILL')
    case 'start':
      return run.start(step.config)
    default:
      throw new CaseFailure(`unknown step ${JSON.stringify(step)}`)
  }
}

async function tcp(run: AgentRun, step: TcpStep): Promise<void> {
  const data = readFileSync(run.input(step.file))
  const conversation = new Conversation(await connectPatiently(Number(run.filled(step.port)), run.alive))
  // The reference runner reads when everything is sent: of a connection that is reset before, it sees no reply.
  let sent = false
  try {
    const size = step.chunks ?? Math.max(1, data.length)
    for (let at = 0; at < data.length; at += size) {
      if (at > 0) await sleep(step.pauseMs ?? 50)
      await conversation.send(data.subarray(at, at + size))
    }
    sent = true
    if (step.holdMs === undefined) {
      conversation.endSending()
      if ((await conversation.read(10_000)) === 'quiet') throw new Error('timed out')
    } else {
      await conversation.read(step.holdMs)
      for (const more of step.more ?? []) {
        await conversation.send(readFileSync(run.input(more)))
        await conversation.read(step.holdMs)
      }
    }
  } catch (error) {
    if (step.mayReset !== true) run.problems.push({ text: `tcp: ${(error as Error).message}` })
  } finally {
    conversation.close()
  }
  if (step.expectReply === undefined) return
  const reply = sent ? conversation.received : Buffer.alloc(0)
  const shown =
    step.replyFormat === 'avro-rpc' ? rpcLines(reply) : step.replyFormat === 'hex' ? Buffer.from(`${reply.toString('hex')}\n`) : reply
  run.replies.set(step.expectReply, shown)
}

/** `COMPONENT Key Value`, sorted; a value that is no JSON string says so. */
async function metrics(run: AgentRun, port: number, to: string): Promise<void> {
  ;(await connectPatiently(port, run.alive)).destroy()
  const { body } = await httpExchange(port, 'GET', '/metrics', {}, Buffer.alloc(0))
  const components = JSON.parse(body.toString('utf8')) as Record<string, Record<string, unknown>>
  const lines = Object.keys(components)
    .sort()
    .flatMap((name) =>
      Object.entries(components[name]!)
        .sort(([a], [b]) => (a < b ? -1 : 1))
        .map(([key, value]) => `${name} ${key} ${typeof value === 'string' ? value : `(not a string) ${String(value)}`}\n`),
    )
  writeFileSync(join(run.filled('@OUT@'), to), lines.join(''))
}

function withoutLineEnd(line: Buffer): Buffer {
  let end = line.length
  if (line[end - 1] === 10) end--
  if (line[end - 1] === 13) end--
  return line.subarray(0, end)
}
