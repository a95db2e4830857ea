// JobScheduler: runs the jobs of batches, first come first served, `concurrentJobs` at a time; tells listeners and the host.

import { messageOf } from '../../../src-shared/errors.ts'
import type { BatchHead, ErrorRecord, InputRange, InputRecord, OutputRecord } from '../../../src-shared/streaming/batch-record.ts'
import type { StreamingListenerEvent } from '../../../src-shared/streaming/listener.ts'
import { packDetails } from '../../../src-shared/streaming/packed-details.ts'
import { AscendingMap } from '../ascending-map.ts'
import { culpritOf } from '../rdd/task.ts'
import type { StreamingContext } from '../streaming-context.ts'
import { sampleOf } from './batch-recording.ts'
import { failureText, type Job, JobSet, toOutputOperationInfo } from './job-set.ts'

export class JobScheduler {
  readonly #context: StreamingContext
  readonly #queue: Job[] = []
  /** Batches that wait or run, by batch time. */
  readonly #jobSets = new AscendingMap<JobSet>()
  #running = 0
  #stopped = false
  #waiters: (() => void)[] = []

  constructor(context: StreamingContext) {
    this.#context = context
  }

  /** Batches that wait or run. */
  get pendingBatches(): number {
    return this.#jobSets.size
  }

  /** Resolves when at most `count` batches wait or run, or `signal` is aborted. */
  async untilPending(count: number, signal?: AbortSignal): Promise<void> {
    while (this.#jobSets.size > count && !this.#stopped && signal?.aborted !== true) {
      await new Promise<void>((resolve) => {
        const wake = (): void => {
          signal?.removeEventListener('abort', wake)
          resolve()
        }
        this.#waiters.push(wake)
        signal?.addEventListener('abort', wake)
      })
    }
  }

  /** Takes a batch over. One without jobs is done at once and invisible to listeners. */
  async submit(jobSet: JobSet): Promise<void> {
    const { host } = this.#context
    if (jobSet.jobs.length === 0) {
      host.log.info('No jobs added for batch.', { batchTime: jobSet.batchTime })
      if (jobSet.ranges.length > 0) await this.#complete(jobSet, [])
      return
    }
    jobSet.submissionTime = host.clock.now()
    this.#post({ type: 'BatchSubmitted', batchInfo: jobSet.toBatchInfo() })
    this.#jobSets.set(jobSet.batchTime, jobSet)
    this.#queue.push(...jobSet.jobs)
    this.#fill()
  }

