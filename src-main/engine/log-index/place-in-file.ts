// From an event's origin back to its line: the file under the name that it has by now, and the number of the line that begins at a byte.
// The line is counted in the file itself, so that a log whose index is still being made can be opened at the right place.
import { createReadStream } from 'node:fs'
import { open, readdir, stat } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { MillraceError } from '../../../src-shared/errors.ts'
import { ownFileRules } from '../../agent/platform/file-rules.ts'
import { ioError } from './io-error.ts'

export interface PlaceSought {
  readonly path: string
  /** What the file was known by when it was read; absent: whatever has that path. */
  readonly fileId?: string
  readonly offset: number
}

const newline = 10

/** `line` is 0-based. NOT_FOUND, with what has become of it, when no line begins at that byte of that file. */
export async function placeInFile(sought: PlaceSought): Promise<{ readonly path: string; readonly line: number }> {
  const path = await nameByNow(sought)
  try {
    if (!(await lineBeginsAt(path, sought.offset))) {
      throw new MillraceError('NOT_FOUND', `${path} was written anew since: no line begins at byte ${sought.offset} of it any more.`)
    }
    return { path, line: await linesBefore(path, sought.offset) }
  } catch (error) {
    throw error instanceof MillraceError ? error : ioError(error, 'read', path)
  }
}

async function nameByNow({ path, fileId }: PlaceSought): Promise<string> {
  if (fileId === undefined || (await identityOf(path)) === fileId) return path
  const folder = dirname(path)
  const names = await readdir(folder).catch((error: unknown) => {
    throw ioError(error, 'list', folder)
  })
  // A log that is turned over keeps its name's beginning.
  const likely = names.filter((name) => name.startsWith(basename(path)))
  for (const name of new Set([...likely, ...names])) {
    if ((await identityOf(join(folder, name))) === fileId) return join(folder, name)
  }
  throw new MillraceError(
    'NOT_FOUND',
    `The file that was ${path} when the record was read is gone: that name belongs to no file or another one now, and none in ${folder} is it.`,
  )
}

async function identityOf(path: string): Promise<string | undefined> {
  // A name that vanished or may not be looked at is not the file that is sought.
  const found = await stat(path, { bigint: true }).catch(() => undefined)
  return found?.isFile() === true ? ownFileRules.identityOf(found, path) : undefined
}

async function lineBeginsAt(path: string, offset: number): Promise<boolean> {
  const file = await open(path, 'r')
  try {
    const { size } = await file.stat()
    if (offset >= size) return false
    if (offset === 0) return true
    const before = Buffer.alloc(1)
    await file.read(before, 0, 1, offset - 1)
    return before[0] === newline
  } finally {
    await file.close()
  }
}

async function linesBefore(path: string, offset: number): Promise<number> {
  if (offset === 0) return 0
  let lines = 0
  for await (const chunk of createReadStream(path, { end: offset - 1, highWaterMark: 1024 * 1024 }) as AsyncIterable<Buffer>) {
    for (let at = chunk.indexOf(newline); at >= 0; at = chunk.indexOf(newline, at + 1)) lines += 1
  }
  return lines
}
