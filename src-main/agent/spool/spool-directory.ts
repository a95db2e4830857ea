// The files of a spooling directory: which are to be read, in which order, and how one is marked as done (Flume ReliableSpoolingFileEventReader).
import { closeSync, existsSync, mkdirSync, openSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs'
import { basename, dirname, join, relative } from 'node:path'

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

  constructor(options: SpoolDirectoryOptions) {
    this.#options = options
  }

  /** Files to be read, next one first. Files that vanish meanwhile are left out. */
  pending(): SpoolFile[] {
    const { order, random } = this.#options
    const files = this.#paths(this.#options.directory).flatMap((path) => this.file(path) ?? [])
    if (order === 'random')
      return files
        .map((file) => ({ file, key: random() }))
        .sort((a, b) => a.key - b.key)
        .map(({ file }) => file)
    const direction = order === 'oldest' ? 1 : -1
    return files.sort((a, b) => direction * (a.mtimeMs - b.mtimeMs) || (a.path < b.path ? -1 : 1))
  }

  file(path: string): SpoolFile | undefined {
    const stat = statSync(path, { throwIfNoEntry: false })
    return stat?.isFile() === true ? { path, size: stat.size, mtimeMs: stat.mtimeMs } : undefined
  }

  /** Marks a file as read. When its completed name is taken, another is found; answers the name that it got, or undefined when it was deleted. */
  complete(path: string): string | undefined {
    const { suffix, policy, deleteDone } = this.#options
    if (deleteDone) {
      rmSync(path)
      return undefined
    }
    if (policy === 'tracker_dir') {
      const mark = this.#mark(path)
      mkdirSync(dirname(mark), { recursive: true })
      closeSync(openSync(mark, 'a'))
      return path
    }
    return renameToFree(path, path + suffix)
  }

  /** Puts a file that cannot be read on aside. */
  quarantine(path: string): string {
    return renameToFree(path, `${path}.error`)
  }

  #paths(directory: string): string[] {
    const { include, ignore, recursive, suffix, policy } = this.#options
    const paths: string[] = []
    for (const entry of readdirSync(directory, { withFileTypes: true })) {
      const { name } = entry
      if (name.startsWith('.') || ignore.test(name)) continue
      const path = join(directory, name)
      if (entry.isDirectory()) {
        if (recursive) paths.push(...this.#paths(path))
      } else if (include.test(name) && !isDone(name, suffix) && !(policy === 'tracker_dir' && existsSync(this.#mark(path))))
        paths.push(path)
    }
    return paths
  }

  #mark(path: string): string {
    return join(this.#options.trackerDir, relative(this.#options.directory, path) + this.#options.suffix)
  }
}

/** Has the suffix, or the suffix and a number that made the name free, or was put aside. */
function isDone(name: string, suffix: string): boolean {
  return name.endsWith(suffix) || name.endsWith('.error') || name.replace(/\.\d+$/, '').endsWith(suffix) || /\.error\.\d+$/.test(name)
}

function renameToFree(path: string, wanted: string): string {
  let target = wanted
  for (let number = 1; existsSync(target); number++) target = join(dirname(wanted), `${basename(wanted)}.${number}`)
  renameSync(path, target)
  return target
}
