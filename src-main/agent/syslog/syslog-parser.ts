// The message parser of multiport_syslogtcp, as Flume's SyslogParser. Its header names (Priority, Version) and its rules differ from SyslogUtils.
import type { HeaderValue } from '../../../src-shared/event/event-batch.ts'
import { type KeepFields, withKeptFields } from './keep-fields.ts'
import { parseParserTime, parseRfc3164Time, SpoiltPacket } from './syslog-time.ts'

const rfc3164Length = 15

export interface ParsedMessage {
  readonly headers: Record<string, HeaderValue>
  readonly body: string
}

/** Throws a RangeError that says what is wrong with the message; a SpoiltPacket where Flume would lose those beside it too. */
export function parseSyslogMessage(message: string, keep: KeepFields, now: number): ParsedMessage {
  // A NUL ends a message of Flume's.
  if (message === '' || message.startsWith('\0')) throw new SpoiltPacket('Bad format: an empty message')
  const bracket = message.indexOf('>')
  if (!message.startsWith('<') || bracket <= 0 || bracket > 6) throw new RangeError('Bad format: invalid priority')
  const priority = message.slice(1, bracket)
  if (!/^[+-]?\d+$/.test(priority)) throw new RangeError(`Bad format: invalid priority ${priority}`)
  if (message.length <= bracket + 1) throw new RangeError('Bad format: no data except priority')
  const value = Number(priority)
  const headers: Record<string, HeaderValue> = { Priority: priority, Facility: `${Math.trunc(value / 8)}`, Severity: `${value % 8}` }
  let at = bracket + 1
  const version = message.length > at + 2 && message.startsWith('1 ', at) ? '1' : undefined
  if (version !== undefined) {
    headers['Version'] = version
    at += 2
  }
  const time = readTime(message, at, now)
  headers['timestamp'] = `${time.value}`
  const blank = message.indexOf(' ', time.next)
  if (blank < 0) throw new RangeError('bad syslog format (missing hostname)')
  const host = message.slice(time.next, blank)
  headers['host'] = host
  if (keep === 'all' || message.length <= blank + 1) return { headers, body: message }
  return { headers, body: withKeptFields(keep, { priority, version, timestamp: time.text, host }, message.slice(blank + 1)) }
}

function readTime(message: string, at: number, now: number): { value: number; text: string; next: number } {
  const first = message.charAt(at)
  if (first === '-') {
    if (message.length <= at + 2) throw new RangeError('bad syslog format (missing hostname)')
    return { value: now, text: '-', next: at + 2 }
  }
  if (/[A-Z]/.test(first)) {
    const text = message.slice(at, at + rfc3164Length)
    if (message.length <= at + rfc3164Length) throw new RangeError('bad timestamp format')
    // Whatever stands in these 15 characters: what is no date is the beginning of 1970, as recorded.
    return { value: parseRfc3164Time(text, now, true) ?? 0, text, next: at + rfc3164Length + 1 }
  }
  const blank = message.indexOf(' ', at)
  if (blank < 0) throw new RangeError('bad timestamp format')
  const text = message.slice(at, blank)
  return { value: parseParserTime(text), text, next: blank + 1 }
}
