// Events of several lines (stack traces): which line begins one, how long one may become, how long its last line is waited for. One rule
// for every source that reads lines.
import { MillraceError } from '../../../src-shared/errors.ts'
import { int, long, regex } from '../../../src-shared/spec/property.ts'

/** Keys of every source that can put lines together. */
export const multiLineProperties = {
  'multiline.start': regex()
    .optional()
    .extension()
    .describe('A line that this expression finds begins an event; the lines after it belong to it.'),
  'multiline.continue': regex()
    .optional()
    .extension()
    .describe('A line that this expression finds belongs to the event before it; every other line begins one.'),
  'multiline.maxLines': int()
    .min(2)
    .default(500)
    .extension()
    .describe('An event of more lines is cut; its part gets the header multiline = cut.'),
  'multiline.maxBytes': int()
    .min(1024)
    .default(1 << 20)
    .unit('bytes')
    .extension()
    .describe('The same for its bytes.'),
  'multiline.timeout': long()
    .min(1)
    .default(3000)
    .unit('ms')
    .extension()
    .describe('The last event is complete when no line came for so long.'),
}

export interface MultiLineOptions {
  readonly 'multiline.start': RegExp | undefined
  readonly 'multiline.continue': RegExp | undefined
  readonly 'multiline.maxLines': number
  readonly 'multiline.maxBytes': number
  readonly 'multiline.timeout': number
}

/** Header of an event that was cut because it grew too long; what follows is in the next event. */
export const cutHeader = { name: 'multiline', value: 'cut' } as const

/** What a line is to the event that is open: part of it, the beginning of the next, or too much for it. */
export type LineRole = 'continues' | 'begins' | 'cuts'

export class MultiLineRule {
  readonly timeoutMs: number
  readonly maxBytes: number
  readonly #maxLines: number
  readonly #expression: RegExp
  readonly #foundBegins: boolean

  private constructor(expression: RegExp, foundBegins: boolean, options: MultiLineOptions) {
    this.#expression = expression
    this.#foundBegins = foundBegins
    this.#maxLines = options['multiline.maxLines']
    this.maxBytes = options['multiline.maxBytes']
    this.timeoutMs = options['multiline.timeout']
  }

  /** Undefined where every line is an event. BAD_CONFIGURATION when both expressions are given. */
  static of(options: MultiLineOptions): MultiLineRule | undefined {
    const { 'multiline.start': start, 'multiline.continue': goesOn } = options
    if (start !== undefined && goesOn !== undefined) {
      throw new MillraceError(
        'BAD_CONFIGURATION',
        'multiline.start and multiline.continue are both given. Keep one: start says which lines begin an event, continue which do not.',
      )
    }
    if (start !== undefined) return new MultiLineRule(start, true, options)
    return goesOn === undefined ? undefined : new MultiLineRule(goesOn, false, options)
  }

  /** `line`: without its end. `held`: the open event so far; a line without one begins. */
  roleOf(line: string, held: { readonly lines: number; readonly bytes: number }, lineBytes: number): LineRole {
    if (held.lines === 0) return 'begins'
    if (this.#expression.test(line) === this.#foundBegins) return 'begins'
    return held.lines >= this.#maxLines || held.bytes + lineBytes > this.maxBytes ? 'cuts' : 'continues'
  }
}
