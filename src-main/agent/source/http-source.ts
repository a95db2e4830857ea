// source `http`: all events of one request are one transaction, answered 200 after the channels' commit (Flume HTTPSource).
import type { IncomingMessage, Server, ServerOptions, ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { MillraceError, messageOf } from '../../../src-shared/errors.ts'
import type { EventBatch } from '../../../src-shared/event/event-batch.ts'
import { boolean, int, map, type OptionsOf, string } from '../../../src-shared/spec/property.ts'
import type { SourceContext } from '../../component/context.ts'
import { defineSource, type Source } from '../../component/define.ts'
import { blobHandler, morphlineBlobHandler } from '../http/blob-handlers.ts'
import { type HttpAnswer, refusedMethod, respond } from '../http/http-answer.ts'
import { BadRequest, type HttpHandler } from '../http/http-handler.ts'
import { jsonHandler } from '../http/json-handler.ts'
import { joiner, readBody } from '../http/request-body.ts'
import { BufferBudget, type Holder } from '../network/buffer-budget.ts'
import { connectionLimitProperties, LimitExceeded, messageLimitProperties } from '../network/limits.ts'
import { listen } from '../network/listen.ts'
import { serverSecureOptions, serverTlsProperties } from '../network/tls.ts'

const jetty = 'It sets up Jetty, which is not here.'

const properties = {
  port: int().min(0).max(65_535).describe('Port to listen on.'),
  bind: string().default('127.0.0.1').describe('Address to listen on; loopback when absent (Flume: all).'),
  handler: string()
    .default('org.apache.flume.source.http.JSONHandler')
    .describe('JSONHandler, BLOBHandler or Morphline’s BlobHandler, by class name.'),
  'handler.*': map(string()).describe('Properties of the handler: mandatoryParameters (BLOBHandler), maxBlobLength (BlobHandler).'),
  ...serverTlsProperties,
  enableSSL: boolean().optional().describe('Old spelling of ssl.'),
  keystorePassword: string().secret().optional().describe('Old spelling of keystore-password.'),
  excludeProtocols: string().optional().describe('Old spelling of exclude-protocols.'),
  'QueuedThreadPool.*': map(string().noEffect(jetty)),
  'HttpConfiguration.*': map(string().noEffect(jetty)),
  'SslContextFactory.*': map(string().noEffect(jetty)),
  'ServerConnector.*': map(string().noEffect(jetty)),
  maxRequestBytes: int().min(1).default(100_000_000).unit('bytes').extension().describe('Largest request; a larger one is answered 413.'),
  ...messageLimitProperties,
  ...connectionLimitProperties,
  idleTimeout: connectionLimitProperties.idleTimeout.default(30),
}

type HttpOptions = OptionsOf<typeof properties>

export const definition = defineSource({
  type: 'http',
  className: 'org.apache.flume.source.http.HTTPSource',
  summary: 'Takes events by HTTP POST: JSON, or whole bodies.',
  properties,
  rules: ['listen-on-loopback', 'network-limits', 'http-blob-without-mandatory-parameters'],
  examples: [{ title: 'JSON events', properties: 'bind = 127.0.0.1\nport = 8080' }],
  create: (options, context) => new HttpSource(options, context),
})

/** Requests under way have so long to get their answer when the source stops. */
const stopGraceMs = 5000

class HttpSource implements Source {
  readonly #options: HttpOptions
  readonly #context: SourceContext
  readonly #handler: HttpHandler
  readonly #budget: BufferBudget
  readonly #together = joiner()
  #server: Server | undefined

  constructor(options: HttpOptions, context: SourceContext) {
    this.#options = options
    this.#context = context
    this.#budget = new BufferBudget(options.maxBufferedBytes)
    this.#handler = handlerOf(options.handler, options['handler.*'], {
      cut: (bytes) => context.log.warn('A request is longer than maxBlobLength; the rest of it is not stored.', { bytes }),
      nothingMandatory: () => context.departs('http-blob-without-mandatory-parameters'),
    })
  }

  async start(): Promise<void> {
    const { bind, port, maxConnections } = this.#options
    const secure = await this.#secureOptions()
    const times = timesOf(this.#options)
    const answer = (request: IncomingMessage, response: ServerResponse): void => this.#answer(request, response)
    // Loaded when asked for: node:http brings a web client along, which would delay the start of every agent.
    const server =
      secure === undefined
        ? (await import('node:http')).createServer(times, answer)
        : (await import('node:https')).createServer({ ...secure, ...times }, answer)
    server.maxConnections = maxConnections
    await listen(server, port, bind)
    this.#server = server
    this.#context.status(`Listening on ${bind}:${(server.address() as AddressInfo).port}`)
  }

  async stop(): Promise<void> {
    const closing = this.#server
    if (closing === undefined) return
    const closed = new Promise((resolve) => closing.close(resolve))
    closing.closeIdleConnections()
    // Whoever holds a connection open longer than that is cut off.
    const cut = setTimeout(() => closing.closeAllConnections(), stopGraceMs)
    await closed
    clearTimeout(cut)
  }

  async #secureOptions(): Promise<Awaited<ReturnType<typeof serverSecureOptions>> | undefined> {
    const options = this.#options
    if (!(options.enableSSL ?? options.ssl)) return undefined
    return serverSecureOptions({
      ...options,
      // The new spelling may have the value for all components.
      'keystore-password': options.keystorePassword ?? options['keystore-password'],
      'exclude-protocols': [...options['exclude-protocols'], ...(options.excludeProtocols?.split(/\s+/) ?? [])],
    })
  }

  #answer(request: IncomingMessage, response: ServerResponse): void {
    const refusal = refusedMethod(request.method)
    if (refusal !== undefined) {
      respond(request, response, refusal)
      return
    }
    this.#receive(request).then(
      (answer) => respond(request, response, answer),
      (error: unknown) => {
        this.#context.counters.add('EventReadFail', 1)
        this.#context.log.warn('A request ended before it was whole.', { error: messageOf(error) })
        response.destroy()
      },
    )
  }

  /** The events, when there were any, are in the channels with status 200 only. */
  async #receive(request: IncomingMessage): Promise<HttpAnswer> {
    const { maxRequestBytes } = this.#options
    const chunks: Buffer[] = []
    let refusal: string | undefined
    const holder: Holder = {
      unfinished: 0,
      working: 0,
      refuse: (reason) => {
        refusal = reason
        chunks.length = 0
      },
    }
    this.#budget.add(holder)
    try {
      const size = await readBody(request, (chunk, sum) => {
        if (refusal !== undefined) return
        if (sum > maxRequestBytes) chunks.length = 0
        else chunks.push(chunk)
        this.#budget.change(holder, sum > maxRequestBytes ? 0 : sum, 0)
      })
      if (refusal !== undefined) return { code: 503, message: refusal }
      if (size > maxRequestBytes) return { code: 413, message: `The request is larger than maxRequestBytes (${maxRequestBytes}).` }
      this.#budget.change(holder, 0, size)
      // The handler is through with the body before anything else can come to its memory.
      const events = this.#eventsOf(request, this.#together(chunks, size))
      return 'code' in events ? events : await this.#store(events)
    } finally {
      this.#budget.remove(holder)
    }
  }

  /** The events of a request, or the answer to one that cannot be read. */
  #eventsOf(request: IncomingMessage, body: Buffer): EventBatch | HttpAnswer {
    try {
      return this.#handler({
        method: request.method ?? 'POST',
        contentType: request.headers['content-type'],
        query: /\?([^#]*)/.exec(request.url ?? '')?.[1] ?? '',
        body,
        limits: this.#options,
      })
    } catch (error) {
      this.#context.counters.add('EventReadFail', 1)
      this.#context.log.warn('A request could not be read.', { error: messageOf(error), client: request.socket.remoteAddress })
      if (error instanceof LimitExceeded) return { code: 413, message: error.message }
      if (error instanceof BadRequest) return { code: 400, message: `Bad request from client. ${error.message}` }
      return { code: 500, message: `Deserializer threw unexpected exception. ${messageOf(error)}` }
    }
  }

  async #store(events: EventBatch): Promise<HttpAnswer> {
    const { channelProcessor, counters, log } = this.#context
    counters.add('AppendBatchReceivedCount', 1)
    counters.add('EventReceivedCount', events.count)
    try {
      if (events.count > 0) await channelProcessor.processEventBatch(events)
    } catch (error) {
      const full = error instanceof MillraceError && (error.code === 'CHANNEL_FULL' || error.code === 'CHANNEL_EXCEPTION')
      counters.add(full ? 'ChannelWriteFail' : 'GenericProcessingFail', 1)
      log.warn('A request’s events could not be stored; the client is told.', { error: messageOf(error) })
      if (full) return { code: 503, message: `Error appending event to channel. Channel might be full.${messageOf(error)}` }
      return { code: 500, message: `Unexpected error while appending event to channel. ${messageOf(error)}` }
    }
    counters.add('AppendBatchAcceptedCount', 1)
    counters.add('EventAcceptedCount', events.count)
    return { code: 200 }
  }
}

