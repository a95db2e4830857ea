// -Dflume.monitoring.type=http: serves /metrics as Flume's HTTPMetricsServer does, and beside it /prometheus, which a Flume answers with 404.
// Binds 127.0.0.1 unless flume.monitoring.host says otherwise.
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { messageOf } from '../../../src-shared/errors.ts'
import type { AgentSnapshot } from '../agent-snapshot.ts'
import { listen } from '../network/listen.ts'
import { metricsOf } from './metrics-json.ts'
import { PrometheusPage } from './prometheus-page.ts'

export interface HttpMetricsOptions {
  readonly port: number
  readonly host: string
  readonly snapshot: () => AgentSnapshot
}

/** Resolves when it listens; rejects with COMPONENT_START when the port cannot be had. */
export async function startHttpMetrics({ port, host, snapshot }: HttpMetricsOptions): Promise<{ stop(): Promise<void> }> {
  const server = createServer((request, response) => answer(request, response, snapshot))
  await listen(server, port, host)
  return { stop: () => close(server) }
}

function answer(request: IncomingMessage, response: ServerResponse, snapshot: () => AgentSnapshot): void {
  const path = (request.url ?? '/').split('?', 1)[0]!.toLowerCase()
  if (request.method === 'TRACE' || request.method === 'OPTIONS') send(response, 403, 'text/html;charset=utf-8', '')
  else if (path === '/metrics') send(response, 200, 'application/json;charset=utf-8', JSON.stringify(metricsOf(snapshot())))
  else if (path === '/prometheus') answerPrometheus(response, snapshot())
  else if (path === '/') send(response, 200, 'text/html;charset=utf-8', 'For Flume metrics please click <a href = "./metrics"> here</a>.')
  else send(response, 404, 'text/html;charset=utf-8', '<html><body><h2>HTTP ERROR 404 Not Found</h2></body></html>')
}

function answerPrometheus(response: ServerResponse, snapshot: AgentSnapshot): void {
  const page = new PrometheusPage()
  page.agent(snapshot)
  page.text().then(
    (text) => send(response, 200, 'text/plain; version=0.0.4; charset=utf-8', text),
    (error: unknown) => send(response, 500, 'text/plain; charset=utf-8', messageOf(error)),
  )
}

function send(response: ServerResponse, status: number, type: string, body: string): void {
  response.writeHead(status, { 'Content-Type': type, 'Content-Length': Buffer.byteLength(body) }).end(body)
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve())
    server.closeAllConnections()
  })
}
