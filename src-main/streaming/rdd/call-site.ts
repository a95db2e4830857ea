// Where in the user's program a call was made: `map at app.ts:12`. The stack is kept and only read when someone asks.
import { fileURLToPath } from 'node:url'

/** Stack of the caller, captured cheaply; texts are made on demand. */
export class CallSite {
  readonly method: string
  readonly #holder: { readonly stack?: string }
  #frames: readonly string[] | undefined
  #short: string | undefined
  #long: string | undefined

  constructor(method: string) {
    this.method = method
    this.#holder = {}
    const limit = Error.stackTraceLimit
    Error.stackTraceLimit = 16
    Error.captureStackTrace(this.#holder, CallSite)
    Error.stackTraceLimit = limit
  }

  /** `map at app.ts:12`. */
  get short(): string {
    this.#short ??= this.#shortened()
    return this.#short
  }

  #shortened(): string {
    const place = /([^/\\()]+):(\d+):\d+\)?$/.exec(this.frames[0] ?? '')
    return place === null ? `${this.method} at <unknown>` : `${this.method} at ${place[1]}:${place[2]}`
  }

  /** The user's frames, one a line. */
  get long(): string {
    this.#long ??= this.frames.join('\n')
    return this.#long
  }

  get frames(): readonly string[] {
    this.#frames ??= (this.#holder.stack ?? '')
      .split('\n')
      .slice(1)
      .map((line) => line.trim().replace(/^at /, ''))
      .filter((line) => !isInternal(line))
    return this.#frames
  }
}

// From source: everything below src-main/streaming. Built: the folder of this file, where only Millrace's own modules lie. A frame names
// its file by address or by path, which differ where the path has a blank.
const here = import.meta.url
const internalAddress = here.includes('/src-main/streaming/')
  ? here.slice(0, here.indexOf('/src-main/streaming/') + 20)
  : here.replace(/\/[^/]*$/, '/').replace(/chunks\/$/, '')
const internalFolder = fileURLToPath(internalAddress)

function isInternal(frame: string): boolean {
  return (
    frame.includes(internalAddress) || frame.includes(internalFolder) || frame.includes('node:internal') || frame.includes('<anonymous>')
  )
}
