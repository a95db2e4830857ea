// The segments of an open log: which ordinals lie where, which may go and when, and folding the sealed ones at leisure.

import { statSync } from 'node:fs'
import { MillraceError, messageOf } from '../../../../src-shared/errors.ts'
import { oneAtATime } from '../../../../src-shared/one-at-a-time.ts'
import type { Clock } from '../../../clock.ts'
import type { Logger } from '../../../log.ts'
import { type SegmentFile, segmentBytes } from './log-folder.ts'
import type { LogWriter } from './log-writer.ts'
import { consumedSegments, type Retention, type SealedSegment, segmentsToDrop } from './retention.ts'
import { Segment } from './segment.ts'

/** With retention 0 a live segment that is wholly consumed goes when it has so many bytes. */
const smallestRollBytes = 2 ** 20
/** Folding is bulk work: it waits while more than this is put per second. */
const busyBytesPerSecond = 10 * 2 ** 20

export interface HistoryDeps {
  readonly writer: LogWriter
  readonly retention: Retention
  readonly clock: Clock
  readonly log: Logger
  /** The lowest ordinal that some consumer still needs. */
  readonly pin: () => number
  readonly next: () => number
  /** Readers close what they have open of these files. */
  readonly beforeDrop: (paths: readonly string[]) => void
}

export class LogHistory {
  readonly #deps: HistoryDeps
  #segments: SegmentFile[]
  #lastAt = new Map<string, number>()
  /** Tried once and failed: damaged. */
  readonly #unfoldable = new Set<string>()
  #forgetBelow = 0
  #bytesPut = 0
  #bytesPutBefore = 0
  /** One thing at a time changes the files. */
  readonly #queue = oneAtATime()
  #sweepAsked = false

  constructor(segments: readonly SegmentFile[], deps: HistoryDeps) {
    this.#segments = [...segments]
    this.#deps = deps
  }

  /** The oldest ordinal that is retained. */
  get first(): number {
    return this.#segments[0]!.first
  }

  get segments(): readonly SegmentFile[] {
    return this.#segments
  }

