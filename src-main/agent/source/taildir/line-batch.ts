// A chunk of a file → events, one per line. Without CR LF the bodies are the chunk itself, not copied.
import type { EventBatch, Headers, Origin, OriginSource } from '../../../../src-shared/event/event-batch.ts'

const LF = 0x0a
const CR = 0x0d
const scratchEnds = new Uint32Array(1 << 16)

export interface LineBatch {
  readonly batch: EventBatch
  /** Bytes of the chunk that the batch took, line ends included. */
  readonly consumed: number
}

export interface LineBatchOptions {
  readonly chunk: Uint8Array
  /** Offset of the chunk's first byte in the file. */
  readonly base: number
  readonly maxEvents: number
  readonly source: OriginSource
  readonly headers: Headers
}

/** Events of the whole lines at the beginning of the chunk; undefined when it has no line feed. A CR before the LF is no part of the body. */
export function lineBatch({ chunk, base, maxEvents, source, headers }: LineBatchOptions): LineBatch | undefined {
  const most = Math.min(maxEvents, scratchEnds.length)
  let count = 0
  let start = 0
  let carriageReturns = 0
  while (count < most) {
    const end = chunk.indexOf(LF, start)
    if (end < 0) break
    if (end > start && chunk[end - 1] === CR) carriageReturns += 1
    scratchEnds[count++] = end
    start = end + 1
  }
  if (count === 0) return undefined
  const ends = scratchEnds.slice(0, count)
  const common = { count, shared: headers, columns: [] }
  if (carriageReturns === 0) {
    const origin: Origin = { kind: 'base', sources: [source], base }
    return { batch: { ...common, bodies: chunk.subarray(0, start), ends, gap: 1, terminated: true, origin }, consumed: start }
  }
  return {
    batch: { ...common, ...withoutLineEnds(chunk, ends, carriageReturns, base, source), gap: 0, terminated: false },
    consumed: start,
  }
}

/** One event of these bytes, a line without its end (yet). */
export function unterminatedEvent({ chunk, base, source, headers }: Omit<LineBatchOptions, 'maxEvents'>): EventBatch {
  const origin: Origin = { kind: 'base', sources: [source], base }
  return { count: 1, bodies: chunk, ends: Uint32Array.of(chunk.length), gap: 0, terminated: false, shared: headers, columns: [], origin }
}

/** Copies the bodies together and compacts `ends` to fit. */
function withoutLineEnds(
  chunk: Uint8Array,
  ends: Uint32Array,
  carriageReturns: number,
  base: number,
  source: OriginSource,
): Pick<EventBatch, 'bodies' | 'ends' | 'origin'> {
  const bodies = new Uint8Array(ends.at(-1)! + 1 - ends.length - carriageReturns)
  const offsets = new Float64Array(ends.length)
  let start = 0
  let at = 0
  for (let row = 0; row < ends.length; row++) {
    const lineFeed = ends[row]!
    const end = lineFeed > start && chunk[lineFeed - 1] === CR ? lineFeed - 1 : lineFeed
    bodies.set(chunk.subarray(start, end), at)
    offsets[row] = base + start
    at += end - start
    ends[row] = at
    start = lineFeed + 1
  }
  return { bodies, ends, origin: { kind: 'explicit', sources: [source], offsets } }
}