  /** A batch whose jobs could not be made: nothing of it runs. */
  async failGeneration(batchTime: number, ranges: readonly InputRange[], thrown: unknown): Promise<void> {
    const jobSet = new JobSet(batchTime, [], this.#context.inputInfo.infoOf(batchTime), ranges)
    jobSet.submissionTime = this.#context.host.clock.now()
    await this.#complete(jobSet, [errorRecord(thrown, undefined, this.#context)])
  }

  #fill(): void {
    while (!this.#stopped && this.#running < this.#context.settings.concurrentJobs) {
      const job = this.#queue.shift()
      if (job === undefined) return
      this.#running += 1
      void this.#run(job).finally(() => {
        this.#running -= 1
        this.#fill()
      })
    }
  }

  async #run(job: Job): Promise<void> {
    const { host } = this.#context
    const { set } = job
    // Timers, sockets and signals get their turn between jobs.
    await new Promise((resolve) => setImmediate(resolve))
    if (!set.hasStarted) {
      set.processingStartTime = host.clock.now()
      this.#post({ type: 'BatchStarted', batchInfo: set.toBatchInfo() })
    }
    job.startTime = host.clock.now()
    this.#post({ type: 'OutputOperationStarted', outputOperationInfo: toOutputOperationInfo(job) })
    try {
      await this.#context.sparkContext.properties.run(propertiesOf(job), job.run)
      await host.onOutputDone?.(set.batchTime, job.output.outputId)
    } catch (thrown) {
      job.failed = true
      job.failure = thrown
    }
    job.endTime = host.clock.now()
    this.#post({ type: 'OutputOperationCompleted', outputOperationInfo: toOutputOperationInfo(job) })
    if (job.failed === true) this.#context.reportError(`Error running job streaming job ${set.batchTime} ms.${job.outputOpId}`, job.failure)
    if (set.hasCompleted) await this.#finish(set)
  }

  async #finish(set: JobSet): Promise<void> {
    const { host } = this.#context
    set.processingEndTime = host.clock.now()
    const errors = set.jobs.filter((job) => job.failed === true).map((job) => errorRecord(job.failure, job, this.#context))
    this.#post({ type: 'BatchCompleted', batchInfo: set.toBatchInfo() })
    await this.#complete(set, errors)
    this.#jobSets.delete(set.batchTime)
    const waiters = this.#waiters
    this.#waiters = []
    for (const wake of waiters) wake()
  }

  async #complete(set: JobSet, errors: readonly ErrorRecord[]): Promise<void> {
    const context = this.#context
    const { host } = context
    try {
      if (host.onBatchCompleted !== undefined) {
        const inputs = this.#inputs(set)
        const record = this.#record(set, inputs, errors)
        const written = record.outputs.map(({ wrote }) => wrote)
        const recorded = context.recordings?.take(set.batchTime, context.graph.streams, inputs)
        await host.onBatchCompleted(set.batchTime, record, {
          operators: () => recorded?.records() ?? [],
          details: () => packDetails(recorded?.details() ?? [], written),
          succeeded: errors.length === 0,
          oldestNeeded: set.batchTime - context.graph.maxInputRemember(),
          states: context.stateStores,
        })
      }
    } catch (thrown) {
      context.reportError(`Error completing batch ${set.batchTime} ms`, thrown)
    }
    context.recordings?.forget(set.batchTime)
    context.onBatchCompletion(set.batchTime)
  }

  #inputs(set: JobSet): InputRecord[] {
    return this.#context.graph.inputStreams.flatMap((stream) => {
      const info = set.inputInfo[stream.inputId]
      const range = set.ranges.find((candidate) => candidate.input === stream.directInputName)
      if (info === undefined && range === undefined) return []
      const description = info?.metadata?.['Description']
      return [
        {
          streamId: stream.inputId,
          operatorId: stream.id,
          name: stream.displayName,
          records: info?.numRecords ?? range?.records ?? 0,
          ...(range === undefined ? {} : { range }),
          ...(typeof description === 'string' ? { description } : {}),
        },
      ]
    })
  }

  #record(set: JobSet, inputs: readonly InputRecord[], errors: readonly ErrorRecord[]): BatchHead {
    const { host, graph } = this.#context
    const rejected = graph.streams.flatMap(({ id, callSite, rejections }) =>
      (rejections?.take(set.batchTime) ?? []).map((each) => ({ operatorId: id, operator: callSite.short, ...each })),
    )
    const alerts = set.jobs.flatMap((job) => this.#context.written.takeAlerts(set.batchTime, job.output.outputId) ?? [])
    return {
      batchTime: set.batchTime,
      status: errors.length > 0 ? 'failed' : 'completed',
      programVersion: host.programVersion,
      submissionTime: set.submissionTime,
      ...(set.processingStartTime === undefined ? {} : { processingStartTime: set.processingStartTime }),
      ...(set.processingEndTime === undefined ? {} : { processingEndTime: set.processingEndTime }),
      inputs,
      outputs: set.jobs.map((job) => this.#outputRecord(job)),
      errors,
      ...(rejected.length > 0 && { rejected }),
      ...(alerts.length > 0 && { alerts }),
    }
  }

  #outputRecord(job: Job): OutputRecord {
    return {
      id: job.outputOpId,
      outputId: job.output.outputId,
      operatorId: job.output.stream.id,
      name: job.output.callSite.short,
      description: job.output.callSite.long,
      status: job.failed === true ? 'failed' : 'succeeded',
      ...(job.startTime === undefined ? {} : { startTime: job.startTime }),
      ...(job.endTime === undefined ? {} : { endTime: job.endTime }),
      wrote: this.#context.written.take(job.set.batchTime, job.output.outputId),
    }
  }

  #post(event: StreamingListenerEvent): void {
    this.#context.post(event)
  }

  /** Jobs that have not begun are dropped; those that run come to their end by themselves. */
  stop(): void {
    this.#stopped = true
    this.#queue.length = 0
    for (const wake of this.#waiters) wake()
  }
}

/** What Spark gives the jobs of a batch. */
function propertiesOf({ set, outputOpId }: Job): Record<string, string> {
  const time = new Date(set.batchTime).toTimeString().slice(0, 8)
  return {
    'spark.job.description': `Streaming job from <a href="/streaming/batch/?id=${set.batchTime}">[output operation ${outputOpId}, batch time ${time}]</a>`,
    'spark.streaming.internal.batchTime': String(set.batchTime),
    'spark.streaming.internal.outputOpId': String(outputOpId),
  }
}

function errorRecord(thrown: unknown, job: Job | undefined, context: StreamingContext): ErrorRecord {
  const culprit = culpritOf(thrown)
  const operator = culprit?.operatorId === undefined ? undefined : context.graph.streams[culprit.operatorId]
  return {
    ...(job === undefined ? {} : { outputId: job.output.outputId }),
    ...(operator === undefined ? {} : { operatorId: operator.id, operator: operator.callSite.short }),
    message: messageOf(thrown),
    stack: failureText(thrown),
    ...(culprit === undefined ? {} : { record: sampleOf(culprit.record, 4096, culprit.origin) }),
  }
}
