// FlumeUtils.createStream: an Avro server to which a Flume avro sink pushes (Spark's FlumeReceiver).

import { messageOf } from '../../../src-shared/errors.ts'
import type { EventBatch } from '../../../src-shared/event/event-batch.ts'
import { rpcServer } from '../../agent/avro/rpc-server.ts'
import { sourceService } from '../../agent/avro/source-service.ts'
import { defaultLimits } from '../../agent/network/limits.ts'
import type { SocketServer } from '../../agent/network/socket-server.ts'
import { systemClock } from '../../clock.ts'
import type { StorageLevel } from '../rdd/storage-level.ts'
import { Receiver } from '../receiver/receiver.ts'
import { flumeEvents, type SparkFlumeEvent } from './flume-event.ts'

const maxMessageBytes = 256 * 1024 * 1024

/**
 * Answers OK when every event of a request was let in: a rate limit makes the sink wait, and may make it send again (Spark has the same).
 * With a write-ahead log a request is one block, and OK means that it is durable (rule push-receiver-durable).
 */
export class FlumeReceiver extends Receiver<SparkFlumeEvent> {
  readonly #host: string
  readonly #port: number
  readonly #decompress: boolean
  #server: SocketServer | undefined

  constructor(host: string, port: number, storageLevel: StorageLevel, decompress: boolean) {
    super(storageLevel)
    this.#host = host
    this.#port = port
    this.#decompress = decompress
  }

  override async onStart(): Promise<void> {
    const server = rpcServer({
      host: this.#host,
      port: this.#port,
      deflate: this.#decompress,
      maxMessageBytes,
      limits: defaultLimits,
      clock: systemClock,
      maxInFlight: 1,
      service: sourceService(async (batch) => {
        try {
          if (this.isDurable) await this.storeBlock(flumeEvents(batch))
          else await this.#letIn(batch)
          return 'OK'
        } catch (error) {
          this.reportError(`A batch of ${batch.count} events was not stored; its sender has to send it again: ${messageOf(error)}`, error)
          return 'FAILED'
        }
      }, defaultLimits),
    })
    await server.listen()
    this.#server = server
  }

  async #letIn(batch: EventBatch): Promise<void> {
    for (const event of flumeEvents(batch)) {
      const waits = this.store(event)
      if (waits !== undefined) await waits
    }
  }

  override async onStop(): Promise<void> {
    await this.#server?.close()
    this.#server = undefined
  }
}
