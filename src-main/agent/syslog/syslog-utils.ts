// The message parser of syslogtcp and syslogudp, as Flume's SyslogUtils: RFC 3164 and RFC 5424-like lines; structured data stays in the body.
//
// START (`<` → PRIO, LF ignored, else bad) · PRIO (`>` → DATA, bad without digits or with a fourth character) · DATA until LF or eventSize.
// What is bad, or matches no pattern, is an event of the whole line. Priority and version headers of one message stay for the next that
// matches nothing, as recorded from Flume.
import type { FlumeEvent, HeaderValue } from '../../../src-shared/event/event-batch.ts'
import { type KeepFields, withKeptFields } from './keep-fields.ts'
import { parseRfc3164Time, parseUtilsTime } from './syslog-time.ts'

// Java's \s and . are not JavaScript's: only ASCII is white space, and U+0085 ends a line.
const blank = '[ \\t\\n\\v\\f\\r]'
const rest = '([^\\n\\r\\u0085\\u2028\\u2029]*)'
const rfc5424 = new RegExp(
  `^<(\\d{1,3})>(\\d?)${blank}?(?:(\\d{4}-\\d{2}-\\d{2}T\\d{2}:\\d{2}:\\d{2}(?:\\.\\d{1,6})?(?:[+-]\\d{2}:\\d{2}|Z)?)|-)${blank}(?:(\\w[\\w.@-]*)|-)${blank}${rest}$`,
)
const rfc3164 = new RegExp(
  `^<(\\d{1,3})>(\\d)?${blank}?([A-Z][a-z][a-z]${blank}{1,2}\\d{1,2}${blank}\\d{2}:\\d{2}:\\d{2})${blank}(\\w[\\w.@-]*)${blank}${rest}$`,
)

/** A pattern of the user's own, tried first: groups 1 priority, 2 version, 3 timestamp, 4 host, 5 body. */
export interface CustomFormat {
  readonly regex: RegExp
  /** Replaced in the timestamp before it is read. */
  readonly search?: RegExp
  readonly replace?: string
  parseTime(text: string): number | undefined
}

export interface SyslogUtilsOptions {
  /** Bytes of a message with its `<pri>` at which it is cut. */
  readonly eventSize: number
  readonly keep: KeepFields
  readonly custom?: CustomFormat
  now(): number
}

type TimeReader = (text: string, now: number) => number | undefined

const lineFeed = 0x0a
const opening = 0x3c
const closing = 0x3e
const isDigit = (byte: number): boolean => byte >= 0x30 && byte <= 0x39

/** False for a datagram that ends before a digit of the priority: Flume stumbles over that number, and drops it. */
export function isMessage(datagram: Uint8Array): boolean {
  const first = datagram.findIndex((byte) => byte !== lineFeed)
  return first >= 0 && (datagram[first] !== opening || first + 1 < datagram.length)
}

/** Reads the messages of one connection (or of all datagrams). */
export class SyslogUtils {
  readonly #options: SyslogUtilsOptions
  /** In the order in which they are tried. */
  readonly #formats: readonly (readonly [RegExp, TimeReader])[]
  /** The message so far: the first `#length` bytes. */
  #bytes = Buffer.alloc(256)
  #length = 0
  #mode: 'START' | 'PRIO' | 'DATA' = 'START'
  #priority = ''
  #bad = false
  #priorityHeader: string | undefined
  #versionHeader: string | undefined

