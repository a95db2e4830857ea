// Reads events of several lines from a file that grows: a LineReader's lines, cut where a MultiLineRule says. The event that may still go
// on is held back, and its bytes stay before the position until it is delivered, so that a kill loses and repeats nothing of it.
import { batchOf, columnOf, withHeaderColumn } from '../../../../src-shared/event/build-batch.ts'
import type { EventBatch } from '../../../../src-shared/event/event-batch.ts'
import { cutHeader, type MultiLineRule } from '../../multiline/multi-line-rule.ts'
import { unterminatedEvent } from './line-batch.ts'
import { LineReader, type LineReaderOptions, type ReadLines } from './line-reader.ts'

const LF = 0x0a
const CR = 0x0d
const nothing = Buffer.alloc(0)

export class MultiLineReader {
  readonly #options: LineReaderOptions
  readonly #rule: MultiLineRule
  readonly #lines: LineReader
  /** Whole lines of the open event, as they stand in the file. */
  #held: Buffer = nothing
  #heldAt = 0
  #heldLines = 0
  /** What was read behind the open event and is no part of it: comes next. */
  #behind: ReadLines | undefined

  constructor(options: LineReaderOptions, rule: MultiLineRule) {
    this.#options = options
    this.#rule = rule
    this.#lines = new LineReader(options)
  }

  /** Offset of the next byte that was not given out or held. */
  get position(): number {
    return this.#behind === undefined ? this.#lines.position : this.#behind.end - this.#behind.bytes.length
  }

  get holds(): boolean {
    return this.#heldLines > 0
  }

  /** The next complete events, `maxEvents` at most; undefined when there are none yet. */
  async next(size: number, maxEvents: number): Promise<ReadLines | undefined> {
    const behind = this.#takeBehind()
    if (behind !== undefined) return behind
    for (;;) {
      // Each line completes one event at most, and the last stays open: with the one that is open already these are maxEvents.
      const lines = await this.#lines.next(size, Math.max(1, maxEvents - 1))
      if (lines === undefined) return undefined
      const complete = lines.cutLine ? this.#inOrder(lines) : this.#split(lines)
      if (complete !== undefined) return complete
    }
  }

  /** The open event and the line without an end behind it; undefined when there is nothing. Until then call again. */
  async rest(size: number): Promise<ReadLines | undefined> {
    const behind = this.#takeBehind()
    if (behind !== undefined) return behind
    const tail = await this.#lines.rest(size)
    if (tail === undefined) return this.flush()
    if (!this.holds || this.#roleOf(tail.bytes) !== 'continues') return this.#inOrder(tail)
    const bytes = Buffer.concat([this.#held, tail.bytes])
    const { source, headers } = this.#options
    const options = { chunk: withoutCarriageReturns(bytes), base: this.#heldAt, source: source(), headers: headers() }
    this.#hold(nothing, 0, 0)
    return { batch: unterminatedEvent(options), end: tail.end, cutLine: true, bytes }
  }

  /** The open event, complete: no line came in time. */
  flush(): ReadLines | undefined {
    if (!this.holds) return undefined
    const bytes = this.#held
    const base = this.#heldAt
    this.#hold(nothing, 0, 0)
    return this.#events(bytes, base, [bytes.length - 1], new Set())
  }

  settle(): Promise<void> {
    return this.#lines.settle()
  }

  #takeBehind(): ReadLines | undefined {
    const behind = this.#behind
    this.#behind = undefined
    return behind
  }

  /** A piece that is an event of its own comes after the open one. */
  #inOrder(piece: ReadLines): ReadLines {
    const open = this.flush()
    if (open === undefined) return piece
    this.#behind = piece
    return open
  }

  #roleOf(line: Uint8Array): 'continues' | 'begins' | 'cuts' {
    const text = Buffer.from(line.buffer, line.byteOffset, line.length).toString()
    return this.#rule.roleOf(text, { lines: this.#heldLines, bytes: this.#held.length }, line.length)
  }

  /** The events that these lines complete; what follows the last of them is held. */
  #split(lines: ReadLines): ReadLines | undefined {
    const began = lines.end - lines.bytes.length
    const base = this.holds ? this.#heldAt : began
    const bytes = this.holds ? Buffer.concat([this.#held, lines.bytes]) : asBuffer(lines.bytes)
    const ends: number[] = []
    const cut = new Set<number>()
    let eventAt = 0
    let count = this.#heldLines
    for (let at = this.#held.length; at < bytes.length; ) {
      const lineFeed = bytes.indexOf(LF, at)
      const end = lineFeed > at && bytes[lineFeed - 1] === CR ? lineFeed - 1 : lineFeed
      const held = { lines: count, bytes: at - eventAt }
      const role = this.#rule.roleOf(bytes.toString('utf8', at, end), held, end - at)
      if (role !== 'continues' && count > 0) {
        if (role === 'cuts') cut.add(ends.length)
        ends.push(at - 1)
        eventAt = at
        count = 0
      }
      count += 1
      at = lineFeed + 1
    }
    this.#hold(bytes.subarray(eventAt), base + eventAt, count)
    return ends.length === 0 ? undefined : this.#events(bytes.subarray(0, eventAt), base, ends, cut)
  }

  #hold(bytes: Buffer, at: number, lines: number): void {
    this.#held = bytes
    this.#heldAt = at
    this.#heldLines = lines
  }

  /** Events of whole lines; `ends`: the line feed that ends each. Without carriage returns the bodies are the bytes themselves. */
  #events(bytes: Buffer, base: number, ends: readonly number[], cut: ReadonlySet<number>): ReadLines {
    const source = this.#options.source()
    const headers = this.#options.headers()
    const count = ends.length
    const startOf = (row: number): number => (row === 0 ? 0 : ends[row - 1]! + 1)
    let batch: EventBatch
    if (!bytes.includes('\r\n')) {
      const origin = { kind: 'base', sources: [source], base } as const
      batch = { count, bodies: bytes, ends: Uint32Array.from(ends), gap: 1, terminated: true, shared: headers, columns: [], origin }
    } else {
      const events = ends.map((end, row) => ({ headers, body: withoutCarriageReturns(bytes.subarray(startOf(row), end)) }))
      batch = batchOf(events, { source, offsets: ends.map((_, row) => base + startOf(row)) })
    }
    if (cut.size > 0) {
      batch = withHeaderColumn(
        batch,
        columnOf(cutHeader.name, count, (row) => (cut.has(row) ? cutHeader.value : undefined)),
      )
    }
    return { batch, end: base + bytes.length, cutLine: false, bytes }
  }
}

const asBuffer = (bytes: Uint8Array): Buffer => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)

/** The same without the CR of each CR LF, and without a CR at the end. */
function withoutCarriageReturns(bytes: Buffer): Uint8Array {
  if (!bytes.includes(CR)) return bytes
  return bytes.filter((byte, index) => byte !== CR || (index + 1 < bytes.length && bytes[index + 1] !== LF))
}
