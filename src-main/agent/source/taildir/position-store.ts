// Where a taildir source stands, on disk, in two files.
//
// The position file is Flume's, byte for byte: `[{"inode":1,"pos":2,"file":"/p"},…]`, written every writePosInterval, here to a temporary file that
// is renamed over it. It is the one that counts: delete it, and everything is read again.
//
// The journal (`.<position file>.journal` beside it) makes up for the time between two writes. Its first line is JSON with the time and size of the position
// file that it belongs to, and each file's position and fingerprint; every commit appends one line `{"id":…,"pos":…,"fp":…}` by a plain write,
// which survives a killed process. A journal that belongs to another position file (somebody changed it) only lends its fingerprints.
import { appendFileSync, readFileSync, statSync, unlinkSync, writeFileSync } from 'node:fs'
import { mkdir, open } from 'node:fs/promises'
import { dirname } from 'node:path'
import { MillraceError, messageOf, phraseOf } from '../../../../src-shared/errors.ts'
import type { Logger } from '../../../log.ts'
import { replaceFile } from '../../platform/replace-file.ts'
import type { Fingerprint } from './fingerprint.ts'

/** One file as it is remembered. `id` (device and inode) is absent for an entry that Flume wrote. */
export interface StoredPosition {
  readonly id?: string
  readonly inode: string
  readonly path: string
  readonly position: number
  readonly fingerprint?: Fingerprint
  /** No look finds it at the moment. Only the journal remembers it: Flume's position file has what is there. */
  readonly missing?: true
}

interface JournalHead {
  readonly belongsTo: { readonly mtimeMs: number; readonly size: number }
  readonly files: readonly StoredPosition[]
}

interface JournalLine {
  readonly id: string
  readonly inode: string
  readonly path: string
  readonly pos: number
  readonly fp?: Fingerprint
}

/** JSON.parse as Node 24 has it: the reviver is told the text of a value. */
type ParseWithSource = (text: string, revive: (key: string, value: unknown, context: { readonly source?: string }) => unknown) => unknown

export class PositionStore {
  readonly #positionFile: string
  readonly #journal: string
  readonly #log: Logger
  readonly #departs: (rule: string) => void
  #failing = false

  constructor(positionFile: string, journal: string, log: Logger, departs: (rule: string) => void) {
    this.#positionFile = positionFile
    this.#journal = journal
    this.#log = log
    this.#departs = departs
  }

