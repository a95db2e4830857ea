// Output operations: what makes a stream run. Each gives one job per batch in which its stream has an RDD.
import type { Time } from '../../../src-shared/streaming/time.ts'
import type { OutputKey } from '../output-context.ts'
import type { CallSite } from '../rdd/call-site.ts'
import type { RDD } from '../rdd/rdd.ts'
import type { DStream } from './dstream.ts'
import { type AnyStream, anyStream } from './stream-definition.ts'

export type OutputFunction<T> = (rdd: RDD<T>, time: Time, key: OutputKey) => void | Promise<void>

export interface OutputOperation {
  /** Position in the order of registration. */
  readonly outputId: number
  readonly stream: AnyStream
  readonly callSite: CallSite
  /** The job of a batch time; undefined when the stream has no RDD then. Throws what making the RDD throws. */
  generateJob(time: Time): (() => Promise<void>) | undefined
}

export function registerOutput<T>(stream: DStream<T>, operation: string, f: OutputFunction<T>): void {
  const { context } = stream
  context.checkMayChange()
  const callSite = context.sparkContext.callSite(operation)
  const outputId = context.graph.outputs.length
  context.graph.outputs.push({
    outputId,
    stream: anyStream(stream),
    callSite,
    generateJob(time) {
      const rdd = stream.getOrCompute(time)
      if (rdd === undefined) return undefined
      return async () => {
        await f(rdd, time, { batchTime: time.milliseconds, outputId })
      }
    },
  })
}

/** `prefix-<time>.suffix`: the directory of one batch, named as Spark names those of saveAsTextFiles. */
export function batchDirectory(prefix: string, suffix: string, time: Time): string {
  const name = prefix === '' ? String(time.milliseconds) : `${prefix}-${time.milliseconds}`
  return suffix === '' ? name : `${name}.${suffix}`
}
