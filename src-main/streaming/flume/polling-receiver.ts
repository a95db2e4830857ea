// FlumeUtils.createPollingStream: pulls batches from SparkSinks of Flume agents and acknowledges each when it is stored (Spark's
// FlumePollingReceiver). One Flume batch is one block. A connection that fails is made again, where Spark's fetcher dies (rule
// polling-receiver-goes-on).
import { setTimeout as pause } from 'node:timers/promises'
import { messageOf } from '../../../src-shared/errors.ts'
import { AvroWriter } from '../../agent/avro/avro-binary.ts'
import { RpcClient } from '../../agent/avro/rpc-client.ts'
import { readSparkBatch, sparkFlumeProtocol } from '../../agent/spark/spark-flume-protocol.ts'
import type { StorageLevel } from '../rdd/storage-level.ts'
import { Receiver } from '../receiver/receiver.ts'
import { flumeEvents, type SparkFlumeEvent } from './flume-event.ts'

/** Where a SparkSink listens. */
export interface FlumeAddress {
  readonly host: string
  readonly port: number
}

const connectTimeoutMs = 20_000
const maxAnswerBytes = 1024 * 1024 * 1024
/** After the nth failure in a row. */
const retryAfterMs = (failures: number): number => Math.min(5000, 100 * 2 ** failures)

export class FlumePollingReceiver extends Receiver<SparkFlumeEvent> {
  readonly #addresses: readonly FlumeAddress[]
  readonly #maxBatchSize: number
  #stopping = new AbortController()
  #fetchers: Promise<void>[] = []

  /** `parallelism` fetchers at most; an address that is given several times has several connections. */
  constructor(addresses: readonly FlumeAddress[], storageLevel: StorageLevel, maxBatchSize: number, parallelism: number) {
    super(storageLevel)
    this.#addresses = addresses.slice(0, parallelism)
    this.#maxBatchSize = maxBatchSize
  }

  override onStart(): void {
    this.#stopping = new AbortController()
    this.#fetchers = this.#addresses.map((address) => this.#fetch(address, this.#stopping.signal))
  }

  /** A batch that is being stored is acknowledged first; one that is only waited for goes back in the agent. */
  override async onStop(): Promise<void> {
    this.#stopping.abort()
    await Promise.all(this.#fetchers)
  }

  async #fetch(address: FlumeAddress, signal: AbortSignal): Promise<void> {
    const who = `${address.host}:${address.port}`
    let failures = 0
    while (!signal.aborted) {
      let client: RpcClient | undefined
      try {
        client = await RpcClient.connect({
          ...address,
          protocol: sparkFlumeProtocol,
          who: `FlumePollingReceiver { ${who} }`,
          connectTimeoutMs,
          requestTimeoutMs: Number.POSITIVE_INFINITY,
          maxAnswerBytes,
        })
        for (;;) {
          const problem = await this.#pull(client, signal)
          if (signal.aborted) break
          failures = problem === undefined ? 0 : failures + 1
          if (problem === undefined) continue
          if (failures === 1) this.reportError(`The sink at ${who} answered with an error: ${problem}`)
          await pause(retryAfterMs(failures), undefined, { signal }).catch(() => {})
        }
      } catch (error) {
        if (signal.aborted) return
        failures++
        if (failures === 1) this.reportError(`Lost the sink at ${who}; it is tried again: ${messageOf(error)}`, error)
        await pause(retryAfterMs(failures), undefined, { signal }).catch(() => {})
      } finally {
        client?.close()
      }
    }
  }

  /** One batch: pulled, stored, acknowledged. Answers the sink's error when it sent one instead. Rejects when the connection fails. */
  async #pull(client: RpcClient, signal: AbortSignal): Promise<string | undefined> {
    const waiting = (): void => client.close()
    // A sink with an empty channel answers late or never: only this wait is broken off.
    signal.addEventListener('abort', waiting, { once: true })
    const answer = await client.call('getEventBatch', int(this.#maxBatchSize)).finally(() => signal.removeEventListener('abort', waiting))
    const { errorMessage, sequenceNumber, events } = readSparkBatch(answer)
    if (errorMessage !== '') return errorMessage
    let stored = false
    try {
      if (events.count > 0) await this.storeBlock(flumeEvents(events))
      stored = true
    } catch (error) {
      this.reportError(`A batch of ${events.count} events was not stored and goes back to the sink: ${messageOf(error)}`, error)
    }
    await client.call(stored ? 'ack' : 'nack', text(sequenceNumber))
    return undefined
  }
}

function int(value: number): Uint8Array {
  const writer = new AvroWriter(8)
  writer.writeLong(value)
  return writer.finish()
}

function text(value: string): Uint8Array {
  const writer = new AvroWriter(64)
  writer.writeText(value)
  return writer.finish()
}
