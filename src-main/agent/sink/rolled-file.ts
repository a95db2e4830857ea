// One output file of file_roll, written so that it never holds half an event, whenever the process is killed.
//
// Beside the agent's state stands a note, one line of JSON: the file's path, the length up to which it holds whole transactions, the length
// before the last of them, and which events of the channel that one has. It is written after the data and before the take is committed. So
// after a kill everything behind the length belongs to a transaction whose events are still in the channel, and is cut off at the next
// start; the last whole transaction too, when a durable channel says that it still has its events. What lies before stays.
import { closeSync, fstatSync, openSync, readFileSync, statSync, truncateSync, unlinkSync, writeSync } from 'node:fs'
import { type FileHandle, open } from 'node:fs/promises'
import { MillraceError } from '../../../src-shared/errors.ts'

interface Note {
  readonly path: string
  readonly length: number
  readonly before: number
  readonly ordinals?: readonly [first: number, next: number]
}

/**
 * Cuts what was not committed off the file that `notePath` names, when a killed run left one. `isWaiting`: whether the channel has these
 * events and nobody has consumed them. Answers what was done, for the log. Throws COMPONENT_START for a note that is damaged.
 */
export function cutUnfinishedEnd(
  notePath: string,
  isWaiting: (ordinals: readonly [first: number, next: number]) => boolean,
): { readonly path: string; readonly cutBytes: number } | undefined {
  const text = unlessMissing(() => readFileSync(notePath, 'utf8'))
  const end = text?.indexOf('\n') ?? -1
  if (text === undefined || end < 0) return undefined
  const { path, length, before, ordinals } = readNote(notePath, text.slice(0, end))
  const size = unlessMissing(() => statSync(path).size)
  const whole = ordinals !== undefined && isWaiting(ordinals) ? before : length
  if (size === undefined || size <= whole) return undefined
  truncateSync(path, whole)
  return { path, cutBytes: size - whole }
}

/** A note is written in one piece: what cannot be read was damaged by something else, and nobody knows any more how much of the file is whole. */
function readNote(notePath: string, text: string): Note {
  try {
    const note = JSON.parse(text) as Partial<Note> | null
    const numbers = [note?.length, note?.before, ...(note?.ordinals ?? [])]
    if (typeof note?.path === 'string' && numbers.every((one) => Number.isSafeInteger(one) && one! >= 0)) return note as Note
  } catch (error) {
    if (!(error instanceof SyntaxError) && !(error instanceof TypeError)) throw error
  }
  throw new MillraceError(
    'COMPONENT_START',
    `${notePath}, which tells how much of the last output file is whole, is damaged. Look at the end of that file, then delete ${notePath}; nothing is lost.`,
  )
}

function unlessMissing<T>(look: () => T): T | undefined {
  try {
    return look()
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
}

export class RolledFile {
  readonly path: string
  readonly #file: FileHandle
  readonly #note: number
  readonly #notePath: string
  /** Bytes of whole, committed transactions. */
  #length: number
  #unsynced = false

  private constructor(path: string, file: FileHandle, notePath: string) {
    this.path = path
    this.#file = file
    this.#notePath = notePath
    this.#note = openSync(notePath, 'w')
    this.#length = 0
  }

  /** Creates the file; `notePath` is the same for all files of one sink. When it rejects it has left nothing behind: it is tried again for long. */
  static async create(path: string, notePath: string, beginning: Uint8Array | undefined): Promise<RolledFile> {
    const file = await open(path, 'wx')
    let rolled: RolledFile | undefined
    try {
      rolled = new RolledFile(path, file, notePath)
      rolled.#writeNote(0)
      if (beginning !== undefined) rolled.#length = await rolled.append([beginning])
      return rolled
    } catch (error) {
      if (rolled !== undefined) closeSync(rolled.#note)
      await file.close()
      unlinkSync(path)
      throw error
    }
  }

  /** Writes the bytes of one transaction behind what is committed and notes their end. Answers the new length, for `commit`. */
  async append(chunks: readonly Uint8Array[], ordinals?: readonly [first: number, next: number]): Promise<number> {
    let end = this.#length
    for (const chunk of chunks) {
      let written = 0
      while (written < chunk.length) {
        const { bytesWritten } = await this.#file.write(chunk, written, chunk.length - written, end + written)
        written += bytesWritten
      }
      end += chunk.length
    }
    this.#writeNote(end, ordinals)
    this.#unsynced = true
    return end
  }

  /** The transaction that ended at `length` is committed. */
  commit(length: number): void {
    this.#length = length
  }

  /** Takes back what append wrote and nobody committed. */
  async rollback(): Promise<void> {
    await this.#file.truncate(this.#length)
    this.#writeNote(this.#length)
  }

  /** Somebody deleted the file: what would be written now nobody could read. */
  get isDeleted(): boolean {
    return fstatSync(this.#file.fd).nlink === 0
  }

  /** What was written since the last time is on the disk, not just with the operating system. */
  async sync(): Promise<void> {
    if (!this.#unsynced) return
    this.#unsynced = false
    await this.#file.datasync()
  }

  /** Finishes the file. It is not open any more, whatever goes wrong; the note is then left for the next start. */
  async close({ ending, sync }: { readonly ending: Uint8Array | undefined; readonly sync: boolean }): Promise<void> {
    try {
      if (ending !== undefined) this.commit(await this.append([ending]))
      if (sync) await this.sync()
      unlinkSync(this.#notePath)
    } finally {
      closeSync(this.#note)
      await this.#file.close()
    }
  }

  #writeNote(length: number, ordinals?: readonly [first: number, next: number]): void {
    const note: Note = { path: this.path, length, before: this.#length, ...(ordinals && { ordinals }) }
    // A shorter line leaves the end of a longer one behind its line feed, where nobody reads.
    const bytes = Buffer.from(`${JSON.stringify(note)}\n`)
    writeSync(this.#note, bytes, 0, bytes.length, 0)
  }
}
