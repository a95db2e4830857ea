// A durable channel seen from outside, whether it runs or not: what it holds, whether every row can be read, and saving what can be.
import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { messageOf } from '../../../../src-shared/errors.ts'
import { isDamage, openDatabase } from '../../../storage/sqlite.ts'
import type { CheckReport, CursorState, Damage, Extent } from '../durable-channel.ts'
import { Consumed, type Range } from './consumed.ts'
import { indexPath, type LogFolder, listSegments, readLogFolder, type SegmentFile, segmentBytes } from './log-folder.ts'
import { Segment } from './segment.ts'

export interface ChannelDescription {
  readonly name: string
  readonly folder: string
  readonly extent: Extent
  readonly segments: number
  /** On the disk, all files of the log. */
  readonly bytes: number
  readonly cursors: readonly Omit<CursorState, 'pinnedBytes'>[]
}

/** The folders of durable channels below an agent's work folder, by name. */
export function listChannels(workDir: string): { name: string; folder: string }[] {
  const parent = join(workDir, 'channels')
  if (!existsSync(parent)) return []
  return readdirSync(parent)
    .sort()
    .map((name) => ({ name, folder: join(parent, name) }))
    .filter(({ folder }) => existsSync(indexPath(folder)))
}

/** Segments, extent and cursors of the log in `folder`. Throws NOT_FOUND or CHANNEL_DAMAGED. */
export function describeChannel(folder: string): ChannelDescription {
  const log = readLogFolder(folder)
  const files = listSegments(log)
  const last = files.at(-1)
  const extent = { first: files[0]?.first ?? 0, next: last ? endOf(last) : 0 }
  const cursors = readCursors(folder).map(({ kind, name, consumed }) => ({
    kind,
    name: kind === 'sinks' ? 'sinks' : name,
    position: consumed.low,
    pinnedEvents: consumed.missingBelow(extent.next),
  }))
  const bytes = files.reduce((sum, file) => sum + segmentBytes(file.path), 0)
  return { name: folder.split(/[\\/]/).at(-1)!, folder, extent, segments: files.length, bytes, cursors }
}

/** Reads every row and compares its checksum; compares where segments begin and end. Changes nothing. */
export function checkChannel(folder: string): CheckReport {
  const damage: Damage[] = []
  const log = logOf(folder, damage)
  const files = listSegments(log)
  let rows = 0
  let events = 0
  let next = files[0]?.first ?? 0
  files.forEach((file, index) => {
    const expected = files[index + 1]?.first
    const found = checkSegment(file, expected, damage)
    rows += found.rows
    events += found.events
    next = Math.max(found.next, expected ?? 0)
  })
  const known = acknowledged(folder, damage)
  if (known !== undefined && known > next) {
    const file = files.at(-1)?.path ?? folder
    damage.push({
      file,
      events: { first: next, next: known },
      message: `${file} ends at event ${next - 1}; events up to ${known - 1} were stored.`,
    })
  }
  return { folder, extent: { first: files[0]?.first ?? 0, next }, segments: files.length, rows, events, damage }
}

/** All readable rows of a segment, and what is wrong with it. `expected`: where it must end. */
export function checkSegment(
  file: SegmentFile,
  expected: number | undefined,
  damage: Damage[],
): { rows: number; events: number; next: number } {
  let rows = 0
  let events = 0
  let at = file.first
  const lost = (first: number, next: number, why: string): void => {
    const message = `${file.path}: events ${first} to ${next - 1} cannot be read: ${why}.`
    damage.push({ file: file.path, events: { first, next }, message })
  }
  let segment: Segment | undefined
  try {
    segment = new Segment(file)
    for (let spans = segment.spansFrom(at, 1000); spans.length > 0; spans = segment.spansFrom(at, 1000)) {
      for (const span of spans) {
        if (span.first !== at) lost(at, span.first, 'there are no rows for them')
        at = span.first + span.count
        try {
          segment.rowAt(span.first)
          rows++
          events += span.bytes === 0 ? 0 : span.count
        } catch (error) {
          lost(span.first, at, messageOf(error))
        }
      }
    }
    if (expected !== undefined && at !== expected) lost(at, expected, 'there are no rows for them')
  } catch (error) {
    if (expected !== undefined) lost(at, expected, messageOf(error))
    else damage.push({ file: file.path, message: messageOf(error) })
  } finally {
    segment?.close()
  }
  return { rows, events, next: at }
}

function logOf(folder: string, damage: Damage[]): LogFolder {
  try {
    return readLogFolder(folder)
  } catch (error) {
    damage.push({ file: indexPath(folder), message: `${indexPath(folder)} (cursors and settings) cannot be read: ${messageOf(error)}.` })
    return { folder, dataFolders: [folder] }
  }
}

function endOf(file: SegmentFile): number {
  const segment = new Segment(file)
  try {
    return segment.next()
  } finally {
    segment.close()
  }
}

function acknowledged(folder: string, damage: readonly Damage[]): number | undefined {
  if (damage.some((one) => one.file === indexPath(folder))) return undefined
  const index = openDatabase(indexPath(folder), { readonly: true })
  try {
    const row = index.prepare<{ value: string }>("SELECT value FROM setting WHERE name = 'next'").get()
    return row && Number(row.value)
  } catch (error) {
    if (isDamage(error)) return undefined
    throw error
  } finally {
    index.close()
  }
}

function readCursors(folder: string): { kind: 'sinks' | 'stream'; name: string; consumed: Consumed }[] {
  const index = openDatabase(indexPath(folder), { readonly: true })
  try {
    const rows = index.prepare<{ kind: 'sinks' | 'stream'; name: string; low: number; above: string }>('SELECT * FROM cursor').all()
    return rows.map((row) => ({ kind: row.kind, name: row.name, consumed: new Consumed(row.low, JSON.parse(row.above) as Range[]) }))
  } finally {
    index.close()
  }
}
