// What one run of a command prints, as events in the channel: lines, put together where a rule says so, in transactions.
import { isUtf8 } from 'node:buffer'
import { BatchBuilder } from '../../../../src-shared/event/batch-builder.ts'
import type { SourceContext } from '../../../component/context.ts'
import { type AssembledEvent, LineAssembler } from '../../multiline/line-assembler.ts'
import type { MultiLineRule } from '../../multiline/multi-line-rule.ts'
import type { Charset } from '../../serialization/charset.ts'
import { putUntilTaken } from '../put-until-taken.ts'
import { LineSplitter, type Lines, WideLineSplitter } from './line-splitter.ts'

export interface CommandOutputOptions {
  /** Undefined: lines go as they come. */
  readonly batchSize: number | undefined
  /** With batchSize: lines wait at most so long for others, ms. */
  readonly batchTimeout: number
  readonly charset: Charset
  readonly multiLine: MultiLineRule | undefined
}

const noHeaders = {}
const never = Number.POSITIVE_INFINITY

export class CommandOutput {
  readonly #options: CommandOutputOptions
  readonly #context: SourceContext
  readonly #lines: Lines
  readonly #assembler: LineAssembler | undefined
  #batch = new BatchBuilder()
  /** When the oldest event of the batch came, or the last batch went. */
  #since: number
  #lastLineAt: number
  #gaveUp = false

  constructor(options: CommandOutputOptions, context: SourceContext) {
    this.#options = options
    this.#context = context
    const { wideReader, encode } = options.charset
    this.#lines = wideReader === undefined ? new LineSplitter() : new WideLineSplitter(wideReader(), encode)
    this.#assembler = options.multiLine && new LineAssembler(options.multiLine)
    this.#since = context.clock.monotonic()
    this.#lastLineAt = this.#since
  }

  /** Resolves when all that was printed is in the channel. */
  async deliver(output: AsyncIterable<Buffer>): Promise<void> {
    const { batchSize, batchTimeout } = this.#options
    const { clock } = this.#context
    const chunks = output[Symbol.asyncIterator]()
    while (true) {
      const next = chunks.next()
      while (!(await this.#comesInTime(next))) await this.#deliverDue()
      const { value, done } = await next
      for (const line of done === true ? this.#lines.rest() : this.#lines.add(value)) await this.#addLine(line)
      if (done === true) await this.#add(this.#assembler?.flush())
      if (done === true || batchSize === undefined || clock.monotonic() - this.#since >= batchTimeout) await this.#flush()
      if (done === true) return
    }
  }

  /** False when something that waits must go before more is printed: lines for others to fill a batch, an event for its next line. */
  async #comesInTime(next: Promise<unknown>): Promise<boolean> {
    const { batchSize, batchTimeout } = this.#options
    const { clock } = this.#context
    const due = Math.min(batchSize !== undefined && this.#batch.count > 0 ? this.#since + batchTimeout : never, this.#eventIsOverAt())
    if (due === never) return true
    const over = new AbortController()
    const first = await Promise.race([next, clock.sleep(Math.max(1, due - clock.monotonic()), over.signal)])
    over.abort()
    return first !== undefined
  }

  #eventIsOverAt(): number {
    const { multiLine } = this.#options
    return multiLine !== undefined && this.#assembler?.open === true ? this.#lastLineAt + multiLine.timeoutMs : never
  }

  async #deliverDue(): Promise<void> {
    if (this.#context.clock.monotonic() >= this.#eventIsOverAt()) await this.#add(this.#assembler?.flush())
    await this.#flush()
  }

  async #addLine(line: Uint8Array): Promise<void> {
    const body = this.#body(line)
    this.#lastLineAt = this.#context.clock.monotonic()
    await this.#add(
      this.#assembler === undefined ? { headers: noHeaders, body } : this.#assembler.add(body, this.#options.charset.text(body)),
    )
  }

  async #add(event: AssembledEvent | undefined): Promise<void> {
    const { batchSize } = this.#options
    if (event === undefined) return
    if (this.#batch.count === 0) this.#since = this.#context.clock.monotonic()
    this.#batch.add(event.headers, event.body)
    if (batchSize !== undefined && this.#batch.count >= batchSize) await this.#flush()
  }

  async #flush(): Promise<void> {
    const { clock, counters } = this.#context
    const full = this.#batch.build()
    this.#batch = new BatchBuilder()
    this.#since = clock.monotonic()
    counters.add('EventReceivedCount', full.count)
    // Behind lines that were not taken before the stop none may go.
    if (this.#gaveUp) counters.drop(full.count, 'came behind lines that no channel took before the stop', false)
    else if (full.count > 0) this.#gaveUp = !(await putUntilTaken(this.#context, full, 'exec-holds'))
  }

  /** As Java reads and writes text: bytes that are no character become a replacement character. */
  #body(line: Uint8Array): Uint8Array {
    const { isUtf8: keepsBytes, text, encode, wideReader } = this.#options.charset
    if (wideReader !== undefined || (keepsBytes && isUtf8(line))) return line
    return encode(text(line))
  }
}
