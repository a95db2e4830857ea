// source `netcat`: one event per line of text that a TCP client sends, each answered with OK (Flume NetcatSource).
import { once } from 'node:events'
import type { Socket } from 'node:net'
import { messageOf } from '../../../src-shared/errors.ts'
import { batchOf } from '../../../src-shared/event/build-batch.ts'
import { boolean, int, list, string } from '../../../src-shared/spec/property.ts'
import type { SourceContext } from '../../component/context.ts'
import { defineSource, type Source } from '../../component/define.ts'
import { isInterceptorFailure } from '../interceptor/interceptor-chain.ts'
import { type ConnectionLimits, connectionLimitProperties } from '../network/limits.ts'
import { type Connection, SocketServer } from '../network/socket-server.ts'
import { type Charset, charset } from '../serialization/charset.ts'
import { RefusalLog } from './refusal-log.ts'

export const definition = defineSource({
  type: 'netcat',
  className: 'org.apache.flume.source.NetcatSource',
  summary: 'Listens on a TCP port and makes an event of each line.',
  withoutMetrics: true,
  properties: {
    channels: list().default([]).describe('Channels to write to.'),
    bind: string().describe('Address or name to listen on.'),
    port: int().min(0).max(65_535).describe('Port to listen on.'),
    'max-line-length': int().min(1).default(512).unit('characters').describe('Longest line, with its line feed.'),
    'ack-every-event': boolean().default(true).describe('Answers OK to each line.'),
    encoding: string().default('utf-8').describe('Character set of the lines; bodies are UTF-8.'),
    ...connectionLimitProperties,
  },
  rules: ['network-limits', 'netcat-good-lines'],
  examples: [{ title: 'Type events with nc', properties: 'bind = 127.0.0.1\nport = 44444' }],
  create: (options, context) =>
    new NetcatSource(
      {
        host: options.bind,
        port: options.port,
        maxLineLength: options['max-line-length'],
        ackEveryEvent: options['ack-every-event'],
        charset: charset(options.encoding),
        limits: options,
      },
      context,
    ),
})

interface NetcatOptions {
  readonly host: string
  readonly port: number
  readonly maxLineLength: number
  readonly ackEveryEvent: boolean
  readonly charset: Charset
  readonly limits: ConnectionLimits
}

class NetcatSource implements Source {
  readonly #options: NetcatOptions
  readonly #context: SourceContext
  readonly #refusals: RefusalLog
  readonly #conversations = new Set<Promise<void>>()
  #server: SocketServer | undefined

  constructor(options: NetcatOptions, context: SourceContext) {
    this.#options = options
    this.#context = context
    this.#refusals = new RefusalLog(context.clock, context.log)
  }

  async start(): Promise<void> {
    const { host, port, limits } = this.#options
    const { clock, counters, log, status } = this.#context
    const server = new SocketServer({
      host,
      port,
      limits,
      clock,
      serve: (socket, connection) => this.#serve(socket, connection),
      connectionsChanged: (open) => counters.set('OpenConnectionCount', open),
      refused: (client, reason) => log.warn(`A client's connection ended: ${reason}`, { client }),
    })
    const bound = await server.listen()
    this.#server = server
    status(`Listening on ${host}:${bound}`)
  }

