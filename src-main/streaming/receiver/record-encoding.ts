// What receivers bring, as events of a log and back: text as UTF-8, Flume's events as they are, everything else as V8 serialises it. Which
// of them a block is stands in a shared header whose name no agent gives.
import { deserialize, serialize } from 'node:v8'
import { MillraceError } from '../../../src-shared/errors.ts'
import { batchOf, withoutHeader, withSharedHeaders } from '../../../src-shared/event/build-batch.ts'
import { bodyAt, type EventBatch, type FlumeEvent, type HeaderValue } from '../../../src-shared/event/event-batch.ts'
import { unkeepableKind } from '../checkpoint/keepable.ts'
import { eachText } from '../dstream/direct-input-dstream.ts'
import { flumeEvents, SparkFlumeEvent } from '../flume/flume-event.ts'

const kindHeader = '\u0000record'
type Kind = 'text' | 'flume' | 'value'

/** Throws PROGRAM_FAILED for a record that would not come back as it is. */
export function checkKeepable(record: unknown): void {
  if (typeof record === 'string' || record instanceof SparkFlumeEvent) return
  const kind = unkeepableKind(record)
  if (kind === undefined) return
  throw new MillraceError(
    'PROGRAM_FAILED',
    `A receiver stored a ${kind}, which its write-ahead log cannot keep. Store plain objects, arrays, maps, text or numbers, ` +
      'or set spark.streaming.receiver.writeAheadLog.enable to false.',
  )
}

/** A block as one batch, an event per record. Throws PROGRAM_FAILED for a record that cannot be kept. */
export function encodeRecords(records: readonly unknown[]): EventBatch {
  const kind = kindOf(records)
  const events = records.map((record): FlumeEvent => {
    if (kind === 'text') return { headers: none, body: Buffer.from(record as string) }
    if (kind === 'flume') return (record as SparkFlumeEvent).event
    checkKeepable(record)
    return { headers: none, body: serialize(record) }
  })
  return withSharedHeaders(batchOf(events), { [kindHeader]: kind })
}

const none: Readonly<Record<string, HeaderValue>> = {}

function kindOf(records: readonly unknown[]): Kind {
  if (records.every((record) => typeof record === 'string' && record.isWellFormed())) return 'text'
  return records.every((record) => record instanceof SparkFlumeEvent) ? 'flume' : 'value'
}

/** The records of a stored block, or of a part of it. */
export function decodeRecords(batch: EventBatch): unknown[] {
  const kind = batch.shared[kindHeader] as Kind | undefined
  if (kind === 'flume') return flumeEvents(withoutHeader(batch, kindHeader))
  const records: unknown[] = []
  if (kind === 'text') eachText(batch, (text) => records.push(text))
  else for (let index = 0; index < batch.count; index++) records.push(deserialize(bodyAt(batch, index)))
  return records
}
