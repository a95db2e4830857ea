// Contract: dead letters: the events that a sink set aside in a file, read page by page and sent again.
import { oc } from '@orpc/contract'
import * as v from 'valibot'
import { whyNoAvroSource } from '../pipeline/avro-source-address.ts'
import { answer, byId, count, id } from './schema.ts'

/** A text as it is shown: its beginning, and how long all of it is when that is more. */
export interface CutText {
  readonly text: string
  /** Of the whole, when it was cut: characters, or bytes of a body. */
  readonly length?: number
}

export interface DeadLetterItem {
  readonly kind: 'event'
  /** Byte at which its line begins; it names the event. */
  readonly at: number
  /** As the file has it: ISO 8601. */
  readonly time: string
  readonly sink: string
  readonly channel: string
  readonly attempts: number
  readonly error: CutText
  readonly headers: readonly { readonly name: CutText; readonly value: CutText }[]
  /** Headers beyond those. */
  readonly moreHeaders: number
  /** `hex`: bytes that are no text, two digits each. */
  readonly body: CutText & { readonly form: 'text' | 'hex' }
}

/** Lines one after another that are no dead letters: cut short by a crash, too long to be read here, or of something else. */
export interface UnreadableLines {
  readonly kind: 'unreadable'
  readonly at: number
  readonly lines: number
  readonly bytes: number
}

export interface DeadLetterPage {
  readonly file: string
  /** Of all there is to read: the file and what an earlier replay left. */
  readonly bytes: number
  /** Oldest first, as the file has them. */
  readonly items: readonly (DeadLetterItem | UnreadableLines)[]
  /** Where the next page begins; absent on the last. */
  readonly next?: number
  /** Why nothing can be replayed now; absent when it can. */
  readonly whyNoReplay?: string
}

const target = v.pipe(
  v.strictObject({ id, host: v.pipe(v.string(), v.maxLength(253)), port: v.number() }),
  v.check(({ host, port }) => whyNoAvroSource(host, port) === undefined, 'No host and port of an Avro source.'),
)

export const deadLetters = {
  /** `from`: 0, or `next` of a page. Rejects with CONFLICT when the file was changed so that no line begins there, with a sentence for what is no such file. */
  page: oc.input(v.strictObject({ ...byId.entries, from: count })).output(answer<DeadLetterPage>()),
  /** As `millrace dead-letters replay`; answers what came of it. Rejects with EVENT_DELIVERY when not all were taken: the rest stays. */
  replay: oc.input(target).output(answer<{ readonly sent: number; readonly sentence: string }>()),
}
