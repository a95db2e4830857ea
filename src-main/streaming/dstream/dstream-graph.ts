// The graph of a context: its streams in the order of creation, its outputs in the order of registration, and their start.
import { requirement } from '../../../src-shared/streaming/exceptions.ts'
import { type Duration, Time } from '../../../src-shared/streaming/time.ts'
import type { GraphDescription } from '../host.ts'
import type { RDD } from '../rdd/rdd.ts'
import { InputDStream } from './input-dstream.ts'
import type { OutputOperation } from './output-operation.ts'
import type { AnyStream } from './stream-definition.ts'
import type { StreamNode } from './stream-node.ts'

export interface GeneratedJob {
  readonly output: OutputOperation
  readonly run: () => Promise<void>
}

export class DStreamGraph {
  readonly streams: AnyStream[] = []
  readonly outputs: OutputOperation[] = []
  zeroTime: Time | undefined
  rememberDuration: Duration | undefined
  batchDuration: Duration | undefined
  /** Ticks between a stateful stream's last batch and this time were left out: it goes on from its last state. */
  #resumedAt = Number.NEGATIVE_INFINITY

  setBatchDuration(duration: Duration): void {
    requirement(this.batchDuration === undefined, `Batch duration already set as ${this.batchDuration}. Cannot set it again.`)
    this.batchDuration = duration
  }

  setRememberDuration(duration: Duration): void {
    requirement(this.rememberDuration === undefined, `Remember duration already set as ${this.rememberDuration}. Cannot set it again.`)
    this.rememberDuration = duration
  }

  /** Returns the stream's id. */
  addStream(stream: AnyStream): number {
    return this.streams.push(stream) - 1
  }

  get inputStreams(): InputDStream<unknown>[] {
    return this.streams.filter((stream) => stream instanceof InputDStream)
  }

  validate(): void {
    requirement(this.batchDuration !== undefined, 'Batch duration has not been set')
    requirement(this.outputs.length > 0, 'No output operations registered, so nothing to execute')
  }

  /** Everything that can be refused is refused here. */
  start(zeroTime: Time): void {
    this.zeroTime = zeroTime
    for (const output of this.outputs) output.stream.initialize(zeroTime)
    for (const { stream } of this.outputs) stream.remember(stream.slideDuration.max(this.rememberDuration ?? stream.slideDuration))
    for (const output of this.outputs) output.stream.validateAtStart()
  }

  generateJobs(time: Time): GeneratedJob[] {
    const jobs: GeneratedJob[] = []
    for (const output of this.outputs) {
      if (!output.stream.isTimeValid(time)) continue
      const run = output.generateJob(time)
      if (run !== undefined) jobs.push({ output, run })
    }
    return jobs
  }

  clearMetadata(time: Time): void {
    for (const stream of this.streams) if (stream.isInitialized) stream.clearMetadata(time)
  }

  /** The longest that any input's RDDs are kept. */
  maxInputRemember(): number {
    return Math.max(0, ...this.inputStreams.map((stream) => stream.rememberDuration?.milliseconds ?? 0))
  }

  /** Says that ticks before `time` were left out. */
  resumeAt(time: Time): void {
    this.#resumedAt = time.milliseconds
  }

  /** The time of the state that the batch of `time` builds on: the slide before, or, after a gap, the last there is. */
  previousStateTime<T>(stream: StreamNode<T>, time: Time, version: number): Time {
    const before = time.minus(stream.slideDuration)
    if (stream.generatedRDDs.has(before.milliseconds)) return before
    const gap = before.milliseconds < this.#resumedAt && time.milliseconds >= this.#resumedAt
    if (!gap) return before
    const last = Math.max(version, stream.generatedRDDs.keys().at(-1) ?? version)
    return last < before.milliseconds && Number.isFinite(last) ? new Time(last) : before
  }

  /** The state RDD that the batch of `time` builds on; undefined when there is none, or when the store already stands there. */
  previousState<T>(stream: StreamNode<T>, time: Time, version: number): RDD<T> | undefined {
    const before = this.previousStateTime(stream, time, version)
    if (before.milliseconds <= version) return undefined
    return stream.generatedRDDs.get(before.milliseconds) ?? stream.getOrCompute(before)
  }

  describe(directInputs: readonly string[]): GraphDescription {
    return {
      batchDurationMs: this.batchDuration?.milliseconds ?? 0,
      operators: this.streams.map((stream) => ({
        id: stream.id,
        name: stream.operation,
        parents: stream.dependencies.map((parent) => parent.id),
        slideMs: stream.slideDuration.milliseconds,
      })),
      outputs: this.outputs.map((output) => ({ outputId: output.outputId, name: output.callSite.method, operatorId: output.stream.id })),
      directInputs,
    }
  }
}
