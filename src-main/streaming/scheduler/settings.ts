// Configuration of a context, by Spark's keys. Values are text, as in a properties file, or numbers and booleans.
import { IllegalArgumentException } from '../../../src-shared/streaming/exceptions.ts'
import type { LogRetention } from '../host.ts'

export type Conf = Readonly<Record<string, string | number | boolean>>

export interface StreamingSettings {
  readonly master: string | undefined
  readonly concurrentJobs: number
  readonly blockIntervalMs: number
  readonly blockQueueSize: number
  readonly unpersist: boolean
  readonly gracefulStopTimeoutMs: number | undefined
  readonly receiverRestartDelayMs: number
  /** Records per second; undefined: no limit. */
  readonly receiverMaxRate: number | undefined
  /** Blocks are durable before they count as received. */
  readonly receiverLog: boolean
  /** How long what batches had is kept in receivers' logs, for replays. */
  readonly receiverLogRetention: LogRetention
  readonly backpressure: boolean
  readonly backpressureInitialRate: number | undefined
  readonly pid: { readonly proportional: number; readonly integral: number; readonly derived: number; readonly minRate: number }
  readonly checkpointDirectory: string | undefined
  readonly defaultParallelism: number | undefined
  readonly fileMinRememberMs: number
  /** Bytes that one batch takes at most from a direct input. */
  readonly maxBytesPerBatch: number
  /** Batches that take fewer bytes from direct inputs run in one thread whatever the master. */
  readonly leastBytesForThreads: number
  /** The first batches wait for the threads; otherwise they run in one until all are there. */
  readonly waitForThreads: boolean
  /** Ticks that are overdue (a machine slept): `replay` runs every one; `skip` runs those that have input waiting and the last. */
  readonly missedTicks: 'replay' | 'skip' | 'auto'
  /** Whether stop() without arguments stops the SparkContext too. */
  readonly stopSparkContext: boolean
  /** Keys of Spark Streaming that the program sets and nothing here reads. */
  readonly withoutEffect: readonly string[]
}

/** All keys that a context reads are read here, once. A value that cannot be read is refused. */
export function readSettings(conf: Conf): StreamingSettings {
  const read = new ConfReader(conf)
  checkEstimator(read)
  const settings: Omit<StreamingSettings, 'withoutEffect'> = {
    master: read.text('spark.master'),
    concurrentJobs: read.number('spark.streaming.concurrentJobs') ?? 1,
    blockIntervalMs: blockInterval(read),
    blockQueueSize: read.number('spark.streaming.blockQueueSize') ?? 10,
    unpersist: read.flag('spark.streaming.unpersist', true),
    gracefulStopTimeoutMs: read.time('spark.streaming.gracefulStopTimeout'),
    receiverRestartDelayMs: read.number('spark.streaming.receiverRestartDelay') ?? 2000,
    receiverMaxRate: positive(read.number('spark.streaming.receiver.maxRate')),
    receiverLog: read.flag('spark.streaming.receiver.writeAheadLog.enable', false),
    receiverLogRetention: {
      bytes: read.number('millrace.streaming.receiverLog.retentionBytes') ?? 256 * 2 ** 20,
      ageMs: read.time('millrace.streaming.receiverLog.retention') ?? 24 * 3_600_000,
    },
    backpressure: read.flag('spark.streaming.backpressure.enabled', false),
    backpressureInitialRate: positive(read.number('spark.streaming.backpressure.initialRate')),
    pid: {
      proportional: read.number('spark.streaming.backpressure.pid.proportional') ?? 1,
      integral: read.number('spark.streaming.backpressure.pid.integral') ?? 0.2,
      derived: read.number('spark.streaming.backpressure.pid.derived') ?? 0,
      minRate: read.number('spark.streaming.backpressure.pid.minRate') ?? 100,
    },
    checkpointDirectory: read.text('spark.streaming.checkpoint.directory'),
    defaultParallelism: read.number('spark.default.parallelism'),
    fileMinRememberMs:
      read.time('spark.streaming.fileStream.minRememberDuration') ?? read.time('spark.streaming.minRememberDuration') ?? 60_000,
    maxBytesPerBatch: read.number('millrace.streaming.maxBytesPerBatch') ?? 64 * 1024 * 1024,
    leastBytesForThreads: read.number('millrace.streaming.threads.leastBytes') ?? 1024 * 1024,
    waitForThreads: read.flag('millrace.streaming.threads.wait', false),
    missedTicks: missedTicks(read),
    stopSparkContext: read.flag('spark.streaming.stopSparkContextByDefault', true),
  }
  const unread = Object.keys(conf).filter((key) => !read.keys.has(key))
  const unknown = unread.find((key) => key.startsWith('millrace.'))
  if (unknown !== undefined) {
    const known = [...read.keys].filter((key) => key.startsWith('millrace.'))
    throw new IllegalArgumentException(`There is no setting ${unknown}. There are: ${known.join(', ')}`)
  }
  return { ...settings, withoutEffect: unread.filter((key) => key.startsWith('spark.streaming.') && !alwaysSo.has(key)) }
}

