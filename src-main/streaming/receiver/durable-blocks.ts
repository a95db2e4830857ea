// Brings the blocks of single records into their receiver's log, one after the other. A log that refuses (a full disk) is tried again until
// it takes the block or the receiver is stopped; meanwhile the receiver is made to wait.
import { messageOf } from '../../../src-shared/errors.ts'
import type { Clock } from '../../clock.ts'
import type { ReceiverLog } from '../host.ts'
import type { Block } from './block-generator.ts'

export interface DurableBlocksOptions {
  readonly log: ReceiverLog
  readonly clock: Clock
  /** Blocks that may wait. */
  readonly queueSize: number
  /** Aborts when nothing is tried again any more. */
  readonly ended: AbortSignal
  /** The log refuses; said once until it takes a block again. */
  readonly troubled: (error: unknown) => void
  /** Given up: these records are nowhere. */
  readonly lost: (records: number, reason: string) => void
}

const retryMs = 1000

export class DurableBlocks {
  readonly #options: DurableBlocksOptions
  #waiting = 0
  #chain: Promise<void> = Promise.resolve()
  #room: PromiseWithResolvers<void> | undefined
  #troubled = false

  constructor(options: DurableBlocksOptions) {
    this.#options = options
  }

  push(block: Block): void {
    this.#waiting += 1
    this.#chain = this.#chain.then(() => this.#store(block))
  }

  /** Resolves when another block may come; undefined: it may. */
  full(): Promise<void> | undefined {
    if (this.#waiting < this.#options.queueSize) return undefined
    this.#room ??= Promise.withResolvers()
    return this.#room.promise
  }

  /** Resolves when every block that was pushed is durable, or given up. */
  settled(): Promise<void> {
    return this.#chain
  }

  async #store(block: Block): Promise<void> {
    const { log, clock, ended, troubled, lost } = this.#options
    for (;;) {
      try {
        await log.append(block.records)
        this.#troubled = false
        break
      } catch (error) {
        if (!this.#troubled) troubled(error)
        this.#troubled = true
        if (ended.aborted) {
          lost(block.records.length, messageOf(error))
          break
        }
        await clock.sleep(retryMs, ended)
      }
    }
    this.#waiting -= 1
    this.#room?.resolve()
    this.#room = undefined
  }
}
