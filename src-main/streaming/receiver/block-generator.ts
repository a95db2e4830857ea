// BlockGenerator: gathers single records into blocks, one per block interval, and hands them on.
import { SparkException } from '../../../src-shared/streaming/exceptions.ts'
import type { Clock } from '../../clock.ts'
import type { RateLimiter } from './rate.ts'

type BlockGeneratorState = 'Initialized' | 'Active' | 'StoppedAddingData' | 'StoppedAll'

export interface Block {
  readonly id: string
  readonly records: readonly unknown[]
  /** False: its records do not count in the batch's input. */
  readonly counted?: boolean
}

export class BlockGenerator {
  readonly limiter: RateLimiter
  readonly #streamId: number
  readonly #intervalMs: number
  readonly #clock: Clock
  readonly #push: (block: Block) => void
  readonly #full: () => Promise<void> | undefined
  readonly #timer = new AbortController()
  #state: BlockGeneratorState = 'Initialized'
  #buffer: unknown[] = []
  /** Records that wait for a permit, or for room, in order. */
  #waiting: Promise<void> | undefined

  constructor(
    streamId: number,
    options: {
      readonly intervalMs: number
      readonly clock: Clock
      readonly limiter: RateLimiter
      readonly push: (block: Block) => void
      readonly full?: () => Promise<void> | undefined
    },
  ) {
    this.#streamId = streamId
    this.#intervalMs = options.intervalMs
    this.#clock = options.clock
    this.limiter = options.limiter
    this.#push = options.push
    this.#full = options.full ?? (() => undefined)
  }

  start(): void {
    if (this.#state !== 'Initialized')
      throw new SparkException(`Cannot start BlockGenerator as its not in the Initialized state [state = ${this.#state}]`)
    this.#state = 'Active'
    void this.#run()
  }

  async #run(): Promise<void> {
    const { signal } = this.#timer
    let next = (Math.floor(this.#clock.now() / this.#intervalMs) + 1) * this.#intervalMs
    while (!signal.aborted) {
      const early = next - this.#clock.now()
      if (early > 0) {
        await this.#clock.sleep(early, signal)
        continue
      }
      this.seal(next)
      next += this.#intervalMs
    }
  }

  addData(item: unknown): void | Promise<void> {
    this.#checkActive()
    if (this.#waiting === undefined && this.#full() === undefined && this.limiter.tryAcquire()) {
      this.#buffer.push(item)
      return undefined
    }
    const turn: Promise<void> = (this.#waiting ?? Promise.resolve())
      .then(() => this.#full())
      .then(() => this.limiter.acquire(this.#timer.signal))
      .then(() => {
        if (this.#waiting === turn) this.#waiting = undefined
        this.#checkActive()
        this.#buffer.push(item)
      })
    this.#waiting = turn
    return turn
  }

  #checkActive(): void {
    if (this.#state !== 'Active') throw new SparkException('Cannot add data as BlockGenerator has not been started or has been stopped')
  }

  /** Makes a block of what has come, if anything has. `tick`: the end of its interval. */
  seal(tick: number): void {
    if (this.#buffer.length === 0) return
    const records = this.#buffer
    this.#buffer = []
    this.#push({ id: `input-${this.#streamId}-${tick - this.#intervalMs}`, records })
  }

  /** Takes no more data; the last buffer becomes a block. */
  stop(): void {
    if (this.#state !== 'Active') return
    this.#state = 'StoppedAddingData'
    this.seal(this.#clock.now())
    this.#timer.abort()
    this.#state = 'StoppedAll'
  }
}
