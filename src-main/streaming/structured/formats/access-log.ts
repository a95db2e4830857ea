// Common and combined access logs, as Apache and nginx write them: host identity user [time] "request" status bytes "referrer" "agent".
// What stands behind the fields, after a blank, is left aside. `-` is null. Quoted texts stay as they are written, escapes included.
import { formatFields } from '../../../../src-shared/streaming/structured/plan.ts'
import type { FieldWriter, Format } from './format.ts'

const SPACE = 0x20
const QUOTE = 0x22
const BACKSLASH = 0x5c
const DASH = 0x2d
const OPEN = 0x5b
const CLOSE = 0x5d

/** Positions in the schema. */
const [host, identity, user, at, method, path, protocol, status, bytes, referrer, agent] = Array.from(
  { length: 11 },
  (_, index) => index,
) as [number, number, number, number, number, number, number, number, number, number, number]

export function accessLog(format: 'common' | 'combined'): Format {
  const combined = format === 'combined'
  return {
    schema: formatFields[format],
    times: { at: accessTime },
    read(text, start, end, fields) {
      const cursor = new Cursor(text, start, end)
      if (!cursor.word(fields, host) || !cursor.word(fields, identity)) return 'it does not begin with host, identity and user'
      if (!cursor.userAndTime(fields)) return 'there is no [time] after the user'
      const request = cursor.quoted()
      if (request === undefined) return 'there is no "request" after the time'
      requestParts(text, request[0], request[1], fields)
      if (!cursor.word(fields, status) || !cursor.lastWord(fields, bytes)) return 'there are no status and bytes after the request'
      if (!combined) return undefined
      for (const [field, name] of [
        [referrer, 'referrer'],
        [agent, 'agent'],
      ] as const) {
        const range = cursor.quoted()
        if (range === undefined) return `there is no "${name}"`
        setUnlessDash(text, fields, field, range[0], range[1])
      }
      return undefined
    },
  }
}

class Cursor {
  readonly #bytes: Buffer
  readonly #end: number
  #at: number

  constructor(bytes: Buffer, start: number, end: number) {
    this.#bytes = bytes
    this.#at = start
    this.#end = end
  }

  /** A word and the blank after it. */
  word(fields: FieldWriter, field: number): boolean {
    const start = this.#at
    const end = this.#find(SPACE, start)
    if (end <= start || end === this.#end) return false
    setUnlessDash(this.#bytes, fields, field, start, end)
    this.#at = end + 1
    return true
  }

  /** A word that may be the last. */
  lastWord(fields: FieldWriter, field: number): boolean {
    const start = this.#at
    const end = this.#find(SPACE, start)
    if (end === start) return false
    setUnlessDash(this.#bytes, fields, field, start, end)
    this.#at = Math.min(end + 1, this.#end)
    return true
  }

  /** A user may have blanks in it; the time is in brackets. */
  userAndTime(fields: FieldWriter): boolean {
    const start = this.#at
    let open = this.#find(OPEN, start)
    while (open < this.#end && this.#bytes[open - 1] !== SPACE) open = this.#find(OPEN, open + 1)
    const close = this.#find(CLOSE, open)
    if (open - 1 <= start || close + 1 >= this.#end || this.#bytes[close + 1] !== SPACE) return false
    setUnlessDash(this.#bytes, fields, user, start, open - 1)
    fields.set(at, open + 1, close)
    this.#at = close + 2
    return true
  }

  /** What stands between quotes; a blank, or the end, follows. */
  quoted(): [number, number] | undefined {
    const bytes = this.#bytes
    if (this.#at >= this.#end || bytes[this.#at] !== QUOTE) return undefined
    const start = this.#at + 1
    let close = start
    while (close < this.#end && bytes[close] !== QUOTE) close += bytes[close] === BACKSLASH ? 2 : 1
    if (close >= this.#end) return undefined
    this.#at = close + 1
    if (this.#at < this.#end && bytes[this.#at] !== SPACE) return undefined
    this.#at += 1
    return [start, close]
  }

  #find(byte: number, from: number): number {
    let index = from
    while (index < this.#end && this.#bytes[index] !== byte) index += 1
    return index
  }
}

function setUnlessDash(bytes: Buffer, fields: FieldWriter, field: number, start: number, end: number): void {
  if (end - start !== 1 || bytes[start] !== DASH) fields.set(field, start, end)
}

/** METHOD path protocol; of a request that is not so, `path` is all there is. */
function requestParts(bytes: Buffer, start: number, end: number, fields: FieldWriter): void {
  let first = -1
  let last = -1
  for (let index = start; index < end; index++) {
    if (bytes[index] !== SPACE) continue
    if (first < 0) first = index
    else last = index
  }
  if (first < 0) {
    setUnlessDash(bytes, fields, path, start, end)
    return
  }
  fields.set(method, start, first)
  fields.set(path, first + 1, last < 0 ? end : last)
  if (last >= 0) fields.set(protocol, last + 1, end)
}

const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']
const timeSyntax = /^(\d\d)\/([A-Z][a-z][a-z])\/(\d{4}):(\d\d):(\d\d):(\d\d) ([+-])(\d\d)(\d\d)$/

/** `10/Oct/2000:13:55:36 -0700`. */
function accessTime(text: string): number {
  const [, day, month, year, hour, minute, second, sign, zoneHours, zoneMinutes] = timeSyntax.exec(text) ?? []
  const monthIndex = months.indexOf(month ?? '')
  if (monthIndex < 0) return Number.NaN
  const zone = (Number(zoneHours) * 60 + Number(zoneMinutes)) * (sign === '-' ? -1 : 1)
  return Date.UTC(Number(year), monthIndex, Number(day), Number(hour), Number(minute) - zone, Number(second))
}

export function monthNumber(name: string): number {
  return months.indexOf(name)
}
