// The fields of a moment in a time zone, as Java's Calendar gives them.

export interface ZonedFields {
  readonly year: number
  /** 1–12. */
  readonly month: number
  readonly day: number
  readonly hour: number
  readonly minute: number
  readonly second: number
  /** 0 is Sunday. */
  readonly weekday: number
  /** East of Greenwich. */
  readonly offsetMinutes: number
}

const formats = new Map<string, Intl.DateTimeFormat>()

/** `timeZone` absent: the machine's. Unknown names are GMT, as java.util.TimeZone has it. */
export function zonedFields(timestamp: number, timeZone: string | undefined): ZonedFields {
  const whole = Math.floor(timestamp / 1000) * 1000
  const found: Record<string, number> = {}
  for (const { type, value } of formatOf(timeZone).formatToParts(whole)) found[type] = Number(value)
  const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = found
  const asUtc = Date.UTC(year, month - 1, day, hour, minute, second)
  return {
    year,
    month,
    day,
    hour,
    minute,
    second,
    weekday: new Date(asUtc).getUTCDay(),
    offsetMinutes: Math.round((asUtc - whole) / 60_000),
  }
}

function formatOf(timeZone: string | undefined): Intl.DateTimeFormat {
  const key = timeZone ?? ''
  let format = formats.get(key)
  if (format === undefined) {
    format = newFormat(timeZone === undefined ? undefined : zoneName(timeZone))
    formats.set(key, format)
  }
  return format
}

/** `GMT+2`, `GMT-03:30`, `GMT+0530` are offsets in Java. */
function zoneName(name: string): string {
  const match = /^GMT([+-])(\d{1,2}):?(\d{2})?$/.exec(name)
  return match === null ? name : `${match[1]}${match[2]!.padStart(2, '0')}:${match[3] ?? '00'}`
}

function newFormat(timeZone: string | undefined): Intl.DateTimeFormat {
  const fields = {
    calendar: 'gregory',
    numberingSystem: 'latn',
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  } as const
  try {
    return new Intl.DateTimeFormat('en-US', { ...fields, ...(timeZone !== undefined && { timeZone }) })
  } catch {
    return new Intl.DateTimeFormat('en-US', { ...fields, timeZone: 'UTC' })
  }
}
