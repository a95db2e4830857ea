// Figures as the window shows them: short, with a unit, always the same width class. The exact value goes into the hover text.

const thousands = new Intl.NumberFormat('en-US')
const thin = ' '

/** 1204 → `1,204`. */
export function formatCount(value: number): string {
  return thousands.format(Math.round(value))
}

/** 1204 → `1.2 k`, 4812000 → `4.8 M`; below 1,000 as it is. */
export function formatShort(value: number): string {
  const size = Math.abs(value)
  if (size < 1000) return String(Math.round(value))
  for (const [limit, unit] of [
    [1e3, 'k'],
    [1e6, 'M'],
    [1e9, 'G'],
  ] as const) {
    if (size < limit * 999.5) {
      const scaled = value / limit
      return `${Math.abs(scaled) < 99.95 ? scaled.toFixed(1) : Math.round(scaled)}${thin}${unit}`
    }
  }
  return `${(value / 1e12).toFixed(1)}${thin}T`
}

/** Events per second: `0/s`, `12.3 k/s`. */
export function formatRate(perSecond: number): string {
  if (perSecond > 0 && perSecond < 9.95) return `${perSecond.toFixed(1)}/s`
  const short = formatShort(perSecond)
  return `${short}/s`
}

/** `812 B`, `1.2 GiB`. */
export function formatBytes(bytes: number): string {
  if (bytes < 1024) return `${Math.round(bytes)}${thin}B`
  const units = ['KiB', 'MiB', 'GiB', 'TiB']
  let scaled = bytes
  let unit = -1
  do {
    scaled /= 1024
    unit++
  } while (scaled >= 1023.5 && unit < units.length - 1)
  return `${scaled < 99.95 ? scaled.toFixed(1) : Math.round(scaled)}${thin}${units[unit]}`
}

/** `< 0.1 ms`, `48 ms`, `1.25 s`, `3 min 12 s`, `3 h 12 min`, `2 d 4 h`. */
export function formatDuration(ms: number): string {
  if (ms < 0) return `−${formatDuration(-ms)}`
  if (ms > 0 && ms < 0.05) return `<${thin}0.1${thin}ms`
  if (ms < 1000) return `${ms < 9.95 && ms > 0 && !Number.isInteger(ms) ? ms.toFixed(1) : Math.round(ms)}${thin}ms`
  const seconds = ms / 1000
  if (seconds < 59.995) return `${Number(seconds.toFixed(seconds < 9.995 ? 2 : 1))}${thin}s`
  const whole = Math.round(seconds)
  if (whole < 3600) return pair(Math.floor(whole / 60), 'min', whole % 60, 's')
  const minutes = Math.round(seconds / 60)
  if (minutes < 1440) return pair(Math.floor(minutes / 60), 'h', minutes % 60, 'min')
  const hours = Math.round(minutes / 60)
  return pair(Math.floor(hours / 24), 'd', hours % 24, 'h')
}

function pair(big: number, bigUnit: string, small: number, smallUnit: string): string {
  return small === 0 ? `${big}${thin}${bigUnit}` : `${big}${thin}${bigUnit} ${small}${thin}${smallUnit}`
}

/** `0.31` → `31 %`; below a tenth with one decimal. */
export function formatShare(share: number): string {
  const percent = share * 100
  if (percent > 0 && percent < 0.1) return `<${thin}0.1${thin}%`
  return `${percent > 0 && percent < 9.95 ? percent.toFixed(1) : Math.round(percent)}${thin}%`
}

/** `9 min to full`; undefined when that is more than a day off, which nobody acts on. */
export function formatForecast(secondsToFull: number | undefined): string | undefined {
  return secondsToFull === undefined || secondsToFull > 86_400 ? undefined : `${formatDuration(secondsToFull * 1000)} to full`
}

/** `1 event`, `2 events`. */
export function plural(count: number, one: string, many = `${one}s`): string {
  return `${formatCount(count)} ${count === 1 ? one : many}`
}

export type TimeZone = 'utc' | 'local'

/** `21:53:46` or with milliseconds. */
export function formatTime(ms: number, zone: TimeZone, milliseconds = false): string {
  const date = shifted(ms, zone)
  return date.slice(11, milliseconds ? 23 : 19)
}

/** `2026-11-22 21:53:46`. */
export function formatDateTime(ms: number, zone: TimeZone, milliseconds = false): string {
  const date = shifted(ms, zone)
  return `${date.slice(0, 10)} ${date.slice(11, milliseconds ? 23 : 19)}`
}

function shifted(ms: number, zone: TimeZone): string {
  const offset = zone === 'local' ? new Date(ms).getTimezoneOffset() * 60_000 : 0
  const date = new Date(ms - offset)
  return Number.isNaN(date.getTime()) ? '—'.padEnd(24, ' ') : date.toISOString()
}

/** `now`, `12 s ago`, `3 min ago`, `2 h ago`, `in 5 s`. */
export function formatAgo(ms: number, now: number): string {
  const past = now - ms
  const size = Math.abs(past)
  if (size < 1500) return 'now'
  const text =
    size < 59_500
      ? `${Math.round(size / 1000)} s`
      : size < 3_570_000
        ? `${Math.round(size / 60_000)} min`
        : size < 86_000_000
          ? `${Math.round(size / 3_600_000)} h`
          : `${Math.round(size / 86_400_000)} d`
  return past > 0 ? `${text} ago` : `in ${text}`
}

/** Last part of a path of either system. */
export function baseName(path: string): string {
  const parts = path.split(/[\\/]/).filter((part) => part !== '')
  return parts.at(-1) ?? path
}
