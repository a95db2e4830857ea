// join: rows of this side with the rows of the other whose keys are equal. The other side is laid out by key once, this side goes past it a
// frame at a time.
import { joinedFields, otherSchema } from '../../../src-shared/streaming/structured/output-schema.ts'
import type { JoinOperator } from '../../../src-shared/streaming/structured/plan.ts'
import { NO_ROW } from './column.ts'
import { concatFrames } from './concat.ts'
import type { Frame } from './frame.ts'
import { RowKeys } from './row-keys.ts'

/** Joins frames with the rows of `others`: for each row of this side its partners, in the order of the other side. */
export function joinWith(operator: JoinOperator, others: readonly Frame[]): (frame: Frame) => Frame {
  const schema = otherSchema(operator)
  const other = concatFrames(schema, others)
  const keys = new RowKeys(schema, Object.values(operator.on))
  const numbers = keys.numbersOf(other)
  // Rows of one key as a chain, first to last.
  const first = new Uint32Array(keys.size).fill(NO_ROW)
  const next = new Uint32Array(other.count).fill(NO_ROW)
  for (let row = other.count - 1; row >= 0; row--) {
    next[row] = first[numbers[row]!]!
    first[numbers[row]!] = row
  }
  const mine = Object.keys(operator.on)
  const added = Object.keys(joinedFields(operator))
  return (frame) => {
    const found = keys.find(frame, mine)
    const left: number[] = []
    const right: number[] = []
    for (let row = 0; row < frame.count; row++) {
      let partner = found[row] === NO_ROW ? NO_ROW : first[found[row]!]!
      if (partner === NO_ROW && operator.kind === 'left') {
        left.push(row)
        right.push(NO_ROW)
      }
      for (; partner !== NO_ROW; partner = next[partner]!) {
        left.push(row)
        right.push(partner)
      }
    }
    const partners = other.rows(Uint32Array.from(right), true)
    return frame.rows(Uint32Array.from(left), true).with(added.map((name) => [name, () => partners.column(name)]))
  }
}
