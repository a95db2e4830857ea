// source `http`: all events of one request are one transaction, answered 200 after the channels' commit (Flume HTTPSource).
import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { MillraceError, messageOf } from '../../../src-shared/errors.ts'
import { boolean, int, map, string } from '../../../src-shared/spec/property.ts'
import { defineSource } from '../../component/define.ts'
import { blobHandler, morphlineBlobHandler } from '../http/blob-handlers.ts'
import { BadRequest, type HttpHandler } from '../http/http-handler.ts'
import { jsonHandler } from '../http/json-handler.ts'
import { BufferBudget, type Holder } from '../network/buffer-budget.ts'
import { connectionLimitProperties, LimitExceeded, messageLimitProperties } from '../network/limits.ts'
import { serverSecureOptions, serverTlsProperties } from '../network/tls.ts'
import { listen } from './listen.ts'

const jetty = 'It sets up Jetty, which is not here.'

export const definition = defineSource({
  type: 'http',
  className: 'org.apache.flume.source.http.HTTPSource',
  summary: 'Takes events by HTTP POST: JSON, or whole bodies.',
  properties: {
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
  },
  rules: ['listen-on-loopback', 'network-limits', 'http-blob-without-mandatory-parameters'],
  examples: [{ title: 'JSON events', properties: 'bind = 127.0.0.1\nport = 8080' }],
  create: (options, context) => {
    const { channelProcessor, counters, log, status } = context
    const handler = handlerOf(options.handler, options['handler.*'], {
      cut: (bytes) => log.warn('A request is longer than maxBlobLength; the rest of it is not stored.', { bytes }),
      nothingMandatory: () => context.departs('http-blob-without-mandatory-parameters'),
    })
    const ssl = options.enableSSL ?? options.ssl
    const budget = new BufferBudget(options.maxBufferedBytes)
    const together = joiner()
    let server: Server | undefined

    /** Status and message; the events, when there were any, are in the channels with status 200 only. */
    const receive = async (request: IncomingMessage): Promise<Answer> => {
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
      budget.add(holder)
      try {
        const size = await readBody(request, (chunk, sum) => {
          if (refusal !== undefined) return
          if (sum > options.maxRequestBytes) chunks.length = 0
          else chunks.push(chunk)
          budget.change(holder, sum > options.maxRequestBytes ? 0 : sum, 0)
        })
        if (refusal !== undefined) return { code: 503, message: refusal }
        if (size > options.maxRequestBytes)
          return { code: 413, message: `The request is larger than maxRequestBytes (${options.maxRequestBytes}).` }
        budget.change(holder, 0, size)
        // The handler is through with the body before anything else can come to its memory.
        return await store(request, together(chunks, size))
      } finally {
        budget.remove(holder)
      }
    }

    const store = async (request: IncomingMessage, body: Buffer): Promise<Answer> => {
      let events: ReturnType<HttpHandler>
      try {
        events = handler({
          method: request.method ?? 'POST',
          contentType: request.headers['content-type'],
          query: /\?([^#]*)/.exec(request.url ?? '')?.[1] ?? '',
          body,
          limits: options,
        })
      } catch (error) {
        counters.add('EventReadFail', 1)
        log.warn('A request could not be read.', { error: messageOf(error), client: request.socket.remoteAddress })
        if (error instanceof LimitExceeded) return { code: 413, message: error.message }
        if (error instanceof BadRequest) return { code: 400, message: `Bad request from client. ${error.message}` }
        return { code: 500, message: `Deserializer threw unexpected exception. ${messageOf(error)}` }
      }
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

    const answer = (request: IncomingMessage, response: ServerResponse): void => {
      // GET and HEAD are treated like POST, TRACE and OPTIONS are forbidden, other methods are refused or do not exist: as recorded.
      const { method } = request
      if (method !== 'POST' && method !== 'GET' && method !== 'HEAD') {
        const forbidden = method === 'TRACE' || method === 'OPTIONS'
        const known = method === 'PUT' || method === 'DELETE'
        const sentence = known
          ? `HTTP method ${method} is not supported by this URL`
          : `Method ${method} is not implemented by this servlet`
        respond(response, forbidden ? 403 : known ? 405 : 501, forbidden ? 'Forbidden' : sentence, request)
        return
      }
      receive(request).then(
        ({ code, message }) => respond(response, code, message, request),
        (error: unknown) => {
          counters.add('EventReadFail', 1)
          log.warn('A request ended before it was whole.', { error: messageOf(error) })
          response.destroy()
        },
      )
    }

    return {
      async start() {
        const tls = {
          ...options,
          keystorePassword: undefined,
          // The new spelling may have the value for all components.
          'keystore-password': options.keystorePassword ?? options['keystore-password'],
        }
        const excluded = options.excludeProtocols?.split(/\s+/) ?? []
        const secure = ssl
          ? await serverSecureOptions({ ...tls, 'exclude-protocols': [...tls['exclude-protocols'], ...excluded] })
          : undefined
        const requestTimeout = options.messageTimeout * 1000
        const times = {
          requestTimeout,
          headersTimeout: requestTimeout === 0 ? 60_000 : Math.min(60_000, requestTimeout),
          keepAliveTimeout: options.idleTimeout * 1000,
          connectionsCheckingInterval: requestTimeout === 0 ? 30_000 : Math.min(30_000, requestTimeout / 4),
        }
        // Loaded when asked for: node:http brings a web client along, which would delay the start of every agent.
        const created =
          secure === undefined
            ? (await import('node:http')).createServer(times, answer)
            : (await import('node:https')).createServer({ ...secure, ...times }, answer)
        created.maxConnections = options.maxConnections
        await listen(created, options.port, options.bind)
        server = created
        status(`Listening on ${options.bind}:${(created.address() as AddressInfo).port}`)
      },
      async stop() {
        const closing = server
        if (closing === undefined) return
        const closed = new Promise((resolve) => closing.close(resolve))
        closing.closeIdleConnections()
        // Requests under way get their answer; whoever holds a connection open longer than that is cut off.
        const cut = setTimeout(() => closing.closeAllConnections(), 5000)
        await closed
        clearTimeout(cut)
      },
    }
  },
})

interface Answer {
  readonly code: number
  readonly message?: string
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

/** Reads a body to its end, however large, so that the client hears the answer. `came` is told each chunk and the sum so far; answers the sum. */
function readBody(request: IncomingMessage, came: (chunk: Buffer, sum: number) => void): Promise<number> {
  return new Promise((resolve, reject) => {
    let sum = 0
    request.on('data', (chunk: Buffer) => {
      sum += chunk.length
      came(chunk, sum)
    })
    request.on('end', () => resolve(sum))
    request.on('error', reject)
    request.on('close', () => {
      if (!request.readableEnded) reject(new Error('The client closed the connection.'))
    })
  })
}

const reusedBytes = 1 << 20

/**
 * Puts a body together. Most in one and the same memory, which the next body is written to: megabytes a second left to the garbage collector
 * would cost more than reading them.
 */
function joiner(): (chunks: readonly Buffer[], size: number) => Buffer {
  let reused: Buffer | undefined
  return (chunks, size) => {
    if (chunks.length === 1) return chunks[0]!
    if (size > reusedBytes) return Buffer.concat(chunks, size)
    reused ??= Buffer.allocUnsafeSlow(reusedBytes)
    let at = 0
    for (const chunk of chunks) {
      reused.set(chunk, at)
      at += chunk.length
    }
    return reused.subarray(0, size)
  }
}

function respond(response: ServerResponse, code: number, message: string | undefined, request: IncomingMessage): void {
  if (message === undefined) {
    response.writeHead(code, { 'Content-Length': 0 })
    response.end()
    return
  }
  const escaped = message.replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`)
  const page = `<html>\n<head><title>Error ${code} ${escaped}</title></head>\n<body><h2>HTTP ERROR ${code} ${escaped}</h2>\n</body>\n</html>\n`
  response.writeHead(code, {
    'Content-Type': 'text/html;charset=utf-8',
    'Content-Length': Buffer.byteLength(page),
    'Cache-Control': 'must-revalidate,no-cache,no-store',
  })
  response.end(request.method === 'HEAD' ? undefined : page)
}
