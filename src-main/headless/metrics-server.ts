// `/metrics` for Prometheus and `/healthz` for whoever watches the service: on the loopback interface, only when asked for, read-only.
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { MillraceError, messageOf } from '../../src-shared/errors.ts'
import { host, requestUrl } from './request-url.ts'

export interface MetricsOptions {
  /** 0: any that is free. */
  readonly port: number
  /** The page as the engine has it; rejects while there is no engine. */
  readonly page: () => Promise<string>
}

/** Answers the port that it listens on and how to end it. Rejects with a sentence when the port cannot be had. */
export async function startMetricsServer(options: MetricsOptions): Promise<{ port: number; close: () => void }> {
  const server = createServer((request, response) => {
    const { port } = server.address() as AddressInfo
    const send = (status: number, type: string, text: string): void => {
      response.writeHead(status, {
        'content-type': `${type}; charset=utf-8`,
        'x-content-type-options': 'nosniff',
        'cache-control': 'no-store',
      })
      response.end(text)
    }
    // A web page that calls this machine by a name of its own is refused (DNS rebinding).
    if (![`${host}:${port}`, `localhost:${port}`].includes(request.headers.host ?? ''))
      return send(421, 'text/plain', `This answers to ${host} and localhost only.\n`)
    const pathname = requestUrl(request)?.pathname
    if (pathname !== '/metrics' && pathname !== '/healthz') return send(404, 'text/plain', 'There are /metrics and /healthz here.\n')
    options.page().then(
      (text) => (pathname === '/metrics' ? send(200, 'text/plain; version=0.0.4', text) : send(200, 'text/plain', 'ok\n')),
      (error: unknown) => send(503, 'text/plain', `${messageOf(error)}\n`),
    )
  })
  await listen(server, options.port)
  const { port } = server.address() as AddressInfo
  return {
    port,
    close: () => {
      server.closeAllConnections()
      server.close()
    },
  }
}

function listen(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (error) =>
      reject(
        new MillraceError('IO', `Metrics cannot be served on port ${port}: ${error.message}. Give another with --metrics.`, {
          cause: error,
        }),
      ),
    )
    server.listen(port, host, () => resolve())
  })
}