  /** The segment in which `ordinal` lies. */
  fileOf(ordinal: number): SegmentFile {
    let low = 0
    let high = this.#segments.length - 1
    while (low < high) {
      const middle = (low + high + 1) >>> 1
      if (this.#segments[middle]!.first <= ordinal) low = middle
      else high = middle - 1
    }
    return this.#segments[low]!
  }

  /** The writer began a new segment. */
  rolled(segment: SegmentFile): void {
    this.#segments.push(segment)
    this.sweep()
  }

  notePut(bytes: number): void {
    this.#bytesPut += bytes
  }

  /** Bytes on the disk of the rows from `ordinal` on; within a segment by its share of events. */
  bytesFrom(ordinal: number): number {
    let bytes = 0
    this.#segments.forEach((segment, index) => {
      const next = this.#segments[index + 1]?.first ?? this.#deps.next()
      if (next <= ordinal || next === segment.first) return
      bytes += segmentBytes(segment.path) * Math.min(1, (next - ordinal) / (next - segment.first))
    })
    return Math.round(bytes)
  }

  /** Called when consumption moved: cheap unless a whole segment came free. */
  consumed(): void {
    const second = this.#segments[1]
    const pin = this.#deps.pin()
    if (second ? second.first <= pin : this.#deps.retention.bytes === 0 && pin === this.#deps.next()) this.sweep()
  }

  /** Lets go of what retention does not keep. */
  sweep(): void {
    if (this.#sweepAsked) return
    this.#sweepAsked = true
    this.#queue(async () => {
      this.#sweepAsked = false
      await this.#rollWhenSpent()
      const consumed = consumedSegments(this.#sealed(), this.#deps.pin())
      await this.#drop(segmentsToDrop(consumed, this.#deps.retention, { now: this.#deps.clock.now(), forgetBelow: this.#forgetBelow }))
    }).catch((error) => this.#deps.log.warn('Old segments could not be removed', { error: messageOf(error) }))
  }

  /** Gives up consumed history at once. */
  async forget(): Promise<void> {
    this.#forgetBelow = this.#deps.next()
    await this.#queue(async () => {
      if (this.#deps.pin() > this.#segments.at(-1)!.first) await this.#roll()
    })
    this.sweep()
    await this.idle()
  }

  /** For a full disk: gives up the oldest consumed segment. False when there is none. */
  makeRoom(): Promise<boolean> {
    return this.#queue(async () => {
      let oldest = consumedSegments(this.#sealed(), this.#deps.pin())[0]
      if (oldest === undefined && this.#deps.pin() === this.#deps.next()) {
        await this.#roll()
        oldest = consumedSegments(this.#sealed(), this.#deps.pin())[0]
      }
      if (oldest === undefined) return false
      await this.#drop([oldest])
      return true
    })
  }

  /** Time passed: retention by age, the reserve, and folding when little is put. */
  async tick(seconds: number): Promise<void> {
    const rate = (this.#bytesPut - this.#bytesPutBefore) / seconds
    this.#bytesPutBefore = this.#bytesPut
    this.sweep()
    await this.#queue(async () => {
      await this.#deps.writer.ask('keepReserve', undefined)
      const unfolded =
        rate < busyBytesPerSecond ? this.#sealed().find((segment) => !this.#unfoldable.has(segment.path) && isUnfolded(segment)) : undefined
      if (unfolded === undefined) return
      this.#unfoldable.add(unfolded.path)
      await this.#deps.writer.fold(unfolded, unfolded.next)
      await this.#deps.writer.ask('forget', unfolded.path)
      this.#unfoldable.delete(unfolded.path)
    })
  }

  /** Resolves when everything that was asked for is done. */
  async idle(): Promise<void> {
    await this.#queue(async () => {})
  }

  async #rollWhenSpent(): Promise<void> {
    const live = this.#segments.at(-1)!
    const { retention, pin, next } = this.#deps
    const spent = retention.bytes === 0 && pin() === next() && next() > live.first
    if (spent && segmentBytes(live.path) >= smallestRollBytes) await this.#roll()
  }

  async #roll(): Promise<void> {
    const rolled = await this.#deps.writer.ask('roll', undefined)
    if (rolled) this.#segments.push(rolled)
  }

  async #drop(segments: readonly SealedSegment[]): Promise<void> {
    if (segments.length === 0) return
    const paths = segments.map((segment) => segment.path)
    this.#segments = this.#segments.filter((segment) => !paths.includes(segment.path))
    for (const path of paths) this.#lastAt.delete(path)
    this.#deps.beforeDrop(paths)
    await this.#deps.writer.ask('drop', paths)
  }

  #sealed(): SealedSegment[] {
    return this.#segments.slice(0, -1).map((segment, index) => ({
      ...segment,
      next: this.#segments[index + 1]!.first,
      bytes: segmentBytes(segment.path),
      lastAt: this.#lastPut(segment),
    }))
  }

  #lastPut(file: SegmentFile): number {
    const known = this.#lastAt.get(file.path)
    if (known !== undefined) return known
    const at = lastPutOf(file)
    this.#lastAt.set(file.path, at)
    return at
  }
}

/** When the last event of a segment was put. One that is damaged must not hold up the others: it is as old as its file. */
function lastPutOf(file: SegmentFile): number {
  let segment: Segment | undefined
  try {
    segment = new Segment(file)
    return segment.last()?.at ?? 0
  } catch (error) {
    if (!(error instanceof MillraceError) || error.code !== 'CHANNEL_DAMAGED') throw error
    return statSync(file.path).mtimeMs
  } finally {
    segment?.close()
  }
}

function isUnfolded(segment: SegmentFile): boolean {
  return (statSync(`${segment.path}-wal`, { throwIfNoEntry: false })?.size ?? 0) > 0
}
