// Reading a date by a Java SimpleDateFormat pattern: the letters that timestamps of logs use. Fields that the pattern lacks are those of 1970-01-01,
// as in Java; without a zone the time is this machine's.

const months = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec']

interface Fields {
  year: number
  month: number
  day: number
  hour: number
  minute: number
  second: number
  ms: number
  afternoon?: boolean
  zoneMs?: number
}

/** Epoch ms, or undefined when the text does not fit the pattern. Throws a RangeError for a pattern letter that is not known. */
export function parseJavaDate(pattern: string, text: string): number | undefined {
  const fields: Fields = { year: 1970, month: 0, day: 1, hour: 0, minute: 0, second: 0, ms: 0 }
  let at = 0
  for (const [token, quoted, letters] of pattern.matchAll(/'((?:[^']|'')*)'|(([A-Za-z])\3*)|[^A-Za-z']+/g)) {
    if (letters === undefined) {
      const literal = quoted === undefined ? token : quoted === '' ? "'" : quoted.replaceAll("''", "'")
      if (!text.startsWith(literal, at)) return undefined
      at += literal.length
      continue
    }
    const length = read(letters, text.slice(at), fields)
    if (length === undefined) return undefined
    at += length
  }
  const { year, month, day, minute, second, ms, afternoon, zoneMs } = fields
  const hour = afternoon === undefined ? fields.hour : (fields.hour % 12) + (afternoon ? 12 : 0)
  return zoneMs === undefined
    ? new Date(year, month, day, hour, minute, second, ms).getTime()
    : Date.UTC(year, month, day, hour, minute, second, ms) - zoneMs
}

/** Reads one field from the front of `text`; its length, or undefined when it is not there. */
function read(letters: string, text: string, fields: Fields): number | undefined {
  const number = /^\d+/.exec(text)?.[0]
  switch (letters[0]) {
    case 'y':
      return numeric(number, letters.length === 2 ? 2 : undefined, (value) => (fields.year = letters.length === 2 ? 2000 + value : value))
    case 'M':
      if (letters.length >= 3) return named(text, (index) => (fields.month = index))
      return numeric(number, letters.length, (value) => (fields.month = value - 1))
    case 'd':
      return numeric(number, Math.max(2, letters.length), (value) => (fields.day = value))
    case 'H':
    case 'k':
    case 'h':
    case 'K':
      return numeric(number, Math.max(2, letters.length), (value) => (fields.hour = value))
    case 'm':
      return numeric(number, Math.max(2, letters.length), (value) => (fields.minute = value))
    case 's':
      return numeric(number, Math.max(2, letters.length), (value) => (fields.second = value))
    case 'S':
      return numeric(number, undefined, (value) => (fields.ms = value))
    case 'a': {
      const half = /^(AM|PM)/i.exec(text)?.[0]
      if (half === undefined) return undefined
      fields.afternoon = half.toUpperCase() === 'PM'
      return 2
    }
    case 'E':
      return /^[A-Za-z]+/.exec(text)?.[0].length
    case 'z':
    case 'Z':
    case 'X': {
      const [zone, sign, hours, minutes] = /^(?:([+-])(\d{2}):?(\d{2})?|Z|UTC|GMT)/.exec(text) ?? []
      if (zone === undefined) return undefined
      fields.zoneMs = sign === undefined ? 0 : (Number(hours) * 60 + Number(minutes ?? 0)) * (sign === '-' ? -60_000 : 60_000)
      return zone.length
    }
    default:
      throw new RangeError(`has the date letter ${letters[0]}, which is not known here`)
  }
}

function numeric(digits: string | undefined, most: number | undefined, set: (value: number) => void): number | undefined {
  if (digits === undefined) return undefined
  const taken = most === undefined ? digits : digits.slice(0, most)
  set(Number(taken))
  return taken.length
}

function named(text: string, set: (index: number) => void): number | undefined {
  const word = /^[A-Za-z]+/.exec(text)?.[0]
  const index = word === undefined ? -1 : months.indexOf(word.slice(0, 3).toLowerCase())
  if (index < 0) return undefined
  set(index)
  return word!.length
}
