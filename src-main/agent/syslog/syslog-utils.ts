// The message parser of syslogtcp and syslogudp, as Flume's SyslogUtils: RFC 3164 and RFC 5424-like lines; structured data stays in the body.
//
// START (`<` → PRIO, LF ignored, else bad) · PRIO (`>` → DATA, bad without digits or with a fourth character) · DATA until LF or eventSize.
// What is bad, or matches no pattern, is an event of the whole line. Priority and version headers of one message stay for the next that
// matches nothing, as recorded from Flume.
import type { FlumeEvent, HeaderValue } from '../../../src-shared/event/event-batch.ts'
import { type KeepFields, withKeptFields } from './keep-fields.ts'
import { parseRfc3164Time, parseUtilsTime } from './syslog-time.ts'

const rfc5424 =
  /^<(\d{1,3})>(\d?)\s?(?:(\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d{1,6})?(?:[+-]\d{2}:\d{2}|Z)?)|-)\s(?:(\w[\w.@-]*)|-)\s(.*)$/
const rfc3164 = /^<(\d{1,3})>(\d)?\s?([A-Z][a-z][a-z]\s{1,2}\d{1,2}\s\d{2}:\d{2}:\d{2})\s(\w[\w.@-]*)\s(.*)$/

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

/** Reads the messages of one connection (or of all datagrams). */
export class SyslogUtils {
  readonly #options: SyslogUtilsOptions
  #bytes: number[] = []
  #mode: 'START' | 'PRIO' | 'DATA' = 'START'
  #priority = ''
  #bad = false
  #priorityHeader: string | undefined
  #versionHeader: string | undefined

  constructor(options: SyslogUtilsOptions) {
    this.#options = options
  }

  /** Bytes of a message that is not whole yet. */
  get heldBytes(): number {
    return this.#bytes.length
  }

  /** The messages that are complete with these bytes. */
  read(bytes: Uint8Array): FlumeEvent[] {
    const events: FlumeEvent[] = []
    for (const byte of bytes) {
      const event = this.#next(byte)
      if (event !== undefined) events.push(event)
    }
    return events
  }

  /** The first message of a datagram; the datagram's end ends it too, and what follows a line feed is no message. */
  readDatagram(bytes: Uint8Array): FlumeEvent {
    for (const byte of bytes) {
      const event = this.#next(byte)
      if (event !== undefined) return event
    }
    return this.#event(false)
  }

  #next(byte: number): FlumeEvent | undefined {
    const character = String.fromCharCode(byte)
    if (this.#mode === 'START') {
      if (character === '\n') return undefined
      this.#bytes.push(byte)
      this.#bad = character !== '<'
      this.#mode = this.#bad ? 'DATA' : 'PRIO'
      return undefined
    }
    if (this.#mode === 'PRIO') {
      this.#bytes.push(byte)
      if (character === '>') {
        this.#bad = this.#priority === ''
        this.#mode = 'DATA'
        return undefined
      }
      this.#priority += character
      if (!/\d/.test(character) || this.#priority.length > 3) {
        this.#bad = true
        this.#mode = 'DATA'
      }
      return undefined
    }
    if (character === '\n') return this.#event(false)
    this.#bytes.push(byte)
    return this.#bytes.length === this.#options.eventSize ? this.#event(true) : undefined
  }

  #event(incomplete: boolean): FlumeEvent {
    const raw = Uint8Array.from(this.#bytes)
    const priority = this.#bad || this.#priority === '' ? 0 : Number(this.#priority)
    const found = this.#bad ? undefined : this.#match(Buffer.from(raw).toString('utf8'))
    const headers: Record<string, HeaderValue> = { Facility: `${Math.floor(priority / 8)}`, Severity: `${priority % 8}` }
    if (this.#priorityHeader) headers['priority'] = this.#priorityHeader
    if (this.#versionHeader) headers['version'] = this.#versionHeader
    if (found?.time !== undefined) headers['timestamp'] = `${found.time}`
    if (found?.host) headers['host'] = found.host
    if (this.#bad) headers['flume.syslog.status'] = 'Invalid'
    else if (incomplete) headers['flume.syslog.status'] = 'Incomplete'
    this.#reset()
    const body = this.#options.keep === 'all' || !found?.body ? raw : Buffer.from(found.body)
    return { headers, body }
  }

  #match(line: string): { time: number | undefined; host: string | undefined; body: string } | undefined {
    const { custom, keep, now } = this.#options
    for (const [pattern, parseTime] of [
      ...(custom
        ? ([
            [custom.regex, (text: string) => custom.parseTime(custom.search ? text.replace(custom.search, custom.replace ?? '') : text)],
          ] as const)
        : []),
      [rfc5424, parseUtilsTime] as const,
      [rfc3164, (text: string) => parseRfc3164Time(text, now(), false)] as const,
    ]) {
      const match = pattern.exec(line)
      if (match === null) continue
      const [, priority = '', version, timestamp, host, message = ''] = match
      this.#priorityHeader = priority
      this.#versionHeader = version
      const time = timestamp === undefined ? undefined : parseTime(timestamp)
      const leading = { priority, version, timestamp: timestamp ?? '-', host: host ?? '-' }
      return { time, host, body: keep === 'all' || message === '' ? message : withKeptFields(keep, leading, message) }
    }
    return undefined
  }

  #reset(): void {
    this.#bytes = []
    this.#mode = 'START'
    this.#priority = ''
    this.#bad = false
  }
}
