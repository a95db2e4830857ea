// The escapes of Flume's BucketPath: `%{header}`, dates of the event's timestamp (`%Y-%m-%d`), `%[localhost]`; with rounding down.
import { hostname } from 'node:os'
import { MillraceError } from '../../../src-shared/errors.ts'
import { zonedFields } from './zoned-fields.ts'

export type RoundUnit = 'second' | 'minute' | 'hour'

export interface BucketPathOptions {
  /** An IANA name, `GMT+2` …; the machine's own when absent. What nobody knows is GMT, as in Java. */
  readonly timeZone: string | undefined
  /** Absent: nothing is rounded. */
  readonly round: { readonly value: number; readonly unit: RoundUnit } | undefined
  /** The clock instead of the header `timestamp`. */
  readonly localTime: (() => number) | undefined
  /** Called when a header would have led out of the folder that the path names. */
  readonly contained?: () => void
}

type HeaderOf = (name: string) => string | null | undefined

/** One piece of a path. */
type Part =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'header'; readonly name: string }
  | { readonly kind: 'date'; readonly letter: string }

const escapes = /%(\w|%)|%\{([\w.-]+)\}|%\[(\w+)\]/g

/** Also behind the separator of Windows. */
const parentSegments = /(?<=^|[\\/])\.\.(?=[\\/]|$)/g

const days = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday']
const months = ['January', 'February', 'March', 'April', 'May', 'June', 'July', 'August', 'September', 'October', 'November', 'December']

/** A path with escapes, read once; `resolve` gives the path of one event. */
export class BucketPath {
  readonly #parts: readonly Part[]
  readonly #options: BucketPathOptions
  /** Where the last segment begins of what no event has a say in. */
  readonly #ownUntil: number
  /** Dates of the last time stamp: neighbours share it. */
  #dated: { at: number; texts: Map<string, string> } | undefined

  /** BAD_CONFIGURATION for a %[word] that means nothing. */
  constructor(text: string, options: BucketPathOptions) {
    this.#parts = parts(text)
    this.#options = options
    const [first] = this.#parts
    this.#ownUntil = first?.kind === 'text' ? first.text.lastIndexOf('/') + 1 : 0
  }

  /** The same for every event. */
  get fixed(): boolean {
    return this.#parts.every((part) => part.kind === 'text')
  }

  /**
   * EVENT_DELIVERY when a date is asked for and the event has no `timestamp`, or one that is no number. Whoever sends an event must not choose a
   * folder elsewhere: a segment `..` that comes with it is written as %2E%2E (rule hdfs-headers-stay-below).
   */
  resolve(header: HeaderOf): string {
    // Read once, so that an hour does not change in the middle of a path.
    const now = this.#options.localTime?.()
    const path = this.#parts
      .map((part) => {
        if (part.kind === 'text') return part.text
        if (part.kind === 'header') return header(part.name) ?? ''
        return this.#date(part.letter, now ?? timestampOf(header), header)
      })
      .join('')
    return path.includes('..') && !this.fixed ? this.#contained(path) : path
  }

  #contained(path: string): string {
    const contained = path.slice(0, this.#ownUntil) + path.slice(this.#ownUntil).replace(parentSegments, '%2E%2E')
    if (contained !== path) this.#options.contained?.()
    return contained
  }

