// Events as lines: what both text serializers do, in one pass over the bytes of a batch.
import { bodyAt, type EventBatch, lengthOf, startOf } from '../../../src-shared/event/event-batch.ts'

const LF = 0x0a

/** The bodies one after another, each followed by LF when `appendNewline`; `prefixes[i]` before body i. Without copying where that is possible. */
export function linesOf(batch: EventBatch, appendNewline: boolean, prefixes?: readonly Uint8Array[]): Uint8Array {
  if (batch.count === 0) return new Uint8Array(0)
  const asTheyLie = appendNewline ? batch.terminated : batch.gap === 0
  if (prefixes === undefined && asTheyLie) return whole(batch)
  let size = appendNewline ? batch.count : 0
  for (let row = 0; row < batch.count; row++) size += batch.ends[row]! - startOf(batch, row) + (prefixes?.[row]?.length ?? 0)
  const bytes = Buffer.allocUnsafe(size)
  let at = 0
  for (let row = 0; row < batch.count; row++) {
    const prefix = prefixes?.[row]
    if (prefix !== undefined) {
      bytes.set(prefix, at)
      at += prefix.length
    }
    const body = bodyAt(batch, row)
    bytes.set(body, at)
    at += body.length
    if (appendNewline) bytes[at++] = LF
  }
  return bytes
}

function whole(batch: EventBatch): Uint8Array {
  const end = lengthOf(batch)
  return end === batch.bodies.length ? batch.bodies : batch.bodies.subarray(0, end)
}