function timesOf({ messageTimeout, idleTimeout }: HttpOptions): ServerOptions {
  const requestTimeout = messageTimeout * 1000
  return {
    requestTimeout,
    headersTimeout: requestTimeout === 0 ? 60_000 : Math.min(60_000, requestTimeout),
    keepAliveTimeout: idleTimeout * 1000,
    connectionsCheckingInterval: requestTimeout === 0 ? 30_000 : Math.min(30_000, requestTimeout / 4),
  }
}

interface HandlerNotes {
  /** The length of a body that is cut. */
  readonly cut: (bytes: number) => void
  readonly nothingMandatory: () => void
}

function handlerOf(name: string, properties: Readonly<Record<string, string>>, notes: HandlerNotes): HttpHandler {
  switch (name) {
    case 'org.apache.flume.source.http.JSONHandler':
    case 'json':
      return jsonHandler
    case 'org.apache.flume.source.http.BLOBHandler':
    case 'blob': {
      const mandatory = (properties['mandatoryParameters'] ?? '').split(',').filter((parameter) => parameter !== '')
      if (mandatory.length === 0) notes.nothingMandatory()
      return blobHandler(mandatory)
    }
    case 'org.apache.flume.sink.solr.morphline.BlobHandler':
      return morphlineBlobHandler(Number(properties['maxBlobLength'] ?? 100_000_000), notes.cut)
    default:
      throw new MillraceError(
        'BAD_CONFIGURATION',
        `handler = ${name} is not known. Use org.apache.flume.source.http.JSONHandler, …BLOBHandler or org.apache.flume.sink.solr.morphline.BlobHandler.`,
      )
  }
}
