// The static side of a join: rows in the plan, or a file that is read when the program starts.
import { readFileSync } from 'node:fs'
import { MillraceError } from '../../../src-shared/errors.ts'
import type { Table } from '../../../src-shared/streaming/structured/plan.ts'
import { concatFrames } from './concat.ts'
import { type Frame, frameOf } from './frame.ts'
import { framesOfTexts } from './input-frames.ts'
import { parseFrames } from './parse.ts'
import { RejectionTally } from './rejections.ts'

/** Throws when the file cannot be read, or a line of it cannot: a table is complete or it is none. Empty lines are passed over. */
export function frameOfTable(table: Table): Frame {
  if ('rows' in table) return frameOf(table.fields, table.rows)
  const { file, format, fields } = table
  let text: string
  try {
    text = readFileSync(file, 'utf8')
  } catch (cause) {
    throw new MillraceError('NOT_FOUND', `The table ${file} cannot be read.`, { cause })
  }
  const lines = text.split(/\r?\n/).filter((line) => line !== '')
  const tally = new RejectionTally()
  const parse = parseFrames({ op: 'parse', format, fields })
  const frames = [...framesOfTexts(lines)].map((frame) => {
    const parsed = parse(frame, 0, tally)
    for (const name of parsed.names) parsed.column(name)
    return parsed
  })
  for (const [reason, { count, samples }] of tally.entries) {
    throw new MillraceError(
      'BAD_CONFIGURATION',
      `${count} line(s) of the table ${file} are not as its fields say: ${reason}. The first: ${samples[0]!.text}`,
    )
  }
  return frames.length === 0 ? frameOf(fields, []) : concatFrames(fields, frames)
}
