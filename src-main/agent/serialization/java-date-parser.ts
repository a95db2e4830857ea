// Reading dates by a pattern of Java's: Joda's DateTimeFormat (RegexExtractorInterceptorMillisSerializer) or SimpleDateFormat (syslog's
// format.dateFormat). Numbers, English names, offsets.
import { MillraceError } from '../../../src-shared/errors.ts'

const months = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec']

interface Fields {
  year: number
  month: number
  day: number
  hour: number
  minute: number
  second: number
  millis: number
  afternoon: boolean | undefined
  offsetMinutes: number | undefined
}

interface Field {
  /** What the field looks like, as a regular expression with one group. */
  readonly pattern: string
  readonly set: (fields: Fields, text: string) => void
}

/**
 * Text → ms since 1970, in local time where the pattern has no zone. Undefined when the text does not fit. Throws BAD_CONFIGURATION for a letter
 * that is not read. The two differ in `S`: `.5` is 500 ms to Joda and 5 ms to SimpleDateFormat.
 */
export function dateParser(pattern: string, dialect: 'Joda' | 'SimpleDateFormat' = 'Joda'): (text: string) => number | undefined {
  const fields: Field[] = []
  let source = ''
  for (const [token, quoted] of tokens(pattern)) {
    if (quoted || !/^[a-zA-Z]/.test(token)) source += token.replace(/[\^$\\.*+?()[\]{}|/]/g, '\\$&')
    else {
      const field = fieldFor(token, dialect)
      if (field === undefined)
        throw new MillraceError('BAD_CONFIGURATION', `The date pattern ${JSON.stringify(pattern)} has ${token}, which is not read.`)
      fields.push(field)
      source += field.pattern
    }
  }
  const expression = new RegExp(`^${source}$`, 'iu')
  return (text) => {
    const match = expression.exec(text)
    if (match === null) return undefined
    const found: Fields = {
      year: 1970,
      month: 1,
      day: 1,
      hour: 0,
      minute: 0,
      second: 0,
      millis: 0,
      afternoon: undefined,
      offsetMinutes: undefined,
    }
    fields.forEach((field, index) => {
      field.set(found, match[index + 1]!)
    })
    return millisOf(found)
  }
}

function millisOf({ year, month, day, hour, minute, second, millis, afternoon, offsetMinutes }: Fields): number | undefined {
  const hours = afternoon === undefined ? hour : (hour % 12) + (afternoon ? 12 : 0)
  if (month < 1 || month > 12 || day < 1 || day > 31 || hours > 24 || minute > 59 || second > 59) return undefined
  if (offsetMinutes === undefined) return new Date(year, month - 1, day, hours, minute, second, millis).getTime()
  return Date.UTC(year, month - 1, day, hours, minute, second, millis) - offsetMinutes * 60_000
}

function* tokens(pattern: string): Generator<readonly [token: string, quoted: boolean]> {
  for (const match of pattern.matchAll(/''|'((?:[^']|'')*)'|([a-zA-Z])\2*|[^a-zA-Z']/g)) {
    if (match[0] === "''") yield ["'", true]
    else if (match[1] !== undefined) yield [match[1].replaceAll("''", "'"), true]
    else yield [match[0], false]
  }
}

function fieldFor(token: string, dialect: 'Joda' | 'SimpleDateFormat'): Field | undefined {
  const number = (set: (fields: Fields, value: number) => void, pattern = '(\\d+)'): Field => ({
    pattern,
    set: (fields, text) => set(fields, Number(text)),
  })
  const letter = token[0]!
  const digits = `(\\d{1,${Math.max(2, token.length)}})`
  switch (letter) {
    case 'y':
    case 'Y':
      return token.length === 2
        ? number((fields, value) => (fields.year = value + (value < 70 ? 2000 : 1900)), '(\\d{2})')
        : number((fields, value) => (fields.year = value), '(\\d{1,9})')
    case 'M':
      return token.length >= 3
        ? { pattern: '([a-z]{3,9})', set: (fields, text) => (fields.month = months.indexOf(text.slice(0, 3).toLowerCase()) + 1) }
        : number((fields, value) => (fields.month = value), digits)
    case 'd':
      return number((fields, value) => (fields.day = value), digits)
    case 'H':
    case 'h':
    case 'K':
    case 'k':
      return number((fields, value) => (fields.hour = value), digits)
    case 'm':
      return number((fields, value) => (fields.minute = value), digits)
    case 's':
      return number((fields, value) => (fields.second = value), digits)
    case 'S':
      return {
        pattern: '(\\d+)',
        set: (fields, text) => (fields.millis = Number(dialect === 'Joda' ? text.padEnd(3, '0').slice(0, 3) : text)),
      }
    case 'a':
      return { pattern: '(am|pm)', set: (fields, text) => (fields.afternoon = text.toLowerCase() === 'pm') }
    case 'E':
    case 'e':
      return { pattern: '([a-z]+|\\d)', set: () => {} }
    case 'Z':
    case 'X':
      return { pattern: '(Z|[+-]\\d{2}:?\\d{2})', set: (fields, text) => (fields.offsetMinutes = offsetOf(text)) }
    case 'z':
      return { pattern: '(UTC|GMT|Z)', set: (fields) => (fields.offsetMinutes = 0) }
    default:
      return undefined
  }
}

function offsetOf(text: string): number {
  if (text.toUpperCase() === 'Z') return 0
  const [, sign, hours, minutes] = /^([+-])(\d{2}):?(\d{2})$/.exec(text)!
  return (sign === '-' ? -1 : 1) * (Number(hours) * 60 + Number(minutes))
}
