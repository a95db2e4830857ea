// Rates: how many records per second a source may bring, and how that is learned from finished batches (back-pressure).
import type { BatchInfo } from '../../../src-shared/streaming/batch-info.ts'
import { processingDelay, schedulingDelay } from '../../../src-shared/streaming/batch-info.ts'
import { requirement } from '../../../src-shared/streaming/exceptions.ts'
import type { Clock } from '../../clock.ts'

export interface PidOptions {
  readonly proportional: number
  readonly integral: number
  readonly derived: number
  readonly minRate: number
}

/** Spark's PIDRateEstimator. */
export class PidRateEstimator {
  readonly #batchIntervalMs: number
  readonly #options: PidOptions
  #firstRun = true
  #latestTime = -1
  #latestRate = -1
  #latestError = -1

  constructor(batchIntervalMs: number, options: PidOptions) {
    requirement(batchIntervalMs > 0, `Specified batch interval ${batchIntervalMs} in PIDRateEstimator is invalid.`)
    requirement(options.proportional >= 0, `Proportional term ${options.proportional} in PIDRateEstimator should be >= 0.`)
    requirement(options.integral >= 0, `Integral term ${options.integral} in PIDRateEstimator should be >= 0.`)
    requirement(options.derived >= 0, `Derivative term ${options.derived} in PIDRateEstimator should be >= 0.`)
    requirement(options.minRate > 0, `Minimum rate in PIDRateEstimator should be > 0`)
    this.#batchIntervalMs = batchIntervalMs
    this.#options = options
  }

  /** A new rate in records per second, or undefined when nothing is learned: the first batch, an empty one, one out of order. */
  compute(time: number, records: number, processingMs: number, schedulingMs: number): number | undefined {
    if (!(time > this.#latestTime && records > 0 && processingMs > 0)) return undefined
    const { proportional, integral, derived, minRate } = this.#options
    const sinceUpdate = (time - this.#latestTime) / 1000
    const processingRate = (records / processingMs) * 1000
    const error = this.#latestRate - processingRate
    const historicalError = (schedulingMs * processingRate) / this.#batchIntervalMs
    const errorChange = (error - this.#latestError) / sinceUpdate
    const rate = Math.max(this.#latestRate - proportional * error - integral * historicalError - derived * errorChange, minRate)
    this.#latestTime = time
    if (this.#firstRun) {
      this.#latestRate = processingRate
      this.#latestError = 0
      this.#firstRun = false
      return undefined
    }
    this.#latestRate = rate
    this.#latestError = error
    return rate
  }
}

/** Learns from each finished batch and hands the new rate to `publish`. */
export class RateController {
  readonly streamId: number
  readonly #estimator: PidRateEstimator
  readonly #publish: (rate: number) => void
  latestRate = -1

  constructor(streamId: number, estimator: PidRateEstimator, publish: (rate: number) => void) {
    this.streamId = streamId
    this.#estimator = estimator
    this.#publish = publish
  }

  onBatchCompleted(info: BatchInfo): void {
    const records = info.streamIdToInputInfo[this.streamId]?.numRecords
    const processing = processingDelay(info)
    const scheduling = schedulingDelay(info)
    if (info.processingEndTime === undefined || processing === undefined || scheduling === undefined || records === undefined) return
    const rate = this.#estimator.compute(info.processingEndTime, records, processing, scheduling)
    if (rate === undefined) return
    this.latestRate = Math.trunc(rate)
    this.#publish(this.latestRate)
  }
}

/** A token bucket that may burst up to a second's worth. No rate: no limit. */
export class RateLimiter {
  readonly #clock: Clock
  readonly #maxRate: number | undefined
  #rate: number | undefined
  #permits = 0
  #refilledAt: number

  constructor(clock: Clock, initialRate: number | undefined, maxRate: number | undefined) {
    this.#clock = clock
    this.#maxRate = maxRate
    this.#rate = initialRate === undefined ? maxRate : Math.min(initialRate, maxRate ?? initialRate)
    this.#refilledAt = clock.monotonic()
    this.#permits = this.#rate === undefined ? 0 : 1
  }

  get currentLimit(): number | undefined {
    return this.#rate === undefined ? undefined : Math.trunc(this.#rate)
  }

  updateRate(rate: number): void {
    if (rate <= 0) return
    this.#refill()
    this.#rate = this.#maxRate === undefined ? rate : Math.min(rate, this.#maxRate)
  }

  /** Takes a permit now when there is one. */
  tryAcquire(): boolean {
    if (this.#rate === undefined) return true
    this.#refill()
    if (this.#permits < 1) return false
    this.#permits -= 1
    return true
  }

  /** Waits for a permit. */
  async acquire(signal: AbortSignal): Promise<void> {
    while (!this.tryAcquire() && !signal.aborted) await this.#clock.sleep(Math.max(1, ((1 - this.#permits) / this.#rate!) * 1000), signal)
  }

  #refill(): void {
    const now = this.#clock.monotonic()
    this.#permits = Math.min(this.#rate ?? 0, this.#permits + ((now - this.#refilledAt) / 1000) * (this.#rate ?? 0))
    this.#refilledAt = now
  }
}
