// The program of the article: a receiver that is also a listener gets events from a Flume agent, and every five seconds the batch prints
// their bodies with " world" behind.
//
//   millrace stream examples/article/hello-world.ts --conf examples/article/a1.properties --name a1 --run-agent
//   echo Hello | millrace avro-client -H localhost -p 44444
import {
  type BatchInfo,
  FlumeUtils,
  numRecords,
  Receiver,
  type ReceiverRegistration,
  StorageLevel,
  StreamingContext,
  type StreamingListener,
  seconds,
} from 'millrace'

class MyReceiver extends Receiver<string> implements StreamingListener {
  #registration: ReceiverRegistration | undefined

  constructor() {
    super(StorageLevel.MEMORY_ONLY)
  }

  /** The name is the one that the sink gives as spark.receiverName. Its events leave the channel when they are stored. */
  override async onStart(): Promise<void> {
    this.#registration = await FlumeUtils.registerReceiver('MyReceiver', (events) => this.storeBlock(events.map((event) => event.text())))
  }

  override async onStop(): Promise<void> {
    await this.#registration?.close()
  }

  onBatchCompleted({ batchInfo }: { readonly batchInfo: BatchInfo }): void {
    const records = numRecords(batchInfo)
    if (records > 0) console.error(`MyReceiver: a batch of ${records} records is done.`)
  }
}

const ssc = new StreamingContext({ appName: 'FlumeSparkStreaming', batchDuration: seconds(5) })
const receiver = new MyReceiver()
ssc.addStreamingListener(receiver)
const stream = ssc.receiverStream(receiver)
stream.map((text) => `${text} world`).print()

ssc.start()
await ssc.awaitTermination()
