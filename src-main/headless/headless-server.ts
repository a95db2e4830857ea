// The headless face: the renderer over HTTP on the loopback interface, the engine over a WebSocket, both behind a one-time token.
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Duplex } from 'node:stream'
import { WebSocketServer } from 'ws'
import { type EngineLink, relayLinks } from '../../src-shared/contract/engine-link.ts'
import { type WebSocketLike, webSocketLink } from '../../src-shared/contract/web-socket-link.ts'
import { MillraceError, messageOf } from '../../src-shared/errors.ts'
import type { Logger } from '../log.ts'
import { pageFile } from '../page-files.ts'
import { host, requestUrl } from './request-url.ts'
import { RestApi, restPrefix } from './rest-api.ts'
import { Sessions } from './session.ts'
import { securityHeaders, serveFile } from './static-files.ts'

export interface HeadlessOptions {
  /** 0: any that is free. */
  readonly port: number
  /** Folder of the built renderer. */
  readonly renderer: string
  /** A link to the engine that runs now; rejects while there is none. */
  readonly openLink: () => Promise<EngineLink>
  readonly random: (bytes: number) => Uint8Array
  readonly log: Logger
}

export interface HeadlessServer {
  readonly port: number
  /** The address of the workbench with a new one-time token. */
  newAddress(): string
  close(): Promise<void>
}

const longestMessage = 16 * 1024 * 1024

/** Rejects with a sentence when the port cannot be had. */
export async function startHeadlessServer(options: HeadlessOptions): Promise<HeadlessServer> {
  const server = createServer()
  await listen(server, options.port)
  const { port } = server.address() as AddressInfo
  const sessions = new Sessions(options.random, () => port)
  const rest = new RestApi(options.openLink)
  const sockets = new WebSocketServer({ noServer: true, maxPayload: longestMessage, perMessageDeflate: false })

  server.on('request', (request, response) => {
    answer(request, response, { sessions, rest, ...options }).catch((error: unknown) => {
      options.log.error('A request could not be answered.', { url: request.url ?? '', reason: messageOf(error) })
      if (!response.headersSent) refuse(response, 500, 'Something went wrong in Millrace; its output says what.')
    })
  })
  server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    // Node has taken its own listener away: a client that is gone before it is answered would end this process.
    socket.on('error', () => socket.destroy())
    const problem = upgradeProblem(request, sessions)
    if (problem !== undefined) {
      socket.end(
        `HTTP/1.1 ${problem.status} Refused\r\nContent-Type: text/plain; charset=utf-8\r\nConnection: close\r\n\r\n${problem.sentence}\n`,
      )
      return
    }
    sockets.handleUpgrade(request, socket, head, (webSocket) => {
      const link = webSocketLink(webSocket as unknown as WebSocketLike, true)
      options.openLink().then(
        (engine) => relayLinks(link, engine),
        () => link.close(),
      )
    })
  })

  return {
    port,
    newAddress: () => `http://${host}:${port}/?token=${sessions.newToken()}`,
    close: async () => {
      rest.close()
      for (const client of sockets.clients) client.terminate()
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

interface Served extends HeadlessOptions {
  readonly sessions: Sessions
  readonly rest: RestApi
}

async function answer(request: IncomingMessage, response: ServerResponse, served: Served): Promise<void> {
  const { sessions, renderer } = served
  if (!sessions.hostAllowed(request)) return refuse(response, 421, 'This server answers to 127.0.0.1, localhost and [::1] only.')
  if (!sessions.originAllowed(request)) return refuse(response, 403, 'Requests from pages of another origin are refused.')
  if (request.method !== 'GET' && request.method !== 'HEAD') return refuse(response, 405, 'Only GET and HEAD are answered here.')
  const url = requestUrl(request)
  if (url === undefined) return refuse(response, 400, noAddress)
  const token = url.searchParams.get('token')
  if (token !== null && url.pathname === '/') {
    const cookie = sessions.exchange(token)
    // A second click on the same address, in the browser that has the session already, is no attack.
    if (cookie === undefined && !sessions.known(request)) return refuse(response, 401, usedToken)
    response.writeHead(303, {
      ...securityHeaders,
      location: '/',
      'cache-control': 'no-store',
      ...(cookie !== undefined && { 'set-cookie': cookie }),
    })
    response.end()
    return
  }
  if (!sessions.known(request)) return refuse(response, 401, noSession)
  if (url.pathname.startsWith(restPrefix)) return answerRest(url, request, response, served.rest)
  if (await serveFile(renderer, url.pathname, request, response)) return
  if (url.pathname === '/')
    return refuse(response, 503, `The window is not built: there is no index.html in ${renderer}. Run npm run build.`)
  // Every view has an address of its own, which the page itself understands.
  const isView = pageFile(renderer, url.pathname) !== undefined && !/\.[a-z0-9]+$/i.test(url.pathname)
  if (isView && (await serveFile(renderer, '/', request, response))) return
  refuse(response, 404, `There is no ${url.pathname} here.`)
}

async function answerRest(url: URL, request: IncomingMessage, response: ServerResponse, rest: RestApi): Promise<void> {
  try {
    const { status, contentType, text } = await rest.answer(url)
    response.writeHead(status, { ...securityHeaders, 'content-type': contentType, 'cache-control': 'no-store' })
    response.end(request.method === 'HEAD' ? undefined : text)
  } catch (error) {
    if (error instanceof URIError) return refuse(response, 400, 'The path is not percent-encoded UTF-8.')
    if (!(error instanceof MillraceError) || error.code !== 'ENGINE_GONE') throw error
    refuse(response, 503, error.message)
  }
}

const noAddress = 'The address of this request cannot be read.'
const noSession =
  'Open the address that Millrace printed when it started: it has a token that lets one browser in. In its terminal, Enter prints a new one.'
const usedToken = 'This address was used already: its token works once. In the terminal where Millrace runs, Enter prints a new one.'

function refuse(response: ServerResponse, status: number, sentence: string): void {
  response.writeHead(status, { ...securityHeaders, 'content-type': 'text/plain; charset=utf-8', 'cache-control': 'no-store' })
  response.end(`${sentence}\n`)
}

function upgradeProblem(request: IncomingMessage, sessions: Sessions): { status: number; sentence: string } | undefined {
  if (!sessions.hostAllowed(request)) return { status: 421, sentence: 'This server answers to 127.0.0.1, localhost and [::1] only.' }
  // A browser always names the page's origin here; what names none must still have the cookie.
  if (!sessions.originAllowed(request)) return { status: 403, sentence: 'Connections from pages of another origin are refused.' }
  if (!sessions.known(request)) return { status: 401, sentence: noSession }
  if (requestUrl(request)?.pathname !== '/engine') return { status: 404, sentence: 'The engine is at /engine.' }
  return undefined
}

function listen(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      const sentence =
        error.code === 'EADDRINUSE'
          ? `Port ${port} is in use by another program. Give another with --port, or leave it out for a free one.`
          : error.code === 'EACCES'
            ? `Port ${port} needs rights that this user has not. Give one above 1023 with --port.`
            : `The server cannot listen on port ${port}: ${error.message}`
      reject(new MillraceError('IO', sentence, { cause: error }))
    })
    server.listen(port, host, () => resolve())
  })
}
