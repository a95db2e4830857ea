// One of the two agents that get the same messages: its sources, a file for the events of each, and conversations with it.
import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { request } from 'node:http'
import { connect, type Socket } from 'node:net'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { listening } from '../../../interop/ports.ts'
import type { Run } from '../../../interop/real-flume.ts'
import { collect } from '../../runner/collect.ts'
import { freePort } from '../../runner/network.ts'

/** A time of these ten thousand seconds. */
const nowMask = `timestamp"?[:=]"?${`${Date.now()}`.slice(0, 6)}\\d{7}`

export interface WireSource {
  readonly kind: string
  /** Its properties, but for its channel; @PORT@ is its port. */
  readonly lines: readonly string[]
}

/** Containers tell headers apart whatever is in them, but stop at one without a value, which only JSON has. */
const isAvro = ({ kind }: WireSource): boolean => kind !== 'http'

export class WireAgent {
  readonly #root: string
  readonly #sources: readonly WireSource[]
  readonly #begin: (file: string, root: string) => Run
  readonly #ports: number[] = []
  #run: Run | undefined
  log = ''

  constructor(root: string, sources: readonly WireSource[], begin: (file: string, root: string) => Run) {
    this.#root = root
    this.#sources = sources
    this.#begin = begin
  }

  async start(): Promise<void> {
    const names = (letter: string): string => this.#sources.map((_, index) => `${letter}${index}`).join(' ')
    const lines = [`a1.sources = ${names('r')}`, `a1.channels = ${names('c')}`, `a1.sinks = ${names('k')}`]
    for (const [index, source] of this.#sources.entries()) {
      this.#ports[index] = await freePort()
      mkdirSync(this.#folder(index), { recursive: true })
      const own = [...source.lines.map((line) => line.replace('@PORT@', `${this.#ports[index]}`)), `channels = c${index}`]
      lines.push(...own.map((line) => `a1.sources.r${index}.${line}`), `a1.channels.c${index}.type = memory`)
      lines.push(`a1.channels.c${index}.capacity = 100000`, `a1.channels.c${index}.transactionCapacity = 10000`)
      const sink = ['type = file_roll', `channel = c${index}`, 'sink.rollInterval = 0', `sink.directory = ${this.#folder(index)}`]
      lines.push(
        ...[...sink, `sink.serializer = ${isAvro(source) ? 'avro_event' : 'HEADER_AND_TEXT'}`].map((line) => `a1.sinks.k${index}.${line}`),
      )
    }
    const file = join(this.#root, 'agent.properties')
    writeFileSync(file, `${lines.join('\n')}\n`)
    const run = this.#begin(file, this.#root)
    this.#run = run
    await Promise.all(this.#ports.map((port) => listening(run, port)))
  }

  async stop(): Promise<void> {
    const run = this.#run
    if (run === undefined) return
    this.#run = undefined
    run.process.kill('SIGTERM')
    if (!(await Promise.race([run.ended.then(() => true), sleep(20_000, false)]))) run.process.kill('SIGKILL')
    this.log += run.output()
  }

  /** Named rules that the agent's log says were applied in a source. */
  rules(index: number): string[] {
    const own = new RegExp(`\\[a1\\.sources\\.r${index}\\].* rule=([a-z0-9-]+)`, 'g')
    return [...new Set([...(this.log + (this.#run?.output() ?? '')).matchAll(own)].map(([, rule]) => rule!))]
  }

  events(index: number): string {
    // A message without a time of its own has that of the moment.
    const format = isAvro(this.#sources[index]!) ? { format: 'avro' as const } : {}
    return existsSync(this.#folder(index))
      ? collect(this.#folder(index), { mode: 'lines', headers: true, mask: [nowMask], ...format }, {}).toString('latin1')
      : ''
  }

  /**
   * Sends the messages one after another, each when the answer to the one before is whole or nothing has come for so long. Answers, and `closed`
   * where the agent closed the connection.
   */
  async converse(index: number, messages: readonly Buffer[], isWhole: (reply: Buffer) => boolean, quietMs: number): Promise<string[]> {
    const socket = await this.#connected(index)
    if (socket === undefined) return ['refused']
    const answers: string[] = []
    let [reply, closed]: [Buffer, boolean] = [Buffer.alloc(0), false]
    let wake = (): void => undefined
    socket.on('data', (chunk: Buffer) => {
      reply = Buffer.concat([reply, chunk])
      wake()
    })
    for (const event of ['error', 'close', 'end'] as const)
      socket.on(event, () => {
        closed = true
        wake()
      })
    for (const message of messages) {
      if (closed) break
      reply = Buffer.alloc(0)
      socket.write(message)
      const end = Date.now() + quietMs
      while (!closed && !isWhole(reply) && Date.now() < end)
        await Promise.race([new Promise<void>((resolve) => (wake = resolve)), sleep(Math.max(1, end - Date.now()))])
      answers.push(reply.toString('hex'))
    }
    socket.destroy()
    return closed ? [...answers, 'closed'] : answers
  }

  /** Sends all and nothing more; the answer when the agent has closed the connection. */
  async tell(index: number, message: Buffer): Promise<string[]> {
    const socket = await this.#connected(index, true)
    if (socket === undefined) return ['refused']
    const parts: Buffer[] = []
    socket.on('data', (chunk: Buffer) => parts.push(chunk))
    const closed = new Promise<boolean>((resolve) => {
      socket.on('error', () => resolve(true))
      socket.on('end', () => resolve(true))
    })
    socket.end(message)
    const ended = await Promise.race([closed, sleep(5000, false)])
    socket.destroy()
    return [Buffer.concat(parts).toString('latin1'), ...(ended ? [] : ['open'])]
  }

  /** The status of the answer to a POST. */
  post(index: number, contentType: string | undefined, body: Buffer): Promise<string> {
    return new Promise((resolve) => {
      const headers = { 'Content-Length': `${body.length}`, ...(contentType !== undefined && { 'Content-Type': contentType }) }
      const sent = request(
        { host: '127.0.0.1', port: this.#ports[index]!, method: 'POST', path: '/', headers, agent: false },
        (response) => {
          response.resume()
          response.on('end', () => resolve(`${response.statusCode}`))
        },
      )
      sent.on('error', (error) => resolve(error.message))
      sent.end(body)
    })
  }

  #connected(index: number, allowHalfOpen = false): Promise<Socket | undefined> {
    return new Promise((resolve) => {
      const socket = connect({ port: this.#ports[index]!, host: '127.0.0.1', allowHalfOpen })
      socket.once('error', () => resolve(undefined))
      socket.once('connect', () => resolve(socket))
    })
  }

  #folder(index: number): string {
    return join(this.#root, 'out', `${index}`)
  }
}
