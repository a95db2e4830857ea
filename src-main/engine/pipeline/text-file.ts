// A text file that several may edit (this window, another one, an editor on disk): read, versioned, replaced whole, watched.
import { createHash } from 'node:crypto'
import { open, readFile, realpath, rename, rm, stat } from 'node:fs/promises'
import { MillraceError } from '../../../src-shared/errors.ts'
import { ioError } from '../log-index/io-error.ts'

export interface TextFileContent {
  readonly bytes: Uint8Array
  /** Short hash of the bytes: the same content is the same version. */
  readonly version: string
}

const mostBytes = 4 * 1024 * 1024

function versionOf(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex').slice(0, 16)
}

/** Rejects with a sentence for a folder, an unreadable file, or one that is too large to be edited. */
export async function readTextFile(path: string): Promise<TextFileContent> {
  try {
    const found = await stat(path)
    if (found.isDirectory()) throw new MillraceError('BAD_ARGUMENT', `${path} is a folder; open one of the files in it.`)
    if (!found.isFile()) throw new MillraceError('BAD_ARGUMENT', `${path} is not a regular file.`)
    if (found.size > mostBytes) {
      throw new MillraceError(
        'BAD_ARGUMENT',
        `${path} has ${found.size} bytes; a file of this kind may have ${mostBytes}. Is it a log? Open it as one.`,
      )
    }
    const bytes = await readFile(path)
    return { bytes, version: versionOf(bytes) }
  } catch (error) {
    throw error instanceof MillraceError ? error : ioError(error, 'read', path)
  }
}

/** Writes under way, by path: what one of them compares with must not be changed by another before it has written. */
const underWay = new Map<string, Promise<unknown>>()

/** Replaces the file's content in one step: after a crash it is the old or the new one. Follows a symbolic link. CONFLICT when its version is not `baseVersion`. */
export function replaceTextFile(path: string, bytes: Uint8Array, baseVersion?: string): Promise<string> {
  const before = underWay.get(path) ?? Promise.resolve()
  const replaced = before.then(() => replace(path, bytes, baseVersion))
  const over = replaced
    .catch(() => undefined)
    .then(() => {
      if (underWay.get(path) === over) underWay.delete(path)
    })
  underWay.set(path, over)
  return replaced
}

async function replace(path: string, bytes: Uint8Array, baseVersion: string | undefined): Promise<string> {
  try {
    const target = await realpath(path).catch(() => path)
    if (baseVersion !== undefined && (await readTextFile(target)).version !== baseVersion) {
      throw new MillraceError('CONFLICT', `${path} was changed by someone else since it was opened here. Compare the two, then save again.`)
    }
    const fresh = `${target}.millrace-${process.pid}`
    try {
      await writeSynced(fresh, bytes, await modeOf(target))
      await rename(fresh, target)
    } catch (error) {
      await rm(fresh, { force: true })
      throw error
    }
    return versionOf(bytes)
  } catch (error) {
    throw error instanceof MillraceError ? error : ioError(error, 'write', path)
  }
}

async function writeSynced(path: string, bytes: Uint8Array, mode: number): Promise<void> {
  const file = await open(path, 'w', mode)
  try {
    await file.writeFile(bytes)
    await file.sync()
  } finally {
    await file.close()
  }
}

/** Something that differs after the file was changed, replaced or removed; cheap. */
export async function stampOf(path: string): Promise<string> {
  try {
    const { dev, ino, size, mtimeMs } = await stat(path)
    return `${dev}:${ino}:${size}:${mtimeMs}`
  } catch {
    return 'gone'
  }
}

async function modeOf(path: string): Promise<number> {
  try {
    return (await stat(path)).mode & 0o777
  } catch {
    return 0o644 // a new file
  }
}
