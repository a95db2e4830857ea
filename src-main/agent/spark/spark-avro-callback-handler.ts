// The sink's side of SparkFlumeProtocol (Spark's SparkAvroCallbackHandler and TransactionProcessor): each getEventBatch is a take transaction that
// stays open until the receiver acknowledges it, refuses it, or says nothing for `timeoutMs`.
import { messageOf } from '../../../src-shared/errors.ts'
import type { Clock } from '../../clock.ts'
import type { Counters } from '../../component/context.ts'
import type { Logger } from '../../log.ts'
import { AvroWriter } from '../avro/avro-binary.ts'
import type { RpcService } from '../avro/rpc-responder.ts'
import type { Channel, Transaction } from '../channel/channel.ts'
import { encodeSparkBatch, errorBatch, type SparkEventBatch, sparkFlumeProtocol } from './spark-flume-protocol.ts'

export interface HandlerOptions {
  /** Begins every sequence number; then comes a counter over all connections. Random for each sink: nothing is remembered across restarts. */
  readonly sequenceBase: string
  readonly channel: Channel
  readonly clock: Clock
  readonly log: Logger
  readonly counters: Counters
  /** Most batches that may wait for their acknowledgement at once; a further getEventBatch waits. */
  readonly threads: number
  readonly timeoutMs: number
  /** Longest wait between looks at an empty channel; a channel that says so earlier is looked at earlier. */
  readonly backOffMs: number
  readonly signal: AbortSignal
}

type Verdict = 'ack' | 'nack' | 'timeout' | 'stopped'

/** Texts as recorded from Spark 2.4.7. */
const nothingTried = 'Tried several times, but did not get any events from the channel!'
const emptyResult = new AvroWriter(1).finish()

export class SparkAvroCallbackHandler {
  readonly #options: HandlerOptions
  readonly #pending = new Map<string, (verdict: Verdict) => Promise<void>>()
  readonly #settling = new Set<Promise<void>>()
  readonly #queue: (() => void)[] = []
  #counter = 0
  #busy = 0

  constructor(options: HandlerOptions) {
    this.#options = options
    options.signal.addEventListener('abort', () => {
      for (const decide of [...this.#pending.values()]) void decide('stopped')
    })
  }

  readonly service: RpcService = {
    protocol: sparkFlumeProtocol,
    call: (name, parameters) => {
      if (name === 'getEventBatch') return this.getEventBatch(parameters.readLong()).then(encodeSparkBatch)
      if (name !== 'ack' && name !== 'nack') return undefined
      const sequenceNumber = parameters.readText()
      return this.decide(sequenceNumber, name).then(() => emptyResult)
    },
  }

  /** Resolves with events, or with a batch that says why there are none. Waits for the first event, not for `n` of them. */
  async getEventBatch(n: number): Promise<SparkEventBatch> {
    const sequenceNumber = `${this.#options.sequenceBase}${++this.#counter}`
    if (n < 0) return errorBatch(`Illegal Capacity: ${n}`)
    if (n === 0) return errorBatch(nothingTried)
    await this.#slot()
    const { channel, signal } = this.#options
    const transaction = channel.transaction()
    transaction.begin()
    try {
      // More than transactionCapacity could never be taken, and Spark's 1,000 is more than a memory channel's default of 100 (rule sparksink-transaction-capacity).
      const events = Math.min(n, channel.transactionCapacity ?? n)
      let taken = await transaction.take({ events, bytes: Number.POSITIVE_INFINITY })
      while (taken === null && !signal.aborted) {
        await this.#whenAvailable()
        taken = await transaction.take({ events, bytes: Number.POSITIVE_INFINITY })
      }
      if (taken === null) throw new Error('Spark sink has been stopped!')
      this.#options.counters.add('EventDrainAttemptCount', taken.count)
      this.#await(sequenceNumber, transaction, taken.count)
      return { errorMessage: '', sequenceNumber, events: taken }
    } catch (error) {
      await transaction.rollback()
      transaction.close()
      this.#release()
      return errorBatch(messageOf(error))
    }
  }

  /** A verdict on a batch. One of an unknown or late number is ignored, as Spark's sink does. Resolves when it has taken effect. */
  async decide(sequenceNumber: string, verdict: 'ack' | 'nack'): Promise<void> {
    await this.#pending.get(sequenceNumber)?.(verdict)
  }

  /** Resolves when every open transaction is committed or rolled back; call it after the signal has aborted. */
  async stopped(): Promise<void> {
    await Promise.all(this.#settling)
  }

  #await(sequenceNumber: string, transaction: Transaction, count: number): void {
    const answered = new AbortController()
    const decide = (verdict: Verdict): Promise<void> => {
      if (!this.#pending.delete(sequenceNumber)) return Promise.resolve()
      answered.abort()
      const settled = this.#settle(transaction, verdict, count).finally(() => this.#settling.delete(settled))
      this.#settling.add(settled)
      return settled
    }
    this.#pending.set(sequenceNumber, decide)
    if (this.#options.signal.aborted) void decide('stopped')
    else void this.#options.clock.sleep(this.#options.timeoutMs, answered.signal).then(() => decide('timeout'))
  }

  async #settle(transaction: Transaction, verdict: Verdict, count: number): Promise<void> {
    const { counters, log, timeoutMs } = this.#options
    try {
      if (verdict === 'ack') {
        await transaction.commit()
        counters.add('EventDrainSuccessCount', count)
        return
      }
      if (verdict === 'timeout')
        log.warn('The receiver did not acknowledge a batch in time; its events go back to the channel.', { events: count, timeoutMs })
      if (verdict === 'nack') log.warn('The receiver refused a batch; its events go back to the channel.', { events: count })
      await transaction.rollback()
    } catch (error) {
      log.error('A batch could not be committed; its events go back to the channel and are sent again.', {
        events: count,
        error: messageOf(error),
      })
      if (transaction.state === 'OPEN') await transaction.rollback()
    } finally {
      transaction.close()
      this.#release()
    }
  }

  async #whenAvailable(): Promise<void> {
    const { channel, clock, backOffMs, signal } = this.#options
    const waited = new AbortController()
    const either = AbortSignal.any([signal, waited.signal])
    await Promise.race([channel.whenAvailable(either), clock.sleep(backOffMs, either)])
    waited.abort()
  }

  async #slot(): Promise<void> {
    if (this.#busy < this.#options.threads) this.#busy++
    else await new Promise<void>((resolve) => this.#queue.push(resolve))
  }

  /** Hands the slot to whoever waits longest. */
  #release(): void {
    const next = this.#queue.shift()
    if (next === undefined) this.#busy--
    else next()
  }
}
