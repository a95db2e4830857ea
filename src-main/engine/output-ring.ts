// The engine's last output lines, for the window's Output panel and for diagnostics.
import type { OutputLine } from '../../src-shared/contract/workspace.ts'
import type { Clock } from '../clock.ts'
import { type LogFields, type Logger, loggerTo } from '../log.ts'
import { Changes } from './live.ts'

const kept = 2000

export class OutputRing {
  readonly #clock: Clock
  readonly changes = new Changes()
  #lines: OutputLine[] = []
  #seq = 0

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** A logger that writes here and to `next`. */
  logger(next: Logger): Logger {
    return loggerTo((level, sentence, fields) => {
      next[level](sentence, fields)
      this.#add(level, sentence, fields)
    })
  }

  /** Lines behind number `after`; fewer when older ones are not kept any more. */
  after(after: number): readonly OutputLine[] {
    const first = this.#lines[0]?.seq ?? 0
    return this.#lines.slice(Math.max(0, after - first + 1))
  }

  #add(level: OutputLine['level'], sentence: string, fields: LogFields): void {
    const { pipeline, stream, ...rest } = fields
    const from = typeof pipeline === 'string' ? pipeline : typeof stream === 'string' ? stream : 'engine'
    const shown = Object.fromEntries(Object.entries(rest).map(([key, value]) => [key, value ?? null]))
    this.#lines.push({ seq: ++this.#seq, at: this.#clock.now(), level, from, sentence, fields: shown })
    // Cut seldom: shifting at every line would cost.
    if (this.#lines.length > 2 * kept) this.#lines = this.#lines.slice(-kept)
    this.changes.changed()
  }
}
