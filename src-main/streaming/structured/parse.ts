// parse: the fields of a text. Finding the fields is one walk over the bytes; texts stay where they are; other types are read at once, so that
// what is counted as wrong does not depend on who looks.

import { MillraceError } from '../../../src-shared/errors.ts'
import type { ParseOperator } from '../../../src-shared/streaming/structured/plan.ts'
import { blame } from '../rdd/task.ts'
import { type Column, NULL_START } from './column.ts'
import { FieldWriter, typed } from './formats/format.ts'
import { formatOf } from './formats/format-of.ts'
import type { ColumnSource, Frame } from './frame.ts'
import type { RejectionTally } from './rejections.ts'
import { rowsWhereTrue } from './scan.ts'

/** The parsed rows of a frame. A null text gives a row of nulls and is no error: there was nothing to read. */
export function parseFrames(operator: ParseOperator): (frame: Frame, batchTime: number, tally: RejectionTally) => Frame {
  const format = formatOf(operator)
  const { field = 'body', onError = 'skip', keep = [] } = operator
  const schema = Object.entries(format.schema)
  return (frame, batchTime, tally) => {
    const texts = frame.text(field)
    const { bytes, starts, ends } = texts
    const fields = new FieldWriter(bytes, frame.count, schema.length)
    const readable = new Uint8Array(frame.count).fill(1)
    let bad = 0
    for (let row = 0; row < frame.count; row++) {
      if (starts[row] === NULL_START) continue
      fields.row = row
      const problem = format.read(bytes, starts[row]!, ends[row]!, fields)
      if (problem === undefined) continue
      if (onError === 'fail') {
        const message = `A row cannot be read as ${operator.format}: ${problem}. onError: 'skip' leaves such rows out and counts them.`
        throw blame(new MillraceError('PROGRAM_FAILED', message), texts.at(row), {}, frame.originOf?.(row))
      }
      tally.add(
        problem,
        () => texts.at(row),
        () => frame.originOf?.(row),
      )
      fields.clear()
      readable[row] = 0
      bad += 1
    }
    const columns = schema.map(([name, type], index): readonly [string, Column | ColumnSource] => {
      const time = format.times?.[name]
      const wrong = (row: number): void => {
        if (readable[row] === 0) return
        tally.add(
          `${name} is not ${type === 'text' ? 'text' : `a ${type}`}`,
          () => texts.at(row),
          () => frame.originOf?.(row),
        )
      }
      const read = (): Column => typed(fields.column(index), type, wrong, time && ((text) => time(text, batchTime)))
      return [name, type === 'text' ? read : read()]
    })
    const parsed = frame.with(columns, keep)
    return bad === 0 || onError === 'null' ? parsed : parsed.rows(rowsWhereTrue(readable))
  }
}
