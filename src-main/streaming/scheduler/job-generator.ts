// JobGenerator: turns ticks of the batch clock into batches. Ticks are multiples of the batch interval since 1970.
import type { InputRange } from '../../../src-shared/streaming/batch-record.ts'
import { Time } from '../../../src-shared/streaming/time.ts'
import type { PendingBatch, Restored } from '../host.ts'
import type { StreamingContext } from '../streaming-context.ts'
import { JobSet } from './job-set.ts'

/** So many overdue ticks are replayed whatever waits: a long batch is not a slept laptop. */
const REPLAYED = 10
/** So many batches wait at most: of a stream that is too slow the next ticks are then overdue, and what they would have read waits in its log. */
export const MOST_PENDING = 1000

export class JobGenerator {
  readonly #context: StreamingContext
  readonly #period: number
  readonly #ticks = new AbortController()
  /** Generation of batches, one after the other. */
  #chain: Promise<void> = Promise.resolve()
  #timer: Promise<void> = Promise.resolve()
  #lastGenerated = Number.NEGATIVE_INFINITY
  #waiters: (() => void)[] = []

  constructor(context: StreamingContext) {
    this.#context = context
    this.#period = context.graph.batchDuration!.milliseconds
  }

  /** The last tick until now: the zero time of a context that starts. */
  lastTick(): number {
    return Math.floor(this.#context.host.clock.now() / this.#period) * this.#period
  }

  /** Runs restored batches at their own times, then goes on with the clock. The first batch of all follows the zero time, however late it is. */
  start(restored: Restored | undefined): void {
    const { pending = [], remembered = [] } = restored ?? {}
    for (const batch of pending) this.#post(batch.batchTime, batch)
    const last = [...pending, ...remembered].reduce((newest, batch) => Math.max(newest, batch.batchTime), Number.NEGATIVE_INFINITY)
    // After a downtime the ticks since the last batch are overdue, and are treated like those of a machine that slept.
    const done = restored === undefined ? this.#context.graph.zeroTime!.milliseconds : Number.isFinite(last) ? last : this.lastTick()
    this.#timer = this.#run(done + this.#period)
  }

  async #run(first: number): Promise<void> {
    const { host, settings, scheduler } = this.#context
    const { signal } = this.#ticks
    let next = first
    while (!signal.aborted) {
      const early = next - host.clock.now()
      if (early > 0) {
        await host.clock.sleep(early, signal)
        continue
      }
      if (scheduler.pendingBatches >= MOST_PENDING) {
        await scheduler.untilPending(MOST_PENDING - 1, signal)
        continue
      }
      const overdue = Math.floor(-early / this.#period)
      // Of many overdue ticks each batch is made before the next, so that those that wait are counted.
      if (overdue > 0) await this.#chain
      if (signal.aborted) return
      const skips = settings.missedTicks === 'skip' ? overdue > 0 : settings.missedTicks === 'auto' && overdue > REPLAYED
      if (skips) {
        next = await this.#catchUp(next, next + overdue * this.#period)
        if (signal.aborted) return
      }
      this.#post(next)
      next += this.#period
    }
  }

  /** Overdue ticks: a batch for each as long as input waits, then none until `last`. Returns the tick to go on with. */
  async #catchUp(from: number, last: number): Promise<number> {
    const { scheduler, host } = this.#context
    let next = from
    await this.#chain
    while (next < last && !this.#ticks.signal.aborted && this.#context.inputs.ranged.some((stream) => stream.backlog().records > 0)) {
      await scheduler.untilPending(1, this.#ticks.signal)
      if (this.#ticks.signal.aborted) break
      this.#post(next)
      await this.#chain
      next += this.#period
    }
    if (next < last) {
      host.log.warn('Ticks without input were left out.', { from: next, until: last, count: (last - next) / this.#period })
      this.#chain = this.#chain.then(() => this.#context.graph.resumeAt(new Time(last)))
    }
    return last
  }

  #post(batchTime: number, restored?: PendingBatch): void {
    this.#chain = this.#chain.then(async () => {
      if (!this.#ticks.signal.aborted || restored !== undefined) await this.#generate(batchTime, restored)
    })
  }

  async #generate(batchTime: number, restored: PendingBatch | undefined): Promise<void> {
    const context = this.#context
    let ranges: readonly InputRange[] = restored?.ranges ?? []
    try {
      context.receivers.allocateBlocksToBatch(batchTime)
      if (restored === undefined && context.inputs.ranged.length > 0) {
        ranges = await context.inputs.choose(batchTime)
        await context.host.onRangesChosen?.(batchTime, ranges, context.graph.zeroTime!.milliseconds)
      }
      context.inputs.setRanges(batchTime, ranges)
      const jobs = context.graph.generateJobs(new Time(batchTime))
      await context.scheduler.submit(new JobSet(batchTime, jobs, context.inputInfo.infoOf(batchTime), ranges))
    } catch (thrown) {
      context.reportError(`Error generating jobs for time ${batchTime} ms`, thrown)
      await context.scheduler.failGeneration(batchTime, ranges, thrown)
    }
    this.#lastGenerated = batchTime
    const waiters = this.#waiters
    this.#waiters = []
    for (const wake of waiters) wake()
  }

  /** Resolves when the batch of `batchTime` has been made. */
  async untilGenerated(batchTime: number): Promise<void> {
    while (this.#lastGenerated < batchTime && !this.#ticks.signal.aborted) await new Promise<void>((resolve) => this.#waiters.push(resolve))
  }

  /** Resolves after the next batch has been made, or the generator was stopped. */
  async nextBatch(): Promise<void> {
    if (!this.#ticks.signal.aborted) await new Promise<void>((resolve) => this.#waiters.push(resolve))
  }

  /** No further ticks; resolves when the batch that is being made has been submitted. */
  async stop(): Promise<void> {
    this.#ticks.abort()
    await this.#timer
    await this.#chain
    for (const wake of this.#waiters) wake()
  }
}
