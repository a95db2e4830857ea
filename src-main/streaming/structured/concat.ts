// Several frames as one.
import type { Schema } from '../../../src-shared/streaming/structured/schema.ts'
import { BooleanColumn, type Column, NULL_START, NumberColumn, TextBuilder, type TextColumn } from './column.ts'
import { Frame } from './frame.ts'

export function concatFrames(schema: Schema, frames: readonly Frame[]): Frame {
  const [only] = frames
  if (frames.length === 1) return only!
  const count = frames.reduce((sum, frame) => sum + frame.count, 0)
  return new Frame(
    count,
    Object.entries(schema).map(([name, type]) => [
      name,
      () =>
        concatColumns(
          type,
          frames.map((frame) => frame.column(name)),
          count,
        ),
    ]),
  )
}

function concatColumns(type: Schema[string], columns: readonly Column[], count: number): Column {
  if (type === 'text') {
    const builder = new TextBuilder(count)
    for (const column of columns as readonly TextColumn[]) {
      for (let row = 0; row < column.count; row++) {
        const start = column.starts[row]!
        if (start === NULL_START) builder.addNull()
        else builder.addBytes(column.bytes.subarray(start, column.ends[row]))
      }
    }
    return builder.build()
  }
  let at = 0
  const values = type === 'boolean' ? new Uint8Array(count) : new Float64Array(count)
  for (const column of columns as readonly (NumberColumn | BooleanColumn)[]) {
    values.set(column.values, at)
    at += column.count
  }
  return values instanceof Uint8Array ? new BooleanColumn(values) : new NumberColumn(values, type as 'number' | 'time')
}
