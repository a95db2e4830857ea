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
  /** Present while nothing but the clock will take what is held. */
  #cancelAlarm: (() => void) | undefined

  constructor(clock: Clock, late: (details: readonly PackedDetails[]) => void) {
    this.#clock = clock
    this.#late = late
  }

  /** Answers what is to go with the batch: nothing yet, or what is held and its own. */
  add(batch: DoneBatch): readonly PackedDetails[] {
    this.#held.push(batch)
    const dueInMs = heldMs - (this.#clock.monotonic() - this.#handedOverAt)
    if (dueInMs <= 0 || batch.failed || this.#held.length >= heldBatches) return this.take()
    // A batch that comes in time takes them along: the two need not meet.
    this.#cancelAlarm ??= this.#clock.alarm(dueInMs + heldMs / 2, () => this.#late(this.take()))
    return []
  }

  /** Everything that is held. */
  take(): readonly PackedDetails[] {
    this.#cancelAlarm?.()
    this.#cancelAlarm = undefined
    this.#handedOverAt = this.#clock.monotonic()
    const held = this.#held
    this.#held = []
    return held.flatMap(({ batchTime, details }) => {
      const text = details()
      return text === undefined ? [] : [{ batchTime, text }]
    })
  }
}
