// The details of batches on their way to the engine: a batch that follows another closely keeps its own for a moment, so that those of
// several are made, and handed over, in one go. Made one by one at intervals of some ms they would cost as much as the batches do. A process
// that is killed loses what it holds, and no more than that: the batches' records are with the engine, without operators.
import type { PackedDetails } from '../../../src-shared/streaming/packed-record.ts'
import type { Clock } from '../../clock.ts'

/** How long details are held at most. */
const heldMs = 100
/** Of how many batches: what was recorded of them stays in memory until their details are made. */
const heldBatches = 20

/** A batch that is done, and what makes its details. */
interface DoneBatch {
  readonly batchTime: number
  readonly failed: boolean
  details(): string | undefined
}

/** See file. `late` gets what no later batch came for to take along. */
export class HeldDetails {
  readonly #clock: Clock
  readonly #late: (details: readonly PackedDetails[]) => void
  #held: DoneBatch[] = []
  #handedOverAt = Number.NEGATIVE_INFINITY
  #waiting: AbortController | undefined

  constructor(clock: Clock, late: (details: readonly PackedDetails[]) => void) {
    this.#clock = clock
    this.#late = late
  }

  /** Answers what is to go with the batch: nothing yet, or what is held and its own. */
  add(batch: DoneBatch): readonly PackedDetails[] {
    this.#held.push(batch)
    const dueInMs = heldMs - (this.#clock.monotonic() - this.#handedOverAt)
    if (dueInMs <= 0 || batch.failed || this.#held.length >= heldBatches) return this.take()
    this.#takeIn(dueInMs)
    return []
  }

  /** Everything that is held. */
  take(): readonly PackedDetails[] {
    // With a reason of its own: the one that abort() makes takes a stack trace, ten times a second.
    this.#waiting?.abort('handed over')
    this.#waiting = undefined
    this.#handedOverAt = this.#clock.monotonic()
    const held = this.#held
    this.#held = []
    return held.flatMap(({ batchTime, details }) => {
      const text = details()
      return text === undefined ? [] : [{ batchTime, text }]
    })
  }

  #takeIn(dueInMs: number): void {
    if (this.#waiting !== undefined) return
    const waiting = new AbortController()
    this.#waiting = waiting
    // A batch that comes in time takes them along: the two need not meet.
    void this.#clock.sleep(dueInMs + heldMs / 2, waiting.signal).then(() => {
      if (!waiting.signal.aborted) this.#late(this.take())
    })
  }
}
