// The jobs of one batch, and what became of them.
import type { BatchInfo, OutputOperationInfo, StreamInputInfo } from '../../../src-shared/streaming/batch-info.ts'
import type { InputRange } from '../../../src-shared/streaming/batch-record.ts'
import type { OutputOperation } from '../dstream/output-operation.ts'

export interface Job {
  /** Position among the jobs of its batch. */
  readonly outputOpId: number
  readonly output: OutputOperation
  readonly run: () => Promise<void>
  readonly set: JobSet
  startTime?: number
  endTime?: number
  failure?: unknown
  failed?: boolean
}

export class JobSet {
  readonly batchTime: number
  readonly inputInfo: Readonly<Record<number, StreamInputInfo>>
  readonly ranges: readonly InputRange[]
  readonly jobs: readonly Job[]
  submissionTime = 0
  processingStartTime: number | undefined
  processingEndTime: number | undefined

  constructor(
    batchTime: number,
    jobs: readonly { readonly output: OutputOperation; readonly run: () => Promise<void> }[],
    inputInfo: Readonly<Record<number, StreamInputInfo>>,
    ranges: readonly InputRange[],
  ) {
    this.batchTime = batchTime
    this.inputInfo = inputInfo
    this.ranges = ranges
    this.jobs = jobs.map((job, outputOpId) => ({ ...job, outputOpId, set: this }))
  }

  get hasStarted(): boolean {
    return this.processingStartTime !== undefined
  }

  get hasCompleted(): boolean {
    return this.jobs.every((job) => job.endTime !== undefined)
  }

  get failed(): boolean {
    return this.jobs.some((job) => job.failed === true)
  }

  toBatchInfo(): BatchInfo {
    return {
      batchTime: this.batchTime,
      streamIdToInputInfo: this.inputInfo,
      submissionTime: this.submissionTime,
      ...(this.processingStartTime === undefined ? {} : { processingStartTime: this.processingStartTime }),
      ...(this.processingEndTime === undefined ? {} : { processingEndTime: this.processingEndTime }),
      outputOperationInfos: Object.fromEntries(this.jobs.map((job) => [job.outputOpId, toOutputOperationInfo(job)])),
    }
  }
}

export function toOutputOperationInfo(job: Job): OutputOperationInfo {
  return {
    batchTime: job.set.batchTime,
    id: job.outputOpId,
    name: job.output.callSite.short,
    description: job.output.callSite.long,
    ...(job.startTime === undefined ? {} : { startTime: job.startTime }),
    ...(job.endTime === undefined ? {} : { endTime: job.endTime }),
    ...(job.failed === true ? { failureReason: failureText(job.failure) } : {}),
  }
}

/** An error with its stack, and its causes' stacks below it. */
export function failureText(thrown: unknown): string {
  if (!(thrown instanceof Error)) return String(thrown)
  const own = thrown.stack ?? `${thrown.name}: ${thrown.message}`
  return thrown.cause === undefined ? own : `${own}\nCaused by: ${failureText(thrown.cause)}`
}
