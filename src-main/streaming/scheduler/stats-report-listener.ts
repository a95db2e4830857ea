// A listener for people at a terminal: how long the last batches took, after every batch, in the words of Spark's listener of this name.
import { type BatchInfo, processingDelay, totalDelay } from '../../../src-shared/streaming/batch-info.ts'
import { requirement } from '../../../src-shared/streaming/exceptions.ts'
import type { StreamingListener } from '../../../src-shared/streaming/listener.ts'

const percentiles = [0, 5, 10, 25, 50, 75, 90, 95, 100]

/** Tells the distribution of total delay and processing time over the last `numBatchInfos` batches. `write` gets a line: stderr by default. */
export class StatsReportListener implements StreamingListener {
  readonly #numBatchInfos: number
  readonly #write: (line: string) => void
  readonly #batchInfos: BatchInfo[] = []

  constructor(numBatchInfos = 10, write: (line: string) => void = (line) => console.error(line)) {
    requirement(numBatchInfos > 0, `numBatchInfos must be positive, but got ${numBatchInfos}`)
    this.#numBatchInfos = numBatchInfos
    this.#write = write
  }

  onBatchCompleted({ batchInfo }: { readonly batchInfo: BatchInfo }): void {
    this.#batchInfos.push(batchInfo)
    if (this.#batchInfos.length > this.#numBatchInfos) this.#batchInfos.shift()
    this.#show('Total delay: ', totalDelay)
    this.#show('Processing time: ', processingDelay)
  }

  #show(heading: string, delayOf: (info: BatchInfo) => number | undefined): void {
    const delays = this.#batchInfos.map(delayOf).filter((delay) => delay !== undefined)
    if (delays.length === 0) return
    const sorted = delays.sort((a, b) => a - b)
    const quantiles = percentiles.map((percent) => sorted[Math.min(Math.trunc((percent / 100) * sorted.length), sorted.length - 1)]!)
    this.#write(heading + statsOf(sorted))
    this.#write(`\t${percentiles.join('%\t')}%`)
    this.#write(`\t${quantiles.map(millisToString).join('\t')}`)
  }
}

function statsOf(sorted: readonly number[]): string {
  const mean = sorted.reduce((sum, value) => sum + value, 0) / sorted.length
  const stdev = Math.sqrt(sorted.reduce((sum, value) => sum + (value - mean) ** 2, 0) / sorted.length)
  const [max, min] = [sorted.at(-1)!, sorted[0]!]
  return `(count: ${sorted.length}, mean: ${mean.toFixed(6)}, stdev: ${stdev.toFixed(6)}, max: ${max.toFixed(6)}, min: ${min.toFixed(6)})`
}

function millisToString(ms: number): string {
  if (ms > 3_600_000) return `${(ms / 3_600_000).toFixed(1)} hours`
  if (ms > 60_000) return `${(ms / 60_000).toFixed(1)} min`
  return ms > 1000 ? `${(ms / 1000).toFixed(1)} s` : `${ms.toFixed(1)} ms`
}
