// Durable channels on the disk, for the command line: what they hold, who pins it. They may be running.
import { existsSync } from 'node:fs'
import { basename } from 'node:path'
import { MillraceError } from '../../../../src-shared/errors.ts'
import { openDatabase } from '../../../storage/sqlite.ts'
import type { CursorState, Extent } from '../durable-channel.ts'
import { Consumed } from './consumed.ts'
import { failure } from './log-errors.ts'
import { indexPath, listSegments, readLogFolder, segmentBytes } from './log-folder.ts'
import { type StoredCursor, storedCursors } from './log-index.ts'
import { endOfSegment } from './segment.ts'

export interface ChannelDescription {
  readonly name: string
  readonly folder: string
  readonly extent: Extent
  readonly segments: number
  /** On the disk, all files of the log. */
  readonly bytes: number
  readonly cursors: readonly Omit<CursorState, 'pinnedBytes'>[]
}

/** Segments, extent and cursors of the log in `folder`. Throws NOT_FOUND, CHANNEL_DAMAGED or IO. */
export function describeChannel(folder: string): ChannelDescription {
  if (!existsSync(indexPath(folder))) throw new MillraceError('NOT_FOUND', `There is no durable channel in ${folder}.`)
  try {
    return describe(folder)
  } catch (error) {
    throw failure('Reading the log', folder, error)
  }
}

function describe(folder: string): ChannelDescription {
  const log = readLogFolder(folder)
  const files = listSegments(log)
  const last = files.at(-1)
  const extent = { first: files[0]?.first ?? 0, next: last ? endOfSegment(last) : 0 }
  const cursors = readCursors(folder).map(({ kind, name, low, above }) => ({
    kind,
    name: kind === 'sinks' ? 'sinks' : name,
    position: low,
    pinnedEvents: new Consumed(low, above).missingBelow(extent.next),
  }))
  const bytes = files.reduce((sum, file) => sum + segmentBytes(file.path), 0)
  return { name: basename(folder), folder, extent, segments: files.length, bytes, cursors }
}

function readCursors(folder: string): StoredCursor[] {
  const index = openDatabase(indexPath(folder), { readonly: true })
  try {
    return storedCursors(index)
  } finally {
    index.close()
  }
}
