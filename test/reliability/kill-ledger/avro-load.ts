// Clients that send numbered events to an Avro source without end, each batch again until its answer is OK.
import { setTimeout as pause } from 'node:timers/promises'
import { FlumeClient } from '../../../src-main/agent/avro/flume-client.ts'
import { messageOf } from '../../../src-shared/errors.ts'
import { batchOf } from '../../../src-shared/event/build-batch.ts'
import type { Random } from '../../driver/random.ts'
import type { RouteTally } from './tally.ts'

export interface AvroLoadOptions {
  readonly port: number
  readonly clients: number
  readonly random: Random
  readonly tally: RouteTally
  readonly lineOf: (number: number) => string
}

export class AvroLoad {
  readonly #options: AvroLoadOptions
  readonly #running: Promise<void>[]
  #next = 0
  #stopping = false
  /** Transactions answered OK, and FAILED (a channel refused; nothing was stored). */
  readonly answers = { ok: 0, failed: 0 }

  constructor(options: AvroLoadOptions) {
    this.#options = options
    this.#running = Array.from({ length: options.clients }, () => this.#client())
  }

  /** Resolves when the batches under way are answered OK. */
  async stop(): Promise<void> {
    this.#stopping = true
    await Promise.all(this.#running)
  }

  async #client(): Promise<void> {
    const { random } = this.#options
    let connection: FlumeClient | undefined
    while (!this.#stopping) {
      const first = this.#next
      const count = 1 + random.below(random.chance(0.05) ? 1000 : 100)
      this.#next += count
      this.#options.tally.sent(count)
      connection = await this.#until(connection, first, count)
      await pause(5 + random.below(30))
    }
    connection?.close()
  }

  async #until(open: FlumeClient | undefined, first: number, count: number): Promise<FlumeClient> {
    const { lineOf, port, tally } = this.#options
    const numbers = Array.from({ length: count }, (_, index) => first + index)
    const batch = batchOf(numbers.map((number) => ({ headers: { number: `${number}` }, body: Buffer.from(lineOf(number)) })))
    let connection = open
    for (;;) {
      if (connection?.active !== true) {
        connection = await FlumeClient.connect({ host: '127.0.0.1', port, connectTimeoutMs: 5000, requestTimeoutMs: 60_000 }).catch(
          () => undefined,
        )
        if (connection === undefined) {
          await pause(20)
          continue
        }
      }
      try {
        await connection.appendBatch(batch)
        this.answers.ok++
        return connection
      } catch (error) {
        connection = undefined
        if (/returned Status: FAILED/.test(messageOf(error))) this.answers.failed++
        else tally.unanswered(numbers)
        await pause(20)
      }
    }
  }
}
