// The files of a spooling directory: which are to be read, in which order, and how one is marked as done (Flume ReliableSpoolingFileEventReader).
import { closeSync, existsSync, mkdirSync, openSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs'
import { basename, dirname, join, relative } from 'node:path'
import { ownFileRules } from '../platform/file-rules.ts'
import { SetAside } from './set-aside.ts'

export interface SpoolDirectoryOptions {
  readonly directory: string
  readonly trackerDir: string
  readonly suffix: string
  readonly include: RegExp
  readonly ignore: RegExp
  readonly recursive: boolean
  readonly order: 'oldest' | 'youngest' | 'random'
  readonly policy: 'rename' | 'tracker_dir'
  readonly deleteDone: boolean
  random(): number
}

export interface SpoolFile {
  readonly path: string
  readonly size: number
  readonly mtimeMs: number
}

export class SpoolDirectory {
  readonly #options: SpoolDirectoryOptions
  readonly #aside: SetAside

  constructor(options: SpoolDirectoryOptions) {
    this.#options = options
    this.#aside = new SetAside(options.trackerDir)
  }

  /** Files to be read, next one first. Files that vanish meanwhile are left out. */
  pending(): SpoolFile[] {
    const { order, random } = this.#options
    const files = this.#paths(this.#options.directory)
      .flatMap((path) => this.file(path) ?? [])
      .filter((file) => !this.#aside.has(file))
    if (order === 'random')
      return files
        .map((file) => ({ file, key: random() }))
        .sort((a, b) => a.key - b.key)
        .map(({ file }) => file)
    const direction = order === 'oldest' ? 1 : -1
    return files.sort((a, b) => direction * (a.mtimeMs - b.mtimeMs) || byText(basename(a.path), basename(b.path)) || byText(a.path, b.path))
  }

  file(path: string): SpoolFile | undefined {
    const stat = statSync(path, { throwIfNoEntry: false })
    return stat?.isFile() === true ? { path, size: stat.size, mtimeMs: stat.mtimeMs } : undefined
  }

  /** Marks a file as read. Answers the name that it has then, if any; when its completed name was taken, another is found. */
  complete(path: string): { readonly completed?: string; readonly taken: boolean } {
    const { suffix, policy, deleteDone } = this.#options
    if (deleteDone) {
      rmSync(path)
      return { taken: false }
    }
    if (policy === 'tracker_dir') {
      const mark = this.#mark(path)
      mkdirSync(dirname(mark), { recursive: true })
      closeSync(openSync(mark, 'a'))
      return { completed: path, taken: false }
    }
    const completed = renameToFree(path, path + suffix)
    const taken = completed !== path + suffix
    if (taken) this.#aside.add(completed)
    return { completed, taken }
  }

  /** Puts a file that cannot be read on aside. */
  quarantine(path: string): string {
    const aside = renameToFree(path, `${path}.error`)
    this.#aside.add(aside)
    return aside
  }

  #paths(directory: string): string[] {
    const { include, ignore, recursive, suffix, policy } = this.#options
    const paths: string[] = []
    for (const entry of readdirSync(directory, { withFileTypes: true })) {
      const { name } = entry
      if (name.startsWith('.') || ignore.test(name)) continue
      const path = ownFileRules.pathIn(directory, name)
      if (entry.isDirectory()) {
        if (recursive) paths.push(...this.#paths(path))
      } else if (include.test(name) && !name.endsWith(suffix) && !(policy === 'tracker_dir' && existsSync(this.#mark(path))))
        paths.push(path)
    }
    return paths
  }

  #mark(path: string): string {
    return join(this.#options.trackerDir, relative(this.#options.directory, path) + this.#options.suffix)
  }
}

const byText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)

function renameToFree(path: string, wanted: string): string {
  let target = wanted
  for (let number = 1; existsSync(target); number++) target = join(dirname(wanted), `${basename(wanted)}.${number}`)
  renameSync(path, target)
  return target
}
