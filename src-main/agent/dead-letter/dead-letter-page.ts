// Reads a page of a dead letter file: a few lines from some byte on, however large the file is.
import { constants, type FileHandle, open } from 'node:fs/promises'
import { MillraceError, messageOf } from '../../../src-shared/errors.ts'
import { type DeadLetterRecord, recordOf } from './dead-letter-file.ts'

export interface PageLine {
  readonly at: number
  /** With its line end. */
  readonly bytes: number
  /** Undefined when it is no dead letter, or longer than is held in memory. */
  readonly record: DeadLetterRecord | undefined
}

export interface LinePage {
  readonly lines: readonly PageLine[]
  readonly next: number | undefined
}

const chunkBytes = 64 * 1024
/** A page ends behind the line that reaches this. */
const pageBytes = 4 * 1024 * 1024
const longestLine = 32 * 1024 * 1024

/** At most `most` dead letters. Throws CONFLICT when no line begins at `from`, IO or NOT_FOUND when the file cannot be read. */
export async function readDeadLetterPage(path: string, from: number, most: number): Promise<LinePage> {
  const file = await openDeadLetterFile(path)
  try {
    if (!(await beginsLine(file, from)))
      throw new MillraceError('CONFLICT', `${path} has changed since it was read; read it from its beginning.`)
    const lines: PageLine[] = []
    let records = 0
    for await (const line of linesFrom(file, from)) {
      lines.push(line)
      if (line.record !== undefined) records += 1
      const end = line.at + line.bytes
      if (records === most || end - from >= pageBytes) return { lines, next: end < (await file.stat()).size ? end : undefined }
    }
    return { lines, next: undefined }
  } finally {
    await file.close()
  }
}

/** Without waiting for what is no file: a pipe would hold the engine's threads. Throws IO or NOT_FOUND. */
export async function openDeadLetterFile(path: string): Promise<FileHandle> {
  let file: FileHandle
  try {
    file = await open(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0))
  } catch (cause) {
    throw new MillraceError('IO', `The dead letter file ${path} cannot be read: ${messageOf(cause)}`, { cause })
  }
  if ((await file.stat()).isFile()) return file
  await file.close()
  throw new MillraceError('NOT_FOUND', `${path} is no file; dead letters lie in one.`)
}

async function beginsLine(file: FileHandle, at: number): Promise<boolean> {
  if (at === 0) return true
  const before = Buffer.alloc(1)
  return (await file.read(before, 0, 1, at - 1)).bytesRead === 1 && before[0] === 0x0a
}

/** Lines that are not blank. Of one that is too long nothing is kept. */
async function* linesFrom(file: FileHandle, from: number): AsyncGenerator<PageLine> {
  const chunk = Buffer.allocUnsafe(chunkBytes)
  let at = from
  let bytes = 0
  let parts: Buffer[] = []
  const add = (part: Buffer): void => {
    bytes += part.length
    if (bytes > longestLine) parts = []
    else parts.push(Buffer.from(part))
  }
  const take = (): PageLine | undefined => {
    const text = bytes > longestLine ? undefined : Buffer.concat(parts).toString('utf8')
    const line = { at, bytes, record: text === undefined ? undefined : recordOf(text) }
    at += bytes
    bytes = 0
    parts = []
    return text?.trim() === '' ? undefined : line
  }
  for (let place = from; ; ) {
    const { bytesRead } = await file.read(chunk, 0, chunkBytes, place)
    if (bytesRead === 0) break
    place += bytesRead
    let rest = chunk.subarray(0, bytesRead)
    for (let end = rest.indexOf(0x0a); end >= 0; end = rest.indexOf(0x0a)) {
      add(rest.subarray(0, end + 1))
      rest = rest.subarray(end + 1)
      const line = take()
      if (line !== undefined) yield line
    }
    if (rest.length > 0) add(rest)
  }
  const last = bytes === 0 ? undefined : take()
  if (last !== undefined) yield last
}