  async stop(): Promise<void> {
    await Promise.all([this.#server?.close(), ...this.#conversations])
  }

  #serve(socket: Socket, connection: Connection): void {
    const conversation = this.#converse(socket, connection)
      .catch((error: unknown) => connection.refuse(messageOf(error)))
      .finally(() => {
        socket.destroy()
        this.#conversations.delete(conversation)
      })
    this.#conversations.add(conversation)
  }

  async #converse(socket: Socket, connection: Connection): Promise<void> {
    const { counters, departs, log } = this.#context
    const decoder = this.#options.charset.decoder()
    let pending = ''
    for await (const chunk of socket.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
      const text = decoder(chunk)
      pending += text.malformed ? this.#beforeMalformed(pending.length, text.characters) : text.characters
      const lines = pending.split('\n')
      pending = lines.pop()!
      connection.received(pending.length, lines.length > 0)
      const tooLong = lines.findIndex((line) => line.length >= this.#options.maxLineLength)
      if (text.malformed && lines.length > 0 && !this.#options.ackEveryEvent) departs('netcat-good-lines')
      connection.working(chunk.length)
      await this.#deliver(tooLong < 0 ? lines : lines.slice(0, tooLong), socket)
      connection.working(0)
      // A client that does not read its answers is not read either.
      if (socket.writableNeedDrain) await Promise.race([once(socket, 'drain'), once(socket, 'close')])
      if (tooLong >= 0 || pending.length >= this.#options.maxLineLength) {
        counters.drop(1, 'line longer than max-line-length', false)
        return this.#end(socket, `FAILED: Event exceeds the maximum length (${this.#options.maxLineLength} chars, including newline)\n`)
      }
      if (text.malformed) {
        counters.drop(1, 'line not in the configured encoding', false)
        log.warn('A client sent bytes that are not in the configured encoding; its connection is closed.', { client: socket.remoteAddress })
        return
      }
    }
    if (pending !== '') counters.drop(1, 'unterminated line at the end of a connection', false)
    await this.#end(socket, '')
  }

  /**
   * What is read of a packet in which a byte is no character. Flume reads as many characters at once as a line may have, and throws away the
   * piece with the bad byte: none of its lines gets an OK. Without acknowledgements they are kept (rule netcat-good-lines).
   */
  #beforeMalformed(pending: number, characters: string): string {
    const { ackEveryEvent, maxLineLength } = this.#options
    if (!ackEveryEvent) return characters
    let read = 0
    let room = maxLineLength - pending
    while (characters.length - read > room) {
      read += room
      const unread = characters.slice(0, read)
      room = maxLineLength - (unread.includes('\n') ? unread.length - unread.lastIndexOf('\n') - 1 : pending + unread.length)
      if (room <= 0) break
    }
    return characters.slice(0, read)
  }

  /**
   * One transaction for the lines of a packet; when it fails, one each, so that every line gets the answer that Flume gives it. Throws at a line that
   * an interceptor cannot change: that ends the connection, for its client is to hear nothing of this line, nor of what follows.
   */
  async #deliver(lines: readonly string[], socket: Socket): Promise<void> {
    const room = this.#context.channelProcessor.batchRoom('events')
    for (let from = 0; from < lines.length; from += room) {
      const some = lines.slice(from, from + room)
      const failure = await this.#put(some)
      if (failure === undefined) this.#acknowledge(some.length, socket)
      else {
        for (const [index, line] of some.entries()) {
          const refusal = some.length === 1 ? failure : await this.#put([line])
          if (isInterceptorFailure(refusal)) this.#refuseRest(lines.length - from - index, refusal)
          this.#answer(refusal, socket)
          if (refusal !== undefined && this.#context.signal.aborted) return this.#giveUp(lines.length - from - index - 1)
        }
      }
    }
  }

  #refuseRest(lines: number, failure: unknown): never {
    const { counters, departs } = this.#context
    departs('interceptor-failure-spares-the-rest')
    counters.add('EventReceivedCount', lines)
    counters.drop(lines, 'an interceptor failed; the connection was closed', false)
    throw failure
  }

  /** A stop does not wait, for each line anew, for a channel that takes nothing. The clients are gone, without an answer to these. */
  #giveUp(lines: number): void {
    const { counters } = this.#context
    counters.add('EventReceivedCount', lines)
    counters.drop(lines, 'stopped while the channel took no events', false)
  }

  /** Undefined when the lines are in the channel, otherwise why not. */
  async #put(lines: readonly string[]): Promise<unknown> {
    const { channelProcessor, counters } = this.#context
    const headers = {}
    try {
      await channelProcessor.processEventBatch(batchOf(lines.map((line) => ({ headers, body: Buffer.from(line, 'utf8') }))))
      counters.add('EventReceivedCount', lines.length)
      counters.add('EventAcceptedCount', lines.length)
      return undefined
    } catch (error) {
      return error
    }
  }

  #answer(failure: unknown, socket: Socket): void {
    const { counters } = this.#context
    if (failure === undefined) {
      this.#acknowledge(1, socket)
      return
    }
    counters.add('EventReceivedCount', 1)
    counters.drop(1, 'refused by a channel; the client was told', false)
    this.#refusals.refused(1, messageOf(failure), { client: socket.remoteAddress })
    this.#write(socket, `FAILED: ${messageOf(failure)}\n`)
  }

  #acknowledge(count: number, socket: Socket): void {
    if (this.#options.ackEveryEvent) this.#write(socket, 'OK\n'.repeat(count))
  }

  #write(socket: Socket, text: string): void {
    if (socket.writable) socket.write(this.#options.charset.encode(text))
  }

  async #end(socket: Socket, lastWords: string): Promise<void> {
    if (!socket.writable) return
    await new Promise<void>((resolve) => {
      socket.once('error', () => resolve())
      socket.end(this.#options.charset.encode(lastWords), () => resolve())
    })
  }
}
