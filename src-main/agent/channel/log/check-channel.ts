// Checking a durable channel: every row read and compared, whether the channel runs or not. Changes nothing.
import { existsSync } from 'node:fs'
import { MillraceError, messageOf, phraseOf } from '../../../../src-shared/errors.ts'
import { openDatabase } from '../../../storage/sqlite.ts'
import type { CheckReport, Damage } from '../durable-channel.ts'
import { indexPath, type LogFolder, listSegments, readLogFolder, type SegmentFile } from './log-folder.ts'
import { storedCursors, storedNext } from './log-index.ts'
import { type KeyRing, keyRing } from './row-cipher.ts'
import { type RowSpan, Segment } from './segment.ts'

/** Reads every row and compares its checksum; compares where segments begin and end. Changes nothing. */
export function checkChannel(folder: string): CheckReport {
  const damage: Damage[] = []
  const log = logFolderOf(folder, damage)
  const keys = keyRing(log.keyNames ?? [])
  const files = listSegments(log)
  const stored = damage.length === 0 ? storedUpTo(folder) : undefined
  let rows = 0
  let events = 0
  let next = files[0]?.first ?? 0
  files.forEach((file, index) => {
    // The channel may be running: what it let go of since the listing is no damage.
    if (!existsSync(file.path)) return
    const found = checkSegment(file, files[index + 1]?.first ?? Math.max(file.first, stored ?? 0), keys)
    rows += found.rows
    events += found.events
    next = found.next
    damage.push(...found.damage)
  })
  return { folder, extent: { first: files[0]?.first ?? 0, next }, segments: files.length, rows, events, damage }
}

/** The log in `folder`; with a damaged index one that lies in that folder alone, and the damage noted. */
export function logFolderOf(folder: string, damage: Damage[]): LogFolder {
  try {
    const log = readLogFolder(folder)
    storedUpTo(folder)
    return log
  } catch (error) {
    const file = indexPath(folder)
    damage.push({ file, message: `${file} (cursors and settings) cannot be read: ${phraseOf(error)}.` })
    return { folder, dataFolders: [folder] }
  }
}

/** Events below were stored, as the index in `folder` knows. Throws when it cannot be read as a whole, cursors included. */
export function storedUpTo(folder: string): number {
  const index = openDatabase(indexPath(folder), { readonly: true })
  try {
    storedCursors(index)
    return storedNext(index)
  } finally {
    index.close()
  }
}

export interface SegmentCheck {
  /** Rows that can be read, and their events without those that were given up. */
  readonly rows: number
  readonly events: number
  readonly next: number
  readonly damage: readonly Damage[]
}

/** Reads a segment that has to reach at least `end`. `onRow` gets every sound row. */
export function checkSegment(
  file: SegmentFile,
  end: number,
  keys: KeyRing,
  onRow?: (segment: Segment, span: RowSpan) => void,
): SegmentCheck {
  const damage: Damage[] = []
  let rows = 0
  let events = 0
  let at = file.first
  const lost = (next: number, why: unknown): void => {
    const message = `${file.path}: events ${at} to ${next - 1} cannot be read: ${phraseOf(why)}.`
    damage.push({ file: file.path, events: { first: at, next }, message })
    at = next
  }
  let segment: Segment | undefined
  try {
    segment = new Segment(file, keys)
    for (const span of spansOf(segment)) {
      if (span.first > at) lost(span.first, 'there are no rows for them')
      try {
        segment.rowAt(span.first)
        onRow?.(segment, span)
        rows++
        events += span.bytes === 0 ? 0 : span.count
        at = span.first + span.count
      } catch (error) {
        refuseMissingKey(error)
        lost(span.first + span.count, error)
      }
    }
    if (at < end) lost(end, 'there are no rows for them')
  } catch (error) {
    refuseMissingKey(error)
    if (at < end) lost(end, error)
    else damage.push({ file: file.path, message: `${file.path}: ${messageOf(error)}` })
  } finally {
    segment?.close()
  }
  return { rows, events, next: at, damage }
}

/** Rows that nobody can decrypt here are not damaged. */
function refuseMissingKey(error: unknown): void {
  if (error instanceof MillraceError && error.code === 'BAD_CONFIGURATION') throw error
}

/** All rows that can be found, ascending. Behind a damaged page of the table the rest is found from the other end. */
function* spansOf(segment: Segment): Generator<RowSpan> {
  let at = segment.first
  try {
    for (let spans = segment.spansFrom(at, 1000); spans.length > 0; spans = segment.spansFrom(at, 1000)) {
      yield* spans
      at = spans.at(-1)!.first + 1
    }
    return
  } catch {
    // What is missing is noticed by the caller: rows follow one another.
  }
  const rest: RowSpan[] = []
  try {
    for (let span = segment.last(); span && span.first >= at; span = segment.spanAt(span.first - 1)) rest.push(span)
  } catch {
    // As far as it goes from this side.
  }
  yield* rest.reverse()
}
