// What the operating system said about a file, as a sentence with what to do.
import { MillraceError } from '../../../src-shared/errors.ts'

const sentences: Readonly<Record<string, (path: string) => string>> = {
  ENOENT: (path) => `There is no file ${path}. Check the name, or wait until it is written and open it then.`,
  EACCES: (path) => `${path} may not be read by this user. Change its permissions, or start Millrace as a user who may.`,
  EPERM: (path) => `${path} may not be read by this user. Change its permissions, or start Millrace as a user who may.`,
  EISDIR: (path) => `${path} is a folder; name one of the files in it.`,
  ENOTDIR: (path) => `A part of ${path} is a file, not a folder. Check the path.`,
  ENAMETOOLONG: (path) => `The name ${path.slice(0, 80)}… is too long for this file system.`,
  ELOOP: (path) => `${path} is a circle of symbolic links.`,
  EMFILE: (path) => `${path} cannot be opened: this process has too many files open. Close some, or raise the limit (ulimit -n).`,
  ENOSPC: (path) => `The disk that holds ${path} is full.`,
}

/** MillraceError IO (NOT_FOUND where there is no such file) for an error of node:fs. `doing`: `open`, `read`, `write`. */
export function ioError(error: unknown, doing: string, path: string): MillraceError {
  const code = (error as NodeJS.ErrnoException).code ?? ''
  const kind = code === 'ENOENT' ? 'NOT_FOUND' : 'IO'
  const sentence = sentences[code]?.(path)
  return sentence === undefined
    ? new MillraceError(kind, `Could not ${doing} ${path}`, { cause: error })
    : new MillraceError(kind, sentence)
}