  #date(letter: string, timestamp: number, header: HeaderOf): string {
    if (this.#options.round !== undefined && timestamp <= 0)
      throw new MillraceError('EVENT_DELIVERY', 'Timestamp must be positive, where it is rounded.')
    if (letter === '%') return '%'
    if (letter === 't') return this.#options.localTime === undefined ? header('timestamp')! : String(timestamp)
    if (this.#dated?.at !== timestamp) this.#dated = { at: timestamp, texts: new Map() }
    let text = this.#dated.texts.get(letter)
    if (text === undefined) {
      text = dateText(letter, timestamp, this.#options)
      this.#dated.texts.set(letter, text)
    }
    return text
  }
}

function parts(text: string): Part[] {
  const found: Part[] = []
  let from = 0
  for (const match of text.matchAll(escapes)) {
    if (match.index > from) found.push({ kind: 'text', text: text.slice(from, match.index) })
    const [whole, letter, header, word] = match
    if (letter !== undefined) found.push({ kind: 'date', letter })
    else if (header !== undefined) found.push({ kind: 'header', name: header })
    else found.push({ kind: 'text', text: machine(word!) })
    from = match.index + whole.length
  }
  if (from < text.length) found.push({ kind: 'text', text: text.slice(from) })
  return found
}

function machine(word: string): string {
  if (/^(?:localhost|fqdn)$/i.test(word)) return hostname()
  if (/^ip$/i.test(word)) return '127.0.0.1'
  throw new MillraceError('BAD_CONFIGURATION', `%[${word}] means nothing in a path. Known are %[localhost], %[IP] and %[FQDN].`)
}

function timestampOf(header: HeaderOf): number {
  const text = header('timestamp')
  if (text === undefined || text === null) {
    throw new MillraceError(
      'EVENT_DELIVERY',
      'Expected timestamp in the Flume event headers, but it was null. Add the interceptor timestamp to the source, or set hdfs.useLocalTimeStamp = true.',
    )
  }
  if (!/^[+-]?\d+$/.test(text)) {
    throw new MillraceError(
      'EVENT_DELIVERY',
      `Flume wasn't able to parse timestamp header in the event to resolve time based bucketing: ${text} is no number of milliseconds.`,
    )
  }
  return Number(text)
}

function dateText(letter: string, timestamp: number, { timeZone, round }: BucketPathOptions): string {
  const exact = zonedFields(timestamp, timeZone)
  const at = round === undefined ? timestamp : roundedDown(timestamp, exact, round)
  const fields = at === timestamp ? exact : zonedFields(at, timeZone)
  const two = (value: number): string => String(value).padStart(2, '0')
  const { year, month, day, hour, minute, second, weekday, offsetMinutes } = fields
  const hour12 = hour % 12 === 0 ? 12 : hour % 12
  const shortDay = days[weekday]!.slice(0, 3)
  const shortMonth = months[month - 1]!.slice(0, 3)
  switch (letter) {
    case 'a':
      return shortDay
    case 'A':
      return days[weekday]!
    case 'b':
      return shortMonth
    case 'B':
      return months[month - 1]!
    case 'c':
      return `${shortDay} ${shortMonth} ${day} ${two(hour)}:${two(minute)}:${two(second)} ${year}`
    case 'd':
      return two(day)
    case 'e':
      return String(day)
    case 'D':
      return `${two(month)}/${two(day)}/${two(year % 100)}`
    case 'H':
      return two(hour)
    case 'I':
      return two(hour12)
    case 'j':
      return String(Math.round((Date.UTC(year, month - 1, day) - Date.UTC(year, 0, 1)) / 86_400_000) + 1).padStart(3, '0')
    case 'k':
      return String(hour)
    case 'l':
      return String(hour12)
    case 'm':
      return two(month)
    case 'n':
      return String(month)
    case 'M':
      return two(minute)
    case 'p':
      return hour < 12 ? 'AM' : 'PM'
    case 's':
      return String(Math.trunc(at / 1000))
    case 'S':
      return two(second)
    case 'y':
      return two(year % 100)
    case 'Y':
      return String(year).padStart(4, '0')
    case 'z': {
      const minutes = Math.abs(offsetMinutes)
      return `${offsetMinutes < 0 ? '-' : '+'}${two(Math.floor(minutes / 60))}${two(minutes % 60)}`
    }
    default:
      return ''
  }
}

/** Down to a multiple of the unit within its minute, hour or day, in the zone's own time. */
function roundedDown(
  timestamp: number,
  fields: { readonly hour: number; readonly minute: number; readonly second: number },
  { value, unit }: { readonly value: number; readonly unit: RoundUnit },
): number {
  const millis = ((timestamp % 1000) + 1000) % 1000
  const seconds = unit === 'second' ? fields.second % value : fields.second
  const minutes = unit === 'second' ? 0 : unit === 'minute' ? fields.minute % value : fields.minute
  const hours = unit === 'hour' ? fields.hour % value : 0
  return timestamp - millis - 1000 * (seconds + 60 * (minutes + 60 * hours))
}
