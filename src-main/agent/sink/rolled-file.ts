// One output file of file_roll, written so that it never holds half an event, whenever the process is killed.
//
// Beside the agent's state stands a note, one line of JSON: the file's path and the length up to which it holds whole transactions. It is
// written after the data and before the take is committed. So after a kill everything behind that length belongs to a transaction whose
// events are still in the channel, and is cut off at the next start. What lies before it stays.
import { closeSync, openSync, readFileSync, statSync, truncateSync, unlinkSync, writeSync } from 'node:fs'
import { type FileHandle, open } from 'node:fs/promises'

/** Cuts the unfinished end of the file that `notePath` names, when a killed run left one. Answers what was done, for the log. */
export function cutUnfinishedEnd(notePath: string): { readonly path: string; readonly cutBytes: number } | undefined {
  let note: string
  try {
    note = readFileSync(notePath, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
  const end = note.indexOf('\n')
  if (end < 0) return undefined
  const { length, path } = JSON.parse(note.slice(0, end)) as { length: number; path: string }
  let size: number
  try {
    size = statSync(path).size
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
  if (size <= length) return undefined
  truncateSync(path, length)
  return { path, cutBytes: size - length }
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
    this.#writeNote(0)
  }

  /** Creates the file; `notePath` is the same for all files of one sink. */
  static async create(path: string, notePath: string, beginning: Uint8Array | undefined): Promise<RolledFile> {
    const file = await open(path, 'wx')
    const rolled = new RolledFile(path, file, notePath)
    if (beginning !== undefined) rolled.#length = await rolled.append([beginning])
    return rolled
  }

  /** Writes the bytes of one transaction behind what is committed and notes their end. Answers the new length, for `commit`. */
  async append(chunks: readonly Uint8Array[]): Promise<number> {
    let end = this.#length
    for (const chunk of chunks) {
      let written = 0
      while (written < chunk.length) {
        const { bytesWritten } = await this.#file.write(chunk, written, chunk.length - written, end + written)
        written += bytesWritten
      }
      end += chunk.length
    }
    this.#writeNote(end)
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
  async isDeleted(): Promise<boolean> {
    return (await this.#file.stat()).nlink === 0
  }

  /** What was written is on the disk, not just with the operating system. */
  async sync(): Promise<void> {
    if (!this.#unsynced) return
    this.#unsynced = false
    await this.#file.datasync()
  }

  async close(ending: Uint8Array | undefined): Promise<void> {
    if (ending !== undefined) this.commit(await this.append([ending]))
    await this.#file.close()
    closeSync(this.#note)
    unlinkSync(this.#notePath)
  }

  #writeNote(length: number): void {
    // A shorter line leaves the end of a longer one behind its line feed, where nobody reads.
    const note = Buffer.from(`${JSON.stringify({ length, path: this.path })}\n`)
    writeSync(this.#note, note, 0, note.length, 0)
  }
}
