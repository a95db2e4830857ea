// Syslog lines: RFC 5424, RFC 3164, and RFC 3164 as it stands in /var/log, without a priority or with an ISO time. A time without a year is
// taken in UTC, in the year that brings it nearest to the time of the batch.
import { formatFields } from '../../../../src-shared/streaming/structured/plan.ts'
import { timeOfText } from '../convert.ts'
import { monthNumber } from './access-log.ts'
import type { FieldWriter, Format } from './format.ts'

const [facility, severity, at, host, app, pid, messageId, data, message] = Array.from({ length: 9 }, (_, index) => index) as [
  number,
  number,
  number,
  number,
  number,
  number,
  number,
  number,
  number,
]
const priority = /^<(\d{1,3})>/
const version1 = /^1 (\S+) (\S+) (\S+) (\S+) (\S+) (-|(?:\[(?:[^\]"\\]|\\.|"(?:[^"\\]|\\.)*")*\])+)(?: (.*))?$/s
const older = /^([A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d|\d{4}-\d\d-\d\dT\S+) (\S+) (.*)$/s
const tagged = /^([^\s:[\]]{1,64})(?:\[([^\]]*)\])?: ?(.*)$/s
const BOM = '\ufeff'

export const syslog: Format = {
  schema: formatFields.syslog,
  times: { at: syslogTime },
  read(bytes, start, end, fields) {
    const text = bytes.toString('utf8', start, end)
    const found = priority.exec(text)
    const value = Number(found?.[1])
    if (value > 191) return `the priority ${value} is more than 191`
    if (found !== null) {
      fields.setText(facility, String(value >> 3))
      fields.setText(severity, String(value & 7))
    }
    const rest = text.slice(found?.[0].length ?? 0)
    const newer = found === null ? null : version1.exec(rest)
    if (newer !== null) {
      const names = [at, host, app, pid, messageId, data, message]
      for (const [index, field] of names.entries()) setPart(fields, field, newer[index + 1], field === message)
      return undefined
    }
    const parts = older.exec(rest)
    if (parts === null) return 'it is neither RFC 5424 nor RFC 3164: no time and host where they should be'
    setPart(fields, at, parts[1])
    setPart(fields, host, parts[2])
    const tag = tagged.exec(parts[3]!)
    setPart(fields, app, tag?.[1])
    setPart(fields, pid, tag?.[2])
    setPart(fields, message, tag === null ? parts[3] : tag[3], true)
    return undefined
  },
}

/** `-` says that there is none; a message is taken as it is, but for the mark that says it is UTF-8. */
function setPart(fields: FieldWriter, field: number, text: string | undefined, asItIs = false): void {
  if (text === undefined || (text === '-' && !asItIs)) return
  fields.setText(field, asItIs && text.startsWith(BOM) ? text.slice(1) : text)
}

function syslogTime(text: string, batchTime: number): number {
  const [, month, day, hour, minute, second] = /^([A-Z][a-z]{2}) +(\d+) (\d\d):(\d\d):(\d\d)$/.exec(text) ?? []
  if (month === undefined) return timeOfText(text)
  const number = monthNumber(month)
  if (number < 0) return Number.NaN
  const year = new Date(batchTime).getUTCFullYear()
  const times = [year - 1, year, year + 1].map((each) => Date.UTC(each, number, Number(day), Number(hour), Number(minute), Number(second)))
  return times.reduce((best, time) => (Math.abs(time - batchTime) < Math.abs(best - batchTime) ? time : best))
}
