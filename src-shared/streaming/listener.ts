// StreamingListener: what a streaming context tells about itself. The same events are the engine's internal schema of a run.
import type { BatchInfo, OutputOperationInfo, ReceiverInfo } from './batch-info.ts'

/** One event as data: what crosses from a program's process to the engine. */
export type StreamingListenerEvent =
  | { readonly type: 'StreamingStarted'; readonly time: number }
  | { readonly type: 'ReceiverStarted' | 'ReceiverError' | 'ReceiverStopped'; readonly receiverInfo: ReceiverInfo }
  | { readonly type: 'BatchSubmitted' | 'BatchStarted' | 'BatchCompleted'; readonly batchInfo: BatchInfo }
  | { readonly type: 'OutputOperationStarted' | 'OutputOperationCompleted'; readonly outputOperationInfo: OutputOperationInfo }

/**
 * Callbacks by Spark's names. Per batch: Submitted, Started, (OutputOperationStarted, OutputOperationCompleted)*, Completed.
 * BatchCompleted comes also when outputs failed. A callback that throws is logged; it stops nothing.
 */
export interface StreamingListener {
  onStreamingStarted?(event: { readonly time: number }): void
  onReceiverStarted?(event: { readonly receiverInfo: ReceiverInfo }): void
  onReceiverError?(event: { readonly receiverInfo: ReceiverInfo }): void
  onReceiverStopped?(event: { readonly receiverInfo: ReceiverInfo }): void
  onBatchSubmitted?(event: { readonly batchInfo: BatchInfo }): void
  onBatchStarted?(event: { readonly batchInfo: BatchInfo }): void
  onBatchCompleted?(event: { readonly batchInfo: BatchInfo }): void
  onOutputOperationStarted?(event: { readonly outputOperationInfo: OutputOperationInfo }): void
  onOutputOperationCompleted?(event: { readonly outputOperationInfo: OutputOperationInfo }): void
}

/** Calls the method of `listener` that `event` belongs to. */
export function deliver(event: StreamingListenerEvent, listener: StreamingListener): void {
  const callback = listener[`on${event.type}`] as ((event: StreamingListenerEvent) => void) | undefined
  callback?.call(listener, event)
}
