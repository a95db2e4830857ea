// The thread that holds every open log: indexes, file handles, rows. The engine's own thread never scans a file.
import type { LogLength } from '../../../src-shared/contract/logs.ts'
import { encodeRows } from '../../../src-shared/contract/rows-frame.ts'
import { MillraceError } from '../../../src-shared/errors.ts'
import { systemClock } from '../../clock.ts'
import { emitFromThread, serveThread } from '../thread-calls.ts'
import { LogFile } from './log-file.ts'
import { type PlaceSought, placeInFile } from './place-in-file.ts'

export interface LogThreadEvent {
  readonly log: string
  readonly length: LogLength
  readonly identity: string
}

export interface LinesAt {
  readonly generation: number
  readonly lines: Float64Array
  readonly before: number
}

/** 16 a second. */
const tellEveryMs = 62.5

const logs = new Map<string, { readonly file: LogFile; readonly close: AbortController }>()
const told = new Map<string, number>()

function tell(log: string): void {
  if (told.has(log)) return
  told.set(log, 0)
  setTimeout(() => {
    told.delete(log)
    const file = logs.get(log)?.file
    if (file !== undefined) emitFromThread({ log, length: file.length, identity: file.identity } satisfies LogThreadEvent)
  }, tellEveryMs)
}

function found(log: string): LogFile {
  const entry = logs.get(log)
  if (entry === undefined) throw new MillraceError('NOT_FOUND', `The log ${log} is not open.`)
  return entry.file
}

const methods = {
  open: async ({ log, path, firstGeneration }: { log: string; path: string; firstGeneration: number }): Promise<LogThreadEvent> => {
    const close = new AbortController()
    const file = await LogFile.open({ path, clock: systemClock, changed: () => tell(log), signal: close.signal, firstGeneration })
    logs.set(log, { file, close })
    return { log, length: file.length, identity: file.identity }
  },
  close: ({ log }: { log: string }): void => {
    logs.get(log)?.close.abort()
    logs.delete(log)
  },
  /** Encoded rows (rows-frame.ts). */
  rows: async (request: {
    log: string
    generation: number
    from: number
    count: number
    cut: number
    budget: number
  }): Promise<Uint8Array> => encodeRows(await found(request.log).rows(request)),
  lineBytes: (request: { log: string; generation: number; line: number; from: number; length: number }): Promise<Uint8Array> =>
    found(request.log).lineBytes(request),
  /** Numbers of the lines that hold these bytes, in the same order, and how many lines begin before `until`. */
  linesAt: ({ log, offsets, until }: { log: string; offsets: Float64Array; until: number }): LinesAt => {
    const file = found(log)
    return { generation: file.length.generation, lines: offsets.map((offset) => file.lineAt(offset)), before: file.linesBefore(until) }
  },
  place: (sought: PlaceSought): Promise<{ readonly path: string; readonly line: number }> => placeInFile(sought),
}
export type LogThreadApi = typeof methods

serveThread(methods)
