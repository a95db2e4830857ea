// Which record that was read the loop is busy with. Narrow operators run inside the push of their source's record, so what any of them
// yields meanwhile was made of that record; what comes out of a shuffle, a cache or a window is pushed later, was made of records that are
// gone, and has no origin. Nothing is kept per record but its number.
import { type NumberedBatch, originAt } from '../../../src-shared/event/event-batch.ts'
import type { RecordOrigin } from '../../../src-shared/streaming/batch-record.ts'

/** Where the record of that number came from, when that is known. */
export type OriginOf = (index: number) => RecordOrigin | undefined

/** What a source's loop moves before each push. */
export interface Place {
  index: number
}

interface Hand extends Place {
  readonly originOf: OriginOf
  /** What was asked for last: operators one behind the other ask for the same. */
  known?: { readonly index: number; readonly origin: RecordOrigin | undefined }
}

let hand: Hand | undefined

/** Runs a source's loop, which says in the place it is given where it is. Loops may lie within one another. */
export function eachAtHand(originOf: OriginOf, loop: (place: Place) => void): void {
  const outer = hand
  hand = { originOf, index: 0 }
  try {
    loop(hand)
  } finally {
    hand = outer
  }
}

/** Where a record that is yielded now came from; undefined outside a source's loop. */
export function originAtHand(): RecordOrigin | undefined {
  if (hand === undefined) return undefined
  if (hand.known?.index !== hand.index) hand.known = { index: hand.index, origin: hand.originOf(hand.index) }
  return hand.known.origin
}

/** Events of a channel, each with the place in a file that its source named. */
export function originsInChannel(channel: string, { from, batch }: NumberedBatch): OriginOf {
  return (index) => {
    const place = originAt(batch, index)
    const ordinal = from + index
    if (place?.source.path === undefined) return { channel, ordinal }
    const { offset, source } = place
    const { path, fileId } = source
    return fileId === undefined ? { channel, ordinal, path: path!, offset } : { channel, ordinal, path: path!, fileId, offset }
  }
}