/** Reads values as what they are to be, and knows which keys were asked for. Throws IllegalArgumentException for what they are not. */
class ConfReader {
  readonly keys = new Set<string>()
  readonly #conf: Conf

  constructor(conf: Conf) {
    this.#conf = conf
  }

  text(key: string): string | undefined {
    this.keys.add(key)
    const value = this.#conf[key]
    return value === undefined ? undefined : String(value)
  }

  number(key: string): number | undefined {
    const value = this.text(key)
    if (value === undefined) return undefined
    const parsed = Number(value)
    if (!Number.isFinite(parsed)) throw new IllegalArgumentException(`${key} should be a number, but was ${value}`)
    return parsed
  }

  flag(key: string, otherwise: boolean): boolean {
    const value = this.text(key)?.toLowerCase()
    if (value === undefined) return otherwise
    if (value !== 'true' && value !== 'false') throw new IllegalArgumentException(`${key} should be boolean, but was ${value}`)
    return value === 'true'
  }

  /** In ms. */
  time(key: string): number | undefined {
    const value = this.text(key)
    return value === undefined ? undefined : parseTime(key, value)
  }
}

const positive = (value: number | undefined): number | undefined => (value !== undefined && value > 0 ? value : undefined)

function blockInterval(read: ConfReader): number {
  const interval = read.time('spark.streaming.blockInterval') ?? 200
  if (interval > 0) return interval
  throw new IllegalArgumentException("requirement failed: 'spark.streaming.blockInterval' should be a positive value")
}

function missedTicks(read: ConfReader): StreamingSettings['missedTicks'] {
  const wanted = read.text('millrace.streaming.missedTicks') ?? 'auto'
  if (wanted === 'replay' || wanted === 'skip' || wanted === 'auto') return wanted
  throw new IllegalArgumentException(`millrace.streaming.missedTicks should be replay, skip or auto, but was ${wanted}`)
}

function checkEstimator(read: ConfReader): void {
  const estimator = read.text('spark.streaming.backpressure.rateEstimator') ?? 'pid'
  if (estimator !== 'pid') throw new IllegalArgumentException(`Unknown rate estimator: ${estimator}`)
}

/** What these ask for happens in any case: a stop from outside lets the batch under way end. */
const alwaysSo: ReadonlySet<string> = new Set(['spark.streaming.stopGracefullyOnShutdown'])

const units: Readonly<Record<string, number>> = { '': 1, ms: 1, s: 1000, m: 60_000, min: 60_000, h: 3_600_000, d: 86_400_000 }

/** `200ms`, `5s`, `2min`, `1h`; a bare number is milliseconds. */
function parseTime(key: string, value: string): number {
  const match = /^\s*(\d+)\s*([a-z]*)\s*$/.exec(value)
  const unit = match === null ? undefined : units[match[2]!]
  if (match === null || unit === undefined)
    throw new IllegalArgumentException(
      `${key}: time must be specified as milliseconds (ms), seconds (s), minutes (m or min), hour (h), or day (d). E.g. 50s, 100ms. Was ${value}`,
    )
  return Number(match[1]) * unit
}
