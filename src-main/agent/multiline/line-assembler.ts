// Puts lines together to events, one line after another, as a MultiLineRule says. Lines of an event are joined by LF.
import type { Headers } from '../../../src-shared/event/event-batch.ts'
import { cutHeader, type MultiLineRule } from './multi-line-rule.ts'

export interface AssembledEvent {
  readonly headers: Headers
  readonly body: Uint8Array
}

const whole: Headers = {}
const cut: Headers = { [cutHeader.name]: cutHeader.value }
const lineFeed = Uint8Array.of(0x0a)

export class LineAssembler {
  readonly #rule: MultiLineRule
  #parts: Uint8Array[] = []
  #bytes = 0

  constructor(rule: MultiLineRule) {
    this.#rule = rule
  }

  /** An event is open: it may go on. */
  get open(): boolean {
    return this.#parts.length > 0
  }

  /** Adds a line (`text`: the same as text). Answers the event before it when the line does not belong to it. */
  add(line: Uint8Array, text: string): AssembledEvent | undefined {
    const role = this.#rule.roleOf(text, { lines: this.#parts.length, bytes: this.#bytes }, line.length)
    const done = role === 'continues' ? undefined : this.#take(role === 'cuts' ? cut : whole)
    this.#parts.push(line)
    this.#bytes += line.length + 1
    return done
  }

  /** The open event: nothing more comes, or not in time. */
  flush(): AssembledEvent | undefined {
    return this.#take(whole)
  }

  #take(headers: Headers): AssembledEvent | undefined {
    const parts = this.#parts
    if (parts.length === 0) return undefined
    this.#parts = []
    this.#bytes = 0
    if (parts.length === 1) return { headers, body: parts[0]! }
    return { headers, body: Buffer.concat(parts.flatMap((part, index) => (index === 0 ? [part] : [lineFeed, part]))) }
  }
}
