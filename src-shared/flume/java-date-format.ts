// Dates by a pattern of java.text.SimpleDateFormat, English names, local time zone: ${date:yyyy-MM-dd} and every other place where a
// configuration carries such a pattern.

/** Formats `date` as commons-lang FastDateFormat does. Throws a RangeError for a letter that Java does not know, or a quote without end. */
export function formatJavaDate(pattern: string, date: Date): string {
  let out = ''
  for (let at = 0; at < pattern.length; ) {
    const char = pattern[at]!
    if (char === "'") {
      const quoted = quotedText(pattern, at)
      out += quoted.text
      at = quoted.end
    } else if (/[a-zA-Z]/.test(char)) {
      let length = 1
      while (pattern[at + length] === char) length++
      out += field(char, length, date)
      at += length
    } else {
      out += char
      at++
    }
  }
  return out
}

function quotedText(pattern: string, start: number): { text: string; end: number } {
  if (pattern[start + 1] === "'") return { text: "'", end: start + 2 }
  let text = ''
  let at = start + 1
  while (at < pattern.length) {
    if (pattern[at] !== "'") text += pattern[at++]
    else if (pattern[at + 1] === "'") {
      text += "'"
      at += 2
    } else return { text, end: at + 1 }
  }
  throw new RangeError('Unterminated quote')
}

const days = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday']
const months = 'January February March April May June July August September October November December'.split(' ')

function field(letter: string, length: number, date: Date): string {
  const number = (value: number): string => String(value).padStart(length, '0')
  const hour = date.getHours()
  switch (letter) {
    case 'G':
      return date.getFullYear() > 0 ? 'AD' : 'BC'
    case 'y':
      return year(date.getFullYear(), length)
    case 'Y':
      return year(weekOfYear(date).year, length)
    case 'M':
      return length >= 4 ? months[date.getMonth()]! : length === 3 ? months[date.getMonth()]!.slice(0, 3) : number(date.getMonth() + 1)
    case 'd':
      return number(date.getDate())
    case 'D':
      return number(dayOfYear(date))
    case 'E':
      return length >= 4 ? days[date.getDay()]! : days[date.getDay()]!.slice(0, 3)
    case 'u':
      return number(date.getDay() === 0 ? 7 : date.getDay())
    case 'F':
      return number(Math.floor((date.getDate() - 1) / 7) + 1)
    case 'w':
      return number(weekOfYear(date).week)
    case 'W':
      return number(Math.floor((date.getDate() - 1 + new Date(date.getFullYear(), date.getMonth(), 1).getDay()) / 7) + 1)
    case 'a':
      return hour < 12 ? 'AM' : 'PM'
    case 'H':
      return number(hour)
    case 'k':
      return number(hour === 0 ? 24 : hour)
    case 'K':
      return number(hour % 12)
    case 'h':
      return number(hour % 12 === 0 ? 12 : hour % 12)
    case 'm':
      return number(date.getMinutes())
    case 's':
      return number(date.getSeconds())
    case 'S':
      return number(date.getMilliseconds())
    case 'z':
      return zoneName(date, length)
    case 'Z':
      if (length === 2) return date.getTimezoneOffset() === 0 ? 'Z' : offset(date, ':')
      return offset(date, length === 1 ? '' : ':')
    case 'X':
      if (length > 3) throw new RangeError('invalid number of X')
      if (date.getTimezoneOffset() === 0) return 'Z'
      return length === 1 ? offset(date, '').slice(0, 3) : offset(date, length === 2 ? '' : ':')
    default:
      throw new RangeError(`Illegal pattern component: ${letter}`)
  }
}

const year = (value: number, length: number): string => (length === 2 ? String(value % 100) : String(value)).padStart(length, '0')

/** Weeks begin on Sunday, and the week of 1 January is the first (Locale.ENGLISH). */
function weekOfYear(date: Date): { year: number; week: number } {
  const saturday = new Date(date.getFullYear(), date.getMonth(), date.getDate() + 6 - date.getDay())
  if (saturday.getFullYear() > date.getFullYear()) return { year: saturday.getFullYear(), week: 1 }
  const firstDay = new Date(date.getFullYear(), 0, 1).getDay()
  return { year: date.getFullYear(), week: Math.floor((dayOfYear(date) - 1 + firstDay) / 7) + 1 }
}

function dayOfYear(date: Date): number {
  const start = Date.UTC(date.getFullYear(), 0, 1)
  return Math.round((Date.UTC(date.getFullYear(), date.getMonth(), date.getDate()) - start) / 86_400_000) + 1
}

function offset(date: Date, separator: string): string {
  const minutes = -date.getTimezoneOffset()
  const two = (value: number): string => String(value).padStart(2, '0')
  return `${minutes < 0 ? '-' : '+'}${two(Math.floor(Math.abs(minutes) / 60))}${separator}${two(Math.abs(minutes) % 60)}`
}

function zoneName(date: Date, length: number): string {
  const parts = new Intl.DateTimeFormat('en-US', { timeZoneName: length >= 4 ? 'long' : 'short' }).formatToParts(date)
  return parts.find((part) => part.type === 'timeZoneName')?.value ?? 'UTC'
}
