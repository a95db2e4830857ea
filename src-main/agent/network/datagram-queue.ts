// Datagrams that wait for the channel: bounded, because UDP has no way to hold a sender back. What comes beyond is lost, and counted.

import { messageOf } from '../../../src-shared/errors.ts'
import { batchOf } from '../../../src-shared/event/build-batch.ts'
import type { FlumeEvent } from '../../../src-shared/event/event-batch.ts'
import { int } from '../../../src-shared/spec/property.ts'
import type { SourceContext } from '../../component/context.ts'
import { isInterceptorFailure } from '../interceptor/interceptor-chain.ts'

/** Keys of every source that takes datagrams. */
export const datagramLimitProperties = {
  maxBufferedBytes: int()
    .min(65_536)
    .default(64 * 1024 * 1024)
    .unit('bytes')
    .extension()
    .describe('Of datagrams that wait for the channel. Beyond it the newest is dropped, and counted.'),
}

/** What a waiting datagram costs beside its bytes. */
const overheadBytes = 300

/** Bytes of a datagram that Flume reads: what Netty makes room for. */
const flumeReads = 2048

interface Waiting {
  readonly datagram: Buffer
  readonly address: string
  readonly port: number
}

export interface DatagramQueueOptions {
  readonly maxBufferedBytes: number
  /** The event of a datagram, made when its turn has come. */
  readonly eventOf: (datagram: Buffer, address: string, port: number) => FlumeEvent | Promise<FlumeEvent>
  /** Counted when the channel refuses a transaction. */
  readonly refusedCounter?: string
}

export class DatagramQueue {
  readonly #options: DatagramQueueOptions
  readonly #context: SourceContext
  #waiting: Waiting[] = []
  #bytes = 0
  #delivering: Promise<void> | undefined

  constructor(options: DatagramQueueOptions, context: SourceContext) {
    this.#options = options
    this.#context = context
  }

  add(datagram: Buffer, address: string, port: number): void {
    const { counters } = this.#context
    counters.add('EventReceivedCount', 1)
    if (this.#bytes + datagram.length + overheadBytes > this.#options.maxBufferedBytes) {
      counters.drop(1, 'came faster than the channel takes events', false)
      return
    }
    if (datagram.length > flumeReads) this.#context.departs('udp-datagrams-whole')
    this.#bytes += datagram.length + overheadBytes
    this.#waiting.push({ datagram, address, port })
    this.#delivering ??= this.#deliver()
  }

  /** Resolves when nothing waits any more. */
  async settled(): Promise<void> {
    await this.#delivering
  }

  async #deliver(): Promise<void> {
    const { channelProcessor } = this.#context
    const { eventOf } = this.#options
    while (this.#waiting.length > 0) {
      const some = this.#waiting.splice(0, channelProcessor.batchRoom('events'))
      const events: FlumeEvent[] = []
      for (const { address, datagram, port } of some) {
        const made = eventOf(datagram, address, port)
        events.push(made instanceof Promise ? await made : made)
      }
      const taken = await this.#store(events)
      for (const { datagram } of some) this.#bytes -= datagram.length + overheadBytes
      if (!taken && this.#context.signal.aborted) this.#giveUp()
    }
    this.#delivering = undefined
  }

  /** A stop waits for what the channel takes; not, for each transaction anew, for a channel that takes nothing. */
  #giveUp(): void {
    this.#context.counters.drop(this.#waiting.length, 'stopped while the channel took no events', false)
    this.#waiting = []
    this.#bytes = 0
  }

  /** False when the channel refused them. */
  async #store(events: readonly FlumeEvent[]): Promise<boolean> {
    const { channelProcessor, counters, departs, log } = this.#context
    const { refusedCounter } = this.#options
    try {
      await channelProcessor.processEventBatch(batchOf(events))
      counters.add('EventAcceptedCount', events.length)
      return true
    } catch (error) {
      const failed = isInterceptorFailure(error)
      if (failed) departs('interceptor-failure-spares-the-rest')
      if (failed && events.length > 1) {
        let taken = true
        for (const event of events) taken = (await this.#store([event])) && taken
        return taken
      }
      if (refusedCounter !== undefined && !failed) counters.add(refusedCounter, 1)
      counters.drop(events.length, failed ? 'an interceptor failed' : 'refused by a channel; a datagram cannot be asked for again', false)
      log.warn(`${events.length} datagrams are lost: ${messageOf(error)}`)
      return failed
    }
  }
}
