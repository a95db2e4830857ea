// Which files a taildir source tails: groups of one directory and a regular expression on file names, oldest first.
import { readdirSync, statSync } from 'node:fs'
import { MillraceError, phraseOf } from '../../../../src-shared/errors.ts'
import type { Headers } from '../../../../src-shared/event/event-batch.ts'
import { javaRegexWhole } from '../../../../src-shared/regex/java-regex.ts'
import { type FileRules, ownFileRules } from '../../platform/file-rules.ts'

/** A file as the directory shows it now. `id`: what survives renaming. */
export interface FoundFile {
  readonly id: string
  readonly path: string
  readonly inode: string
  readonly size: number
  readonly mtimeMs: number
}

/** Looks at a path; undefined when there is no file (any more), or something that is not a file. Tests put another in its place. */
export type Look = (path: string) => FoundFile | undefined

/** A look that knows files by these rules. */
export const lookWith =
  (rules: FileRules): Look =>
  (path) => {
    const found = statSync(path, { bigint: true, throwIfNoEntry: false })
    if (found === undefined || !found.isFile()) return undefined
    return {
      id: rules.identityOf(found, path),
      path,
      inode: String(found.ino),
      size: Number(found.size),
      mtimeMs: Number(found.mtimeNs) / 1e6,
    }
  }

/** A file system may count time in steps of 2 s (FAT); a directory whose time is older than that does not hide a change. */
const coarsestTimeMs = 3000

export class FileGroup {
  readonly name: string
  readonly directory: string
  readonly headers: Headers
  readonly #pattern: RegExp
  readonly #rules: FileRules
  #paths: readonly string[] = []
  #listedAt: { readonly mtimeNs: bigint; readonly settled: boolean } | undefined

  constructor(name: string, pathPattern: string, headers: Headers, rules: FileRules = ownFileRules) {
    this.name = name
    this.headers = headers
    const { directory, names } = rules.splitPattern(pathPattern)
    this.#rules = rules
    this.directory = rules.absolute(directory)
    try {
      this.#pattern = javaRegexWhole(names)
    } catch (error) {
      throw new MillraceError('BAD_CONFIGURATION', `filegroups.${name}: ${JSON.stringify(names)} ${phraseOf(error)}.`, { cause: error })
    }
  }

  /**
   * Files that match now, by the times of their changes when they were listed. `useCache`: the directory is listed again only when its own time has changed (Flume's
   * cachePatternMatching). Throws what the operating system says about the directory; undefined when it does not exist.
   */
  find(look: Look, nowMs: number, useCache: boolean): FoundFile[] | undefined {
    const directory = statSync(this.directory, { bigint: true, throwIfNoEntry: false })
    if (directory === undefined) {
      this.#listedAt = undefined
      return undefined
    }
    if (!directory.isDirectory()) throw new MillraceError('IO', `${this.directory} is not a directory.`)
    if (useCache && this.#listedAt?.settled === true && this.#listedAt.mtimeNs === directory.mtimeNs)
      return this.#paths.map(look).filter((file) => file !== undefined)
    const found = readdirSync(this.directory)
      .filter((name) => this.#pattern.test(name))
      .map((name) => look(this.#rules.pathIn(this.directory, name)))
      .filter((file) => file !== undefined)
      .sort((a, b) => a.mtimeMs - b.mtimeMs)
    // The order stays until the directory is listed again, as in Flume.
    this.#paths = found.map(({ path }) => path)
    // A file made within the same tick of the file system's clock would not change the time again.
    this.#listedAt = { mtimeNs: directory.mtimeNs, settled: nowMs - Number(directory.mtimeNs) / 1e6 > coarsestTimeMs }
    return found
  }
}