  /** What is known from before. Throws COMPONENT_START when the position file is there and cannot be read. */
  load(): StoredPosition[] {
    const text = readIfThere(this.#positionFile)
    if (text === undefined) {
      // Without a position file everything is read from its beginning, whatever a journal says.
      this.#log.info(`There is no position file ${this.#positionFile}; files are read from their beginning.`)
      removeIfThere(this.#journal)
      return []
    }
    const fromFlume = this.#parse(text)
    const journal = this.#loadJournal()
    if (journal === undefined) return fromFlume
    const { mtimeMs, size } = statSync(this.#positionFile)
    const belongs = journal.head.belongsTo.mtimeMs === mtimeMs && journal.head.belongsTo.size === size
    if (belongs) {
      const files = [...journal.files.values()]
      // Flume knows the position file only.
      const ahead = files.some(
        ({ inode, position, missing }) => !missing && position > (fromFlume.find((entry) => entry.inode === inode)?.position ?? 0),
      )
      if (ahead) this.#departs('taildir-position')
      return files
    }
    return fromFlume.map((entry) => {
      const known = [...journal.files.values()].find((file) => file.inode === entry.inode)
      return known?.fingerprint === undefined ? entry : { ...entry, id: known.id!, fingerprint: known.fingerprint }
    })
  }

  /** Notes one committed position at once. When that fails the position file still comes, later; it is said once. */
  note(file: StoredPosition & { readonly id: string }): void {
    const line: JournalLine = {
      id: file.id,
      inode: file.inode,
      path: file.path,
      pos: file.position,
      ...(file.fingerprint && { fp: file.fingerprint }),
    }
    try {
      appendFileSync(this.#journal, `${JSON.stringify(line)}\n`)
      this.#failing = false
    } catch (error) {
      if (!this.#failing) this.#log.error(`${this.#journal} cannot be written: ${phraseOf(error)}. A killed agent would repeat events.`)
      this.#failing = true
    }
  }

  /** Writes the position file and begins a new journal. `current` is asked again after the file is on the disk. */
  async save(current: () => readonly StoredPosition[]): Promise<void> {
    await mkdir(dirname(this.#positionFile), { recursive: true })
    const temporary = `${this.#positionFile}.tmp`
    const file = await open(temporary, 'w')
    try {
      await file.writeFile(positionText(current()))
      await file.datasync()
    } finally {
      await file.close()
    }
    replaceFile(temporary, this.#positionFile)
    const { mtimeMs, size } = statSync(this.#positionFile)
    // Without an await from here on: no commit comes between what is written and what is appended.
    const head: JournalHead = { belongsTo: { mtimeMs, size }, files: current() }
    writeFileSync(`${this.#journal}.tmp`, `${JSON.stringify(head)}\n`)
    replaceFile(`${this.#journal}.tmp`, this.#journal)
  }

  #parse(text: string): StoredPosition[] {
    let parsed: unknown
    try {
      // Inodes of some file systems do not fit a double: their digits are kept.
      parsed = (JSON.parse as ParseWithSource)(text, (key, value, { source }) => asGson(key, value, source ?? ''))
    } catch (error) {
      this.#log.error(
        `The position file ${this.#positionFile} is damaged (${messageOf(error)}); entries before the damage count, other files are read from their beginning.`,
      )
      return [...text.matchAll(/\{"inode":(\d+),"pos":(\d+),"file":("(?:[^"\\]|\\.)*")\}/g)].flatMap((match) => {
        const path = textIn(match[3]!)
        const position = Number(match[2])
        return path === undefined || !Number.isSafeInteger(position) ? [] : [{ inode: match[1]!, position, path }]
      })
    }
    if (!Array.isArray(parsed)) throw badPositionFile(this.#positionFile, 'it is not a list')
    const impossible = parsed.findIndex(
      (entry: Record<string, unknown> | null) => Number.isInteger(entry?.['pos']) && Number(entry?.['pos']) < 0,
    )
    if (impossible >= 0) {
      this.#log.error(
        `The position file ${this.#positionFile} has a position before the beginning of a file; entries before it count, other files are read from their beginning.`,
      )
    }
    return parsed.slice(0, impossible < 0 ? undefined : impossible).map((entry: Record<string, unknown> | null) => {
      const { inode, pos, file } = entry ?? {}
      if (!isInode(inode) || !isPosition(pos) || typeof file !== 'string') {
        throw badPositionFile(this.#positionFile, `the entry ${JSON.stringify(entry)} lacks inode, pos or file, or they are none`)
      }
      if (Object.keys(entry!).length > 3 || BigInt.asIntN(64, BigInt(inode)) !== BigInt(inode)) this.#departs('taildir-position-more')
      return { inode, position: pos, path: file }
    })
  }

  #loadJournal(): { head: JournalHead; files: Map<string, StoredPosition> } | undefined {
    const lines = readIfThere(this.#journal)?.split('\n')
    if (lines === undefined) return undefined
    try {
      const head = JSON.parse(lines[0]!) as JournalHead
      for (const file of head.files) requireStored(file)
      if (typeof head.belongsTo?.mtimeMs !== 'number') throw new TypeError('it does not say to which position file it belongs')
      const files = new Map<string, StoredPosition>(head.files.map((file) => [file.id ?? file.inode, file]))
      // The last piece is empty, or a line that was cut off by a kill.
      for (const text of lines.slice(1, -1)) {
        const { id, inode, path, pos, fp } = JSON.parse(text) as JournalLine
        const fingerprint = fp ?? files.get(id)?.fingerprint
        files.set(id, requireStored({ id, inode, path, position: pos, ...(fingerprint && { fingerprint }) }))
      }
      return { head, files }
    } catch (error) {
      this.#log.warn(`The journal ${this.#journal} is damaged (${messageOf(error)}); the position file alone counts.`)
      return undefined
    }
  }
}

/** Flume's text: no blanks, no line end; nothing at all when no file is known. */
function positionText(stored: readonly StoredPosition[]): string {
  const files = stored.filter(({ missing }) => !missing)
  if (files.length === 0) return ''
  const entries = files.map(({ inode, position, path }) => `{"inode":${inode},"pos":${position},"file":${JSON.stringify(path)}}`)
  return `[${entries.join(',')}]`
}

/** As Gson reads an entry: numbers that stand in quotes or have a fraction of 0, a name that is a number. Of an inode the digits. */
function asGson(key: string, value: unknown, source: string): unknown {
  const digits = /^"?([+-]?\d+)(?:\.0*)?"?$/.exec(source)?.[1]
  if (key === 'inode') return digits
  if (key === 'pos' && digits !== undefined) return Number(digits)
  return key === 'file' && typeof value === 'number' ? source : value
}

/** The digits. */
const isInode = (value: unknown): value is string => typeof value === 'string' && /^\d+$/.test(value)
const isPosition = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0

/** Throws for what this class did not write. */
function requireStored(file: StoredPosition): StoredPosition {
  const { id, inode, path, position, fingerprint } = file
  const whole = (id === undefined || typeof id === 'string') && isInode(inode) && typeof path === 'string' && isPosition(position)
  if (!whole || (fingerprint !== undefined && !(isPosition(fingerprint.length) && isPosition(fingerprint.crc))))
    throw new TypeError(`${JSON.stringify(file)} is no position`)
  return file
}

function textIn(json: string): string | undefined {
  try {
    return JSON.parse(json) as string
  } catch {
    // A text that was cut in the middle of an escape: the entry is part of the damage.
    return undefined
  }
}

function badPositionFile(path: string, why: string): MillraceError {
  return new MillraceError(
    'COMPONENT_START',
    `The position file ${path} cannot be used: ${why}. Mend or delete it; deleting reads all files again.`,
  )
}

function readIfThere(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw new MillraceError('COMPONENT_START', `${path} cannot be read: ${messageOf(error)}`, { cause: error })
  }
}

function removeIfThere(path: string): void {
  try {
    unlinkSync(path)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
  }
}
