// What is known of one batch while it waits, runs and after: Spark's BatchInfo and its parts, as plain data that crosses processes.
// This is the only place where a delay is computed. Times in ms since 1970; durations in ms.

/** What one input stream gave to a batch. `metadata.Description` is shown on the batch's page. */
export interface StreamInputInfo {
  readonly inputStreamId: number
  readonly numRecords: number
  readonly metadata?: Readonly<Record<string, unknown>>
}

/** One output operation's job in one batch. `id` is its position among the jobs of this batch (Spark numbers them so). */
export interface OutputOperationInfo {
  readonly batchTime: number
  readonly id: number
  /** Short call site: `print at app.ts:12`. */
  readonly name: string
  /** Long call site: the program's stack frames. */
  readonly description: string
  readonly startTime?: number
  readonly endTime?: number
  readonly failureReason?: string
}

/** One batch. What has not come yet is absent: `processingStartTime` before its first job, `processingEndTime` before its last has ended. */
export interface BatchInfo {
  readonly batchTime: number
  /** By the id of the input stream, from 0. */
  readonly streamIdToInputInfo: Readonly<Record<number, StreamInputInfo>>
  /** When its jobs had been made and began to wait. */
  readonly submissionTime: number
  readonly processingStartTime?: number
  readonly processingEndTime?: number
  /** By OutputOperationInfo.id. */
  readonly outputOperationInfos: Readonly<Record<number, OutputOperationInfo>>
}

/** One receiver, as its last event left it. */
export interface ReceiverInfo {
  readonly streamId: number
  /** `<class>-<streamId>`. */
  readonly name: string
  readonly active: boolean
  readonly location: string
  readonly executorId: string
  readonly lastErrorMessage: string
  readonly lastError: string
  /** -1 when there was none. */
  readonly lastErrorTime: number
}

/** From submission to the start of the first job; undefined before that. */
export function schedulingDelay(info: BatchInfo): number | undefined {
  return info.processingStartTime === undefined ? undefined : info.processingStartTime - info.submissionTime
}

/** From the start of the first job to the end of the last. */
export function processingDelay(info: BatchInfo): number | undefined {
  if (info.processingStartTime === undefined || info.processingEndTime === undefined) return undefined
  return info.processingEndTime - info.processingStartTime
}

/** Scheduling delay and processing delay: from submission to the end (Spark counts from submission, not from the batch time). */
export function totalDelay(info: BatchInfo): number | undefined {
  const scheduling = schedulingDelay(info)
  const processing = processingDelay(info)
  return scheduling === undefined || processing === undefined ? undefined : scheduling + processing
}

/** Records of all inputs of the batch. */
export function numRecords(info: BatchInfo): number {
  let sum = 0
  for (const input of Object.values(info.streamIdToInputInfo)) sum += input.numRecords
  return sum
}

/** End minus start of an output operation; undefined while it has not ended. */
export function operationDuration(info: OutputOperationInfo): number | undefined {
  return info.startTime === undefined || info.endTime === undefined ? undefined : info.endTime - info.startTime
}
