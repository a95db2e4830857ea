// The engine as a process of its own, under `serve` or the desktop: starts it, serves links that come over the pipe or as message ports,
// and stops within a second when the process that supervises it is gone.
import type { EngineLink } from '../../src-shared/contract/engine-link.ts'
import { type DomPortLike, messagePortLink } from '../../src-shared/contract/message-port-link.ts'
import { MillraceError, messageOf } from '../../src-shared/errors.ts'
import { systemClock } from '../clock.ts'
import { startEngine } from '../engine.ts'
import { loggerTo } from '../log.ts'
import { type EngineArguments, type FromEngine, LinkMultiplexer, type ToEngine } from './process-messages.ts'

/** Electron's utility process has this instead of process.send. */
interface ParentPort {
  postMessage(message: unknown): void
  on(type: 'message', handler: (event: { data: unknown; ports: readonly unknown[] }) => void): void
}

const parentPort = (process as unknown as { parentPort?: ParentPort }).parentPort
/** With nobody left to serve it goes at once; asked to stop, it lets what runs finish its step. Whatever is cut off goes on from its durable state. */
const orphanedMs = 900
const askedMs = 4500

function send(message: FromEngine): void {
  if (parentPort !== undefined) parentPort.postMessage(message)
  else if (process.connected) process.send!(message, undefined, undefined, () => {})
}

const options = JSON.parse(process.argv[2] ?? '{}') as EngineArguments
const log = loggerTo((level, sentence, fields) => send({ kind: 'log', level, sentence, fields }))
const starting = startEngine({ ...options, clock: systemClock, log })

let stopping = false
async function stop(withinMs: number): Promise<void> {
  setTimeout(() => process.exit(0), withinMs).unref()
  if (stopping) return
  stopping = true
  try {
    // One that did not start says so below.
    const engine = await starting.catch(() => undefined)
    await engine?.stop()
    process.exit(0)
  } catch (error) {
    process.stderr.write(`millrace engine: it did not stop in order: ${messageOf(error)}\n`)
    process.exit(1)
  }
}

const pending: EngineLink[] = []
let serve: (link: EngineLink) => void = (link) => pending.push(link)
const links = new LinkMultiplexer(send, (link) => serve(link))

function receive(message: ToEngine, ports: readonly unknown[]): void {
  if (message.kind === 'stop') void stop(askedMs)
  else if (message.kind === 'port') serve(messagePortLink(ports[0] as DomPortLike))
  else links.receive(message)
}

parentPort?.on('message', ({ data, ports }) => receive(data as ToEngine, ports))
process.on('message', (message) => receive(message as ToEngine, []))
process.on('disconnect', () => void stop(orphanedMs))
process.on('SIGTERM', () => void stop(askedMs))
process.on('SIGINT', () => {}) // Ctrl+C in a terminal reaches the whole group; the supervisor decides.
const parent = process.ppid
setInterval(() => {
  if (process.ppid !== parent) void stop(orphanedMs)
}, 500).unref()

process.on('uncaughtException', (error) => {
  process.stderr.write(`millrace engine: ${error.stack ?? error.message}\n`)
  process.exit(70)
})

try {
  const engine = await starting
  serve = engine.serve
  for (const link of pending.splice(0)) engine.serve(link)
  send({ kind: 'ready', pid: process.pid })
} catch (error) {
  const code = error instanceof MillraceError ? error.code : 'INTERNAL'
  if (code === 'INTERNAL') throw error
  send({ kind: 'refused', code, sentence: messageOf(error) })
  // The message is written before the pipe closes.
  setTimeout(() => process.exit(1), 20)
}
