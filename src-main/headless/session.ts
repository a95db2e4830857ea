// Who may use the headless face: whoever opened the address with the one-time token, from then on by a cookie; and only under a name of
// this machine, from a page of this server.
import { createHash, timingSafeEqual } from 'node:crypto'
import type { IncomingMessage } from 'node:http'

export class Sessions {
  readonly #random: (bytes: number) => Uint8Array
  readonly #port: () => number
  #token: string | undefined
  readonly #cookies = new Set<string>()

  constructor(random: (bytes: number) => Uint8Array, port: () => number) {
    this.#random = random
    this.#port = port
  }

  /** A new one-time token; the one before is void. */
  newToken(): string {
    this.#token = this.#secret()
    return this.#token
  }

  /** The cookie for a token that is used for the first time. */
  exchange(token: string): string | undefined {
    if (this.#token === undefined || !sameText(token, this.#token)) return undefined
    this.#token = undefined
    const secret = this.#secret()
    this.#cookies.add(digest(secret))
    return `${this.#cookieName}=${secret}; Path=/; HttpOnly; SameSite=Strict`
  }

  /** The request carries the cookie of a session. */
  known(request: IncomingMessage): boolean {
    for (const part of (request.headers.cookie ?? '').split(';')) {
      const [name, value] = part.trim().split('=')
      if (name === this.#cookieName && value !== undefined && this.#cookies.has(digest(value))) return true
    }
    return false
  }

  /** The Host header names this server: without this check any web page could reach it under a name of its own (DNS rebinding). */
  hostAllowed(request: IncomingMessage): boolean {
    return this.#names().includes((request.headers.host ?? '').toLowerCase())
  }

  /** A browser says which page asks; only pages of this server may. Requests without Origin come from no page of another one. */
  originAllowed(request: IncomingMessage): boolean {
    const { origin } = request.headers
    return origin === undefined || this.#names().some((name) => origin.toLowerCase() === `http://${name}`)
  }

  /** Cookies know no ports: the name keeps two servers of one machine apart. */
  get #cookieName(): string {
    return `millrace-${this.#port()}`
  }

  #names(): string[] {
    const port = this.#port()
    return [`127.0.0.1:${port}`, `localhost:${port}`, `[::1]:${port}`]
  }

  #secret(): string {
    return Buffer.from(this.#random(24)).toString('base64url')
  }
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('base64')
}

function sameText(a: string, b: string): boolean {
  return timingSafeEqual(createHash('sha256').update(a).digest(), createHash('sha256').update(b).digest())
}
