// Timestamps of syslog messages, read as Flume 1.11 reads them, oddities included: tests and file names of its users depend on them.

const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']

/** `Feb  5 17:32:18`, in the zone of `utc ? UTC : this machine`. It has no year: the one that brings it nearest to now, as Flume: over a month ahead is last year's, over eleven months behind next year's. */
export function parseRfc3164Time(text: string, now: number, utc: boolean): number | undefined {
  const [, monthName, day, hour, minute, second] = /^([A-Z][a-z]{2})\s{1,2}(\d{1,2})\s(\d{2}):(\d{2}):(\d{2})$/.exec(text) ?? []
  const month = months.indexOf(monthName ?? '')
  if (month < 0) return undefined
  // SyslogUtils carries 31 February over, SyslogParser, whose times are UTC, takes no such date. Both read it in a leap year first.
  if (utc && !isDate([2000, month, Number(day), Number(hour), Number(minute), Number(second), 0])) return undefined
  const year = new Date(now).getUTCFullYear()
  const at = (inYear: number): number => dateAt([inYear, month, Number(day), Number(hour), Number(minute), Number(second), 0], utc)
  if (at(year) > addMonths(now, 1)) return at(year - 1)
  return at(year) < addMonths(now, -11) ? at(year + 1) : at(year)
}

const rfc5424 = /^(\d{4})-(\d{2})-(\d{2})T(\d{2}):(\d{2}):(\d{2})(?:\.(\d+))?(Z|[+-]\d{2}:\d{2})?$/

/**
 * Flume's SyslogUtils (syslogtcp, syslogudp): a zone counts only where there is no fraction; otherwise, and without a zone, the time is this
 * machine's, as it is with a zone that is none. A fraction is cut to three digits and read as a number of milliseconds (`.5` is 5 ms).
 */
export function parseUtilsTime(text: string): number | undefined {
  const match = rfc5424.exec(text)
  if (match === null) return undefined
  const [, year, month, day, hour, minute, second, fraction, zone] = match
  const fields: DateFields = [
    Number(year),
    Number(month) - 1,
    Number(day),
    Number(hour),
    Number(minute),
    Number(second),
    Number((fraction ?? '0').slice(0, 3)),
  ]
  if (fraction === undefined && zone !== undefined && isZone(zone)) return julianAt(fields, true) - zoneMs(zone)
  return julianAt(fields, false)
}

const parserTime = /^([+-]?\d{1,9})-(\d{1,2})-(\d{1,2})T(\d{1,2}):(\d{1,2}):(\d{1,2})$/

/** What is wrong with a message of multiport_syslogtcp for which Flume loses all messages of its packet. */
export class SpoiltPacket extends RangeError {}

const longest = 2n ** 63n - 1n

/**
 * Flume's SyslogParser (multiport_syslogtcp): the first 19 characters are the time, then digits of a fraction (cut to ms; a number of 64 bits), then
 * `Z`, `±hh:mm` or anything else, which counts as no zone; what follows a zone is not looked at. Throws a RangeError.
 */
export function parseParserTime(text: string): number {
  const sentence = `Bad format: Not a valid RFC5424 timestamp: ${text}`
  const bad = new RangeError(sentence)
  if (text.length <= 19) throw bad
  const [, year, month, day, hour, minute, second] = parserTime.exec(text.slice(0, 19)) ?? []
  const fields: DateFields = [Number(year), Number(month) - 1, Number(day), Number(hour), Number(minute), Number(second), 0]
  if (year === undefined || !isDate(fields)) throw new SpoiltPacket(sentence)
  const rest = text.slice(19)
  if (/^\.\d+$/.test(rest)) throw new SpoiltPacket(sentence)
  const [found, fraction, zoneSign] = /^(?:\.(\d+))?(.)/s.exec(rest)!
  if (zoneSign === '.' || BigInt(fraction ?? 0) > longest) throw bad
  const ms = Number((fraction ?? '').padEnd(3, '0').slice(0, 3))
  const time = dateAt(fields, true) + ms
  if (zoneSign !== '+' && zoneSign !== '-') return time
  const zone = /^[+-]\d\d:\d\d/.exec(text.slice(19 + found.length - 1))?.[0]
  if (zone === undefined) throw bad
  return time - zoneMs(zone)
}

/** Whether each field is in its range: a Date would carry 31 February over. */
function isDate([year, month, day, hour, minute, second]: DateFields): boolean {
  const date = new Date(Date.UTC(2000, 0, 1))
  date.setUTCFullYear(year, month, day)
  return date.getUTCMonth() === month && date.getUTCDate() === day && hour < 24 && minute < 60 && second < 60
}

type DateFields = readonly [year: number, month: number, day: number, hour: number, minute: number, second: number, ms: number]

function dateAt([year, month, day, ...time]: DateFields, utc: boolean): number {
  // A year below 100 given to Date itself is one of the 20th century.
  const date = new Date(2000, 0, 1)
  if (utc) {
    date.setUTCFullYear(year, month, day)
    return date.setUTCHours(...time)
  }
  date.setFullYear(year, month, day)
  return date.setHours(...time)
}

/** 15 October 1582. */
const gregorianSince = -12_219_292_800_000

/** With the calendar of java.util, which is the Julian one before the Gregorian. */
function julianAt(fields: DateFields, utc: boolean): number {
  const time = dateAt(fields, utc)
  if (time >= gregorianSince) return time
  const year = fields[1] < 2 ? fields[0] - 1 : fields[0]
  return time + (Math.floor(year / 100) - Math.floor(year / 400) - 2) * 86_400_000
}

/** Whether a SimpleDateFormat takes it for one: up to 23 hours and 59 minutes. */
const isZone = (zone: string): boolean => zone === 'Z' || /^.(?:[01]\d|2[0-3]):[0-5]\d$/.test(zone)

function zoneMs(zone: string): number {
  if (zone === 'Z') return 0
  const ms = (Number(zone.slice(1, 3)) * 60 + Number(zone.slice(4, 6))) * 60_000
  return zone.startsWith('-') ? -ms : ms
}

function addMonths(time: number, count: number): number {
  const date = new Date(time)
  date.setUTCMonth(date.getUTCMonth() + count)
  return date.getTime()
}
