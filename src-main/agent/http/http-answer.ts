// What an `http` source answers, in Jetty's form: a page for everything but success.
import type { IncomingMessage, ServerResponse } from 'node:http'

export interface HttpAnswer {
  readonly code: number
  /** Absent with success. */
  readonly message?: string
}

/** The answer to a method that is not taken. GET and HEAD are treated like POST, TRACE and OPTIONS are forbidden, others are refused or do not exist: as recorded. */
export function refusedMethod(method: string | undefined): HttpAnswer | undefined {
  switch (method) {
    case 'POST':
    case 'GET':
    case 'HEAD':
      return undefined
    case 'TRACE':
    case 'OPTIONS':
      return { code: 403, message: 'Forbidden' }
    case 'PUT':
    case 'DELETE':
      return { code: 405, message: `HTTP method ${method} is not supported by this URL` }
    default:
      return { code: 501, message: `Method ${method} is not implemented by this servlet` }
  }
}

/** Sends an answer. */
export function respond(request: IncomingMessage, response: ServerResponse, { code, message }: HttpAnswer): void {
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
