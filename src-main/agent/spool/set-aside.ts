// Files of a spooling directory that are left alone though their names do not say so: those that could not be read on, and those whose
// completed name was taken. Noted in `.millrace-aside.json` of the tracker directory, one entry a file: `{"path": {"size": …, "mtimeMs": …}}`.
// Another file under such a name, or the same one mended, is read.
import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { replaceFile } from '../platform/replace-file.ts'

export interface AsideFile {
  readonly path: string
  readonly size: number
  readonly mtimeMs: number
}

type Known = Map<string, { readonly size: number; readonly mtimeMs: number }>

export class SetAside {
  readonly #note: string
  #known: Known | undefined

  constructor(trackerDir: string) {
    this.#note = join(trackerDir, '.millrace-aside.json')
  }

  has({ path, size, mtimeMs }: AsideFile): boolean {
    const noted = this.#load().get(path)
    return noted?.size === size && noted.mtimeMs === mtimeMs
  }

  /** Notes a file by what it is now. Those that are gone are forgotten. */
  add(path: string): void {
    const known = this.#load()
    const { size, mtimeMs } = statSync(path)
    known.set(path, { size, mtimeMs })
    for (const other of known.keys()) if (!existsSync(other)) known.delete(other)
    mkdirSync(dirname(this.#note), { recursive: true })
    writeFileSync(`${this.#note}.tmp`, JSON.stringify(Object.fromEntries(known)))
    replaceFile(`${this.#note}.tmp`, this.#note)
  }

  #load(): Known {
    this.#known ??= new Map(Object.entries(readNote(this.#note)))
    return this.#known
  }
}

function readNote(path: string): Record<string, { size: number; mtimeMs: number }> {
  if (!existsSync(path)) return {}
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as Record<string, { size: number; mtimeMs: number }>
  } catch (error) {
    // Torn, or something else's: the files are looked at again.
    if (error instanceof SyntaxError) return {}
    throw error
  }
}
