// An event that was set aside, and what is known of why.
import type { EventBatch } from '../../../src-shared/event/event-batch.ts'

export interface DeadLetter {
  /** One event. */
  readonly event: EventBatch
  /** The sink that could not deliver it; the first of a group. */
  readonly sink: string
  /** The channel that it comes from. */
  readonly channel: string
  /** Durable channels: its ordinal there. */
  readonly ordinal?: number
  /** What the last attempt failed with. */
  readonly error: string
  readonly attempts: number
  /** Ms since 1970. */
  readonly time: number
}

/** Where they go. */
export interface DeadLetterBox {
  /** Ends the sentence "… set aside in". */
  readonly place: string
  /** How many lie there, those of earlier runs too; undefined when it cannot say. */
  waiting(): Promise<number | undefined>
  /** Resolves when the event is where it would survive the end of this process (a file: on the disk). */
  put(letter: DeadLetter): Promise<void>
}
