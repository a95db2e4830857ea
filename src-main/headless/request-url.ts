// What a request asks for. Whoever reaches the port may send anything as its address, before a token or a cookie was asked for.
import type { IncomingMessage } from 'node:http'

/** The interface that everything here listens on. */
export const host = '127.0.0.1'

/** Undefined for what is no address (`//`); it must be refused, not thrown: nobody catches what a server's listener throws. */
export function requestUrl(request: IncomingMessage): URL | undefined {
  return URL.parse(request.url ?? '/', `http://${host}`) ?? undefined
}
