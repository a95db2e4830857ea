// FlumeUtils, as in spark-streaming-flume: streams of what Flume agents send. And registerReceiver, for sinks that know a receiver by name.
import { IllegalArgumentException } from '../../../src-shared/streaming/exceptions.ts'
import { StorageLevel } from '../rdd/storage-level.ts'
import { ReceiverInputDStream } from '../receiver/receiver-input-dstream.ts'
import type { StreamingContext } from '../streaming-context.ts'
import type { SparkFlumeEvent } from './flume-event.ts'
import { registerReceiver } from './named-receiver.ts'
import { type FlumeAddress, FlumePollingReceiver } from './polling-receiver.ts'
import { FlumeReceiver } from './push-receiver.ts'

/** Spark's DEFAULT_POLLING_BATCH_SIZE and DEFAULT_POLLING_PARALLELISM. */
const pollingBatchSize = 1000
const pollingParallelism = 5

export const FlumeUtils = {
  /** An Avro server on `host:port`, to which avro sinks push. `enableDecompression`: the sinks have compression-type = deflate. */
  createStream(
    ssc: StreamingContext,
    host: string,
    port: number,
    storageLevel: StorageLevel = StorageLevel.MEMORY_AND_DISK_SER_2,
    enableDecompression = false,
  ): ReceiverInputDStream<SparkFlumeEvent> {
    const receiver = new FlumeReceiver(host, port, storageLevel, enableDecompression)
    return new ReceiverInputDStream(ssc, receiver, 'createStream', 'FlumeInputDStream')
  },

  /** Pulls from the SparkSinks at `addresses`, `maxBatchSize` events at a time, over `parallelism` connections at most. */
  createPollingStream(
    ssc: StreamingContext,
    addresses: readonly FlumeAddress[],
    storageLevel: StorageLevel = StorageLevel.MEMORY_AND_DISK_SER_2,
    maxBatchSize = pollingBatchSize,
    parallelism = pollingParallelism,
  ): ReceiverInputDStream<SparkFlumeEvent> {
    if (addresses.length === 0) throw new IllegalArgumentException('createPollingStream needs the address of at least one SparkSink.')
    if (!(maxBatchSize >= 1) || !(parallelism >= 1))
      throw new IllegalArgumentException(`maxBatchSize and parallelism must be at least 1, and are ${maxBatchSize} and ${parallelism}.`)
    const receiver = new FlumePollingReceiver(addresses, storageLevel, maxBatchSize, parallelism)
    return new ReceiverInputDStream(ssc, receiver, 'createPollingStream', 'FlumePollingInputDStream')
  },

  registerReceiver,
} as const
