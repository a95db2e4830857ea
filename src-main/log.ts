// The engine's own log: sentences with values as fields. Where they go is the face's business (stderr, a ring for the window).

export type LogLevel = 'debug' | 'info' | 'warn' | 'error'

export type LogFields = Readonly<Record<string, string | number | boolean | null | undefined>>

/** `error`: data was lost or a person is needed. `warn`: something goes on in a worse way. Never one line per event. */
export interface Logger {
  debug(sentence: string, fields?: LogFields): void
  info(sentence: string, fields?: LogFields): void
  warn(sentence: string, fields?: LogFields): void
  error(sentence: string, fields?: LogFields): void
  /** The same log with these fields on every line. */
  child(fields: LogFields): Logger
}

/** A logger that hands each line to `write`. */
export function loggerTo(write: (level: LogLevel, sentence: string, fields: LogFields) => void, fields: LogFields = {}): Logger {
  const at =
    (level: LogLevel) =>
    (sentence: string, more: LogFields = {}): void =>
      write(level, sentence, { ...fields, ...more })
  return {
    debug: at('debug'),
    info: at('info'),
    warn: at('warn'),
    error: at('error'),
    child: (more) => loggerTo(write, { ...fields, ...more }),
  }
}

/** A logger that keeps nothing. */
export const silentLogger: Logger = loggerTo(() => {})
