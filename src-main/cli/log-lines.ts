// Log lines on stderr: `2026-11-22 22:15:39,144 INFO  [a1.sinks.k1] Sentence. key=value`.
import type { Clock } from '../clock.ts'
import { type LogFields, type Logger, type LogLevel, loggerTo } from '../log.ts'

const ranks: Record<LogLevel, number> = { debug: 0, info: 1, warn: 2, error: 3 }

export interface LogLinesOptions {
  readonly clock: Clock
  readonly write: (text: string) => void
  /** Lines below are left out. */
  readonly least?: LogLevel
}

/** Field `component` stands in brackets before the sentence, all others behind it. */
export function logLines({ clock, write, least = 'info' }: LogLinesOptions): Logger {
  return loggerTo((level, sentence, fields) => {
    if (ranks[level] >= ranks[least])
      write(`${localTime(new Date(clock.now()))} ${level.toUpperCase().padEnd(5)} ${body(sentence, fields)}\n`)
  })
}

function body(sentence: string, { component, ...fields }: LogFields): string {
  const where = component === undefined ? '' : `[${component}] `
  const values = Object.entries(fields).map(([name, value]) => ` ${name}=${value}`)
  return `${where}${sentence}${values.join('')}`
}

function localTime(date: Date): string {
  const pad = (value: number, width = 2): string => String(value).padStart(width, '0')
  const day = `${date.getFullYear()}-${pad(date.getMonth() + 1)}-${pad(date.getDate())}`
  return `${day} ${pad(date.getHours())}:${pad(date.getMinutes())}:${pad(date.getSeconds())},${pad(date.getMilliseconds(), 3)}`
}