  constructor(options: SyslogUtilsOptions) {
    this.#options = options
    const { custom } = options
    this.#formats = [
      ...(custom === undefined ? [] : [[custom.regex, timeOf(custom)] as const]),
      [rfc5424, parseUtilsTime],
      [rfc3164, lastRemembered((text, now) => parseRfc3164Time(text, now, false))],
    ]
  }

  /** Bytes of a message that is not whole yet. */
  get heldBytes(): number {
    return this.#length
  }

  /** The messages that are complete with these bytes. */
  read(bytes: Uint8Array): FlumeEvent[] {
    const events: FlumeEvent[] = []
    const now = this.#options.now()
    for (let at = 0; at < bytes.length; ) {
      const [taken, event] = this.#take(bytes, at, now)
      at += taken
      if (event !== undefined) events.push(event)
    }
    return events
  }

  /** The first message of a datagram; the datagram's end ends it too, and what follows a line feed is no message. It must be one (isMessage). */
  readDatagram(bytes: Uint8Array): FlumeEvent {
    const now = this.#options.now()
    for (let at = 0; at < bytes.length; ) {
      const [taken, event] = this.#take(bytes, at, now)
      at += taken
      if (event !== undefined) return event
    }
    return this.#event(false, now)
  }

  /** Takes one byte, or all that belong to the message's text; answers how many, and the message when that was its end. */
  #take(bytes: Uint8Array, at: number, now: number): readonly [taken: number, event?: FlumeEvent] {
    if (this.#mode === 'DATA') return this.#takeData(bytes, at, now)
    const byte = bytes[at]!
    if (this.#mode === 'START') {
      if (byte === lineFeed) return [1]
      this.#bad = byte !== opening
      this.#mode = this.#bad ? 'DATA' : 'PRIO'
    } else if (byte === closing) {
      this.#bad = this.#priority === ''
      this.#mode = 'DATA'
    } else {
      this.#priority += String.fromCharCode(byte)
      if (!isDigit(byte) || this.#priority.length > 3) {
        this.#bad = true
        this.#mode = 'DATA'
      }
    }
    this.#hold(bytes, at, at + 1)
    return [1]
  }

  #takeData(bytes: Uint8Array, at: number, now: number): readonly [taken: number, event?: FlumeEvent] {
    const room = this.#options.eventSize - this.#length
    const found = bytes.indexOf(lineFeed, at)
    const end = found < 0 ? bytes.length : found
    // One that was too long before its text began is not cut: as in Flume, only a byte of the text can make it too long.
    if (room > 0 && end - at >= room) {
      this.#hold(bytes, at, at + room)
      return [room, this.#event(true, now)]
    }
    this.#hold(bytes, at, end)
    return found < 0 ? [end - at] : [end - at + 1, this.#event(false, now)]
  }

  #hold(bytes: Uint8Array, from: number, to: number): void {
    const length = this.#length + to - from
    if (length > this.#bytes.length) {
      const grown = Buffer.alloc(Math.max(length, this.#bytes.length * 2))
      grown.set(this.#bytes.subarray(0, this.#length))
      this.#bytes = grown
    }
    this.#bytes.set(bytes.subarray(from, to), this.#length)
    this.#length = length
  }

  #event(incomplete: boolean, now: number): FlumeEvent {
    const raw = this.#bytes.subarray(0, this.#length)
    const priority = this.#bad || this.#priority === '' ? 0 : Number(this.#priority)
    const found = this.#bad ? undefined : this.#match(raw.toString('utf8'), now)
    const headers: Record<string, HeaderValue> = { Facility: `${Math.floor(priority / 8)}`, Severity: `${priority % 8}` }
    if (this.#priorityHeader) headers['priority'] = this.#priorityHeader
    if (this.#versionHeader) headers['version'] = this.#versionHeader
    if (found?.time !== undefined) headers['timestamp'] = `${found.time}`
    if (found?.host) headers['host'] = found.host
    if (this.#bad) headers['flume.syslog.status'] = 'Invalid'
    else if (incomplete) headers['flume.syslog.status'] = 'Incomplete'
    const body = this.#options.keep === 'all' || !found?.body ? Uint8Array.from(raw) : Buffer.from(found.body)
    this.#reset()
    return { headers, body }
  }

  #match(line: string, now: number): { time: number | undefined; host: string | undefined; body: string } | undefined {
    const { keep } = this.#options
    for (const [pattern, parseTime] of this.#formats) {
      const match = pattern.exec(line)
      if (match === null) continue
      const [, priority = '', version, timestamp, host, message] = match
      this.#priorityHeader = priority
      this.#versionHeader = version
      const time = timestamp === undefined ? undefined : parseTime(timestamp, now)
      // What is not there is kept as Java writes it.
      const leading = { priority, version, timestamp: timestamp ?? 'null', host: host ?? 'null' }
      return { time, host, body: keep === 'all' || message === undefined ? '' : withKeptFields(keep, leading, message) }
    }
    return undefined
  }

  #reset(): void {
    this.#length = 0
    this.#mode = 'START'
    this.#priority = ''
    this.#bad = false
  }
}

const timeOf =
  ({ search, replace, parseTime }: CustomFormat): TimeReader =>
  (text) =>
    parseTime(search ? text.replace(search, replace ?? '') : text)

/** Neighbours mostly have the same second, and are read at the same moment. */
function lastRemembered(read: TimeReader): TimeReader {
  let [lastText, lastNow, last]: [string?, number?, number?] = []
  return (text, now) => {
    if (text !== lastText || now !== lastNow) {
      last = read(text, now)
      lastText = text
      lastNow = now
    }
    return last
  }
}
