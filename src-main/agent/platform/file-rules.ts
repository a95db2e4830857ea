// How a system names files and knows them again: what differs between Linux, macOS and Windows, in one place. A value, so that a test has the
// rules of a system that it does not run on.
import { posix, win32 } from 'node:path'

export interface FileRules {
  /** What a file is known by, however it is called. */
  identityOf(stat: { readonly dev: bigint; readonly ino: bigint }, path: string): string
  /** Whether two spellings mean one file, as far as spelling tells. */
  samePath(a: string, b: string): boolean
  /** A directory and the regular expression for the names in it, of a taildir group's path. */
  splitPattern(path: string): { readonly directory: string; readonly names: string }
  /** The absolute path, as Java writes it into headers: `.` and `..` stay in it. */
  absolute(path: string): string
  /** The path of what has this name in a directory. */
  pathIn(directory: string, name: string): string
}

/**
 * Windows: the file index of NTFS stands where others have an inode; drive letters and names in any case, both slashes. macOS: names in any case,
 * accents composed or not. A file system without file indexes (FAT, some network drives: 0) knows a file by its path only: a renamed file is
 * another one then, which is read again rather than not at all.
 */
export function fileRules(platform: NodeJS.Platform = process.platform): FileRules {
  const folded = foldedPath(platform)
  return {
    identityOf: ({ dev, ino }, path) => (ino === 0n ? `path:${folded(path)}` : `${dev}:${ino}`),
    samePath: (a, b) => a === b || folded(a) === folded(b),
    ...(platform === 'win32' ? windowsPaths : posixPaths),
  }
}

const posixPaths: Pick<FileRules, 'splitPattern' | 'absolute' | 'pathIn'> = {
  splitPattern: (path) => ({ directory: posix.dirname(path), names: posix.basename(path) }),
  absolute: (path) => withoutIdleSlashes(posix.isAbsolute(path) ? path : `${process.cwd()}/${path}`),
  pathIn: (directory, name) => withoutIdleSlashes(`${directory}/${name}`),
}

const withoutIdleSlashes = (path: string): string => path.replace(/\/{2,}/g, '/').replace(/(?<=.)\/$/, '')

const windowsPaths: Pick<FileRules, 'splitPattern' | 'absolute' | 'pathIn'> = {
  splitPattern: splitWindowsPattern,
  absolute: win32.resolve,
  pathIn: win32.join,
}

/** Those of the system that this process runs on. */
export const ownFileRules = fileRules()

function foldedPath(platform: NodeJS.Platform): (path: string) => string {
  if (platform === 'win32') return (path) => win32.normalize(path).toLowerCase()
  if (platform === 'darwin') return (path) => path.normalize('NFC').toLowerCase()
  return (path) => path
}

/**
 * On Windows a backslash separates folders and escapes in regular expressions. With a slash in the path the last one ends the directory
 * (`C:/logs/.*\.log`), and every backslash behind it belongs to the expression. Without, the directory ends before the first character that no
 * file name can have (`C:\logs\.*\.log`), or at the last backslash.
 */
function splitWindowsPattern(path: string): { directory: string; names: string } {
  const slash = path.lastIndexOf('/')
  const special = path.search(/[*?|]/)
  const end = slash >= 0 ? slash : path.lastIndexOf('\\', special < 0 ? path.length : special)
  const directory = end < 0 ? '.' : path.slice(0, end)
  // `C:` alone would be the drive's current folder.
  return { directory: /^([A-Za-z]:)?$/.test(directory) ? `${directory}\\` : win32.normalize(directory), names: path.slice(end + 1) }
}
