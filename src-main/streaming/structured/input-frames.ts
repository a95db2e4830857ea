// Rows out of what a batch reads: the events of a channel, a row of its log at a time, or texts that a program hands in.
import { type EventBatch, headerAt } from '../../../src-shared/event/event-batch.ts'
import type { OriginOf } from '../rdd/record-at-hand.ts'
import { type Column, NULL_START, TextBuilder, TextColumn } from './column.ts'
import { Frame } from './frame.ts'

/** The events of a batch as rows: `body`, which shares the batch's bytes, and a field per header named; an absent header is null. */
export function frameOfEvents(batch: EventBatch, headers: readonly string[], originOf?: OriginOf): Frame {
  const fields = headers.map((name) => [name, () => headerOf(batch, name)] as const)
  return new Frame(batch.count, [['body', () => bodiesOf(batch)], ...fields], originOf)
}

function bodiesOf({ bodies, ends, count, gap }: EventBatch): TextColumn {
  const starts = new Uint32Array(count)
  for (let index = 1; index < count; index++) starts[index] = ends[index - 1]! + gap
  return new TextColumn(Buffer.from(bodies.buffer, bodies.byteOffset, bodies.length), starts, ends, true)
}

/** A value that many events share is written once. */
function headerOf(batch: EventBatch, name: string): Column {
  const numbers = new Map<string, number>()
  const rows = Array.from({ length: batch.count }, (_, index) => {
    const value = headerAt(batch, index, name) ?? null
    if (value === null) return -1
    const known = numbers.get(value)
    if (known !== undefined) return known
    numbers.set(value, numbers.size)
    return numbers.size - 1
  })
  const builder = new TextBuilder(numbers.size)
  for (const value of numbers.keys()) builder.add(value)
  const { bytes, starts, ends } = builder.build()
  return new TextColumn(
    bytes,
    Uint32Array.from(rows, (number) => (number < 0 ? NULL_START : starts[number]!)),
    Uint32Array.from(rows, (number) => (number < 0 ? 0 : ends[number]!)),
  )
}

const rowsPerFrame = 4096

/** Texts in frames of a few thousand rows. */
export function* framesOfTexts(texts: Iterable<string>): Generator<Frame> {
  let held: string[] = []
  for (const text of texts) {
    held.push(text)
    if (held.length < rowsPerFrame) continue
    yield frameOfTexts(held)
    held = []
  }
  if (held.length > 0) yield frameOfTexts(held)
}

function frameOfTexts(texts: readonly string[]): Frame {
  const builder = new TextBuilder(texts.length, texts.length * 64)
  for (const text of texts) builder.add(text)
  return new Frame(texts.length, [['body', builder.build()]])
}
