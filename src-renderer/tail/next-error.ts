// The next line of level error from a place in a log, or the one before: read in steps, as far as 200,000 lines away.
import { connection } from '../rpc/connection.ts'
import type { LogModel } from './log-model.ts'
import { decodeRow, levelOf } from './row-text.ts'

const linesPerStep = 2000
const mostSteps = 100
/** Where a line says its level. */
const headBytes = 400

/** Undefined when there is none within reach. */
export async function nextError({ id, length, lines }: LogModel, from: number, step: 1 | -1): Promise<number | undefined> {
  if (length === undefined) return undefined
  let edge = from + step
  for (let read = 0; read < mostSteps && edge >= 0 && edge < lines; read++) {
    const start = step === 1 ? edge : Math.max(0, edge - linesPerStep + 1)
    const count = step === 1 ? linesPerStep : edge - start + 1
    const rows = await connection.rows({ id, generation: length.generation, from: start, count, cut: headBytes })
    const found = (step === 1 ? rows : rows.reverse()).find((row) => levelOf(decodeRow(row.bytes)) === 'error')
    if (found !== undefined) return found.line
    edge = step === 1 ? start + count : start - 1
  }
  return undefined
}
