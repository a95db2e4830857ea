// The public API of stream programs: what `import … from 'millrace'` gives.

export type { BatchInfo, OutputOperationInfo, ReceiverInfo, StreamInputInfo } from '../../src-shared/streaming/batch-info.ts'
export { numRecords, processingDelay, schedulingDelay, totalDelay } from '../../src-shared/streaming/batch-info.ts'
export {
  IllegalArgumentException,
  IllegalStateException,
  NoSuchElementException,
  SparkException,
  SparkUnsupportedOperationException,
  StreamingException,
  UnsupportedOperationException,
} from '../../src-shared/streaming/exceptions.ts'
export type { StreamingListener, StreamingListenerEvent } from '../../src-shared/streaming/listener.ts'
export {
  type BooleanExpr,
  type Expr,
  literal,
  type NumberExpr,
  type TextExpr,
  type TimeExpr,
} from '../../src-shared/streaming/structured/build-expression.ts'
export type { Operator, Plan } from '../../src-shared/streaming/structured/plan.ts'
export { parsePlan, planText } from '../../src-shared/streaming/structured/plan-text.ts'
export { Duration, Interval, milliseconds, minutes, seconds, Time } from '../../src-shared/streaming/time.ts'
export { ChannelEvent, DirectInputDStream } from './dstream/direct-input-dstream.ts'
export { DStream } from './dstream/dstream.ts'
export { InputDStream } from './dstream/input-dstream.ts'
export type { MapWithStateDStream } from './dstream/map-with-state.ts'
export { ConstantInputDStream } from './dstream/memory-streams.ts'
export { State } from './dstream/state.ts'
export { StateSpec } from './dstream/state-spec.ts'
export { type AvroFlumeEvent, SparkFlumeEvent } from './flume/flume-event.ts'
export { FlumeUtils } from './flume/flume-utils.ts'
export type { ReceiverRegistration } from './flume/named-receiver.ts'
export type { FlumeAddress } from './flume/polling-receiver.ts'
export { AccumulatorV2 } from './rdd/accumulator.ts'
export { Broadcast } from './rdd/broadcast.ts'
export { CollectionAccumulator } from './rdd/collection-accumulator.ts'
export type { HadoopOutputFormat, SequenceFileOutputFormat, TextOutputFormat } from './rdd/hadoop-file.ts'
export { DoubleAccumulator, LongAccumulator } from './rdd/number-accumulators.ts'
export { encodeObjects } from './rdd/object-format.ts'
export { BoundedDouble, PartialResult } from './rdd/partial-result.ts'
export { HashPartitioner, type Partitioner, RangePartitioner } from './rdd/partitioner.ts'
export { RDD } from './rdd/rdd.ts'
export { SparkContext } from './rdd/spark-context.ts'
export { StorageLevel } from './rdd/storage-level.ts'
export { CompactBuffer, Double, GroupBuffer, List, None, type Option, Some, show, some, Vector } from './rdd/value.ts'
export { Receiver } from './receiver/receiver.ts'
export { StatsReportListener } from './scheduler/stats-report-listener.ts'
export { StreamingContext, type StreamingContextOptions, type StreamingContextState } from './streaming-context.ts'
export { avg, count, distinct, max, min, percentile, sum } from './structured/aggregates.ts'
export { StructuredBatch, StructuredStream, structured } from './structured/structured-stream.ts'
