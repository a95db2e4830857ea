// Where the hdfs sink writes: a directory of this machine, or HDFS over WebHDFS. Both give the same few operations.
import { type FileHandle, mkdir, open, rename, rm } from 'node:fs/promises'
import { dirname } from 'node:path'

/** A file that is being written. Nothing but one operation at a time. */
export interface OutputFile {
  readonly path: string
  /** Resolves when the bytes would survive the end of this process. Rejects with the file in an unknown state: rollback() it. */
  append(bytes: Uint8Array): Promise<void>
  /** What was appended since the last commit stays. */
  commit(): void
  /** Takes back what was appended since the last commit. False when nothing more may be appended. */
  rollback(): Promise<boolean>
  close(): Promise<void>
}

export interface TargetFileSystem {
  /** A new file, its folders too. Rejects when there is one of this name. */
  create(path: string): Promise<OutputFile>
  /** Rejects when `to` exists. */
  rename(from: string, to: string): Promise<void>
  remove(path: string): Promise<void>
}

/** `overwrite` never: a name of ours that is taken is an error. */
export const localFileSystem: TargetFileSystem = {
  async create(path) {
    await mkdir(dirname(path), { recursive: true })
    return new LocalFile(path, await open(path, 'wx'))
  },
  async rename(from, to) {
    // A plain rename would replace a file that has the name.
    const reserved = await open(to, 'wx')
    await reserved.close()
    try {
      await rename(from, to)
    } catch (error) {
      await rm(to, { force: true })
      throw error
    }
  },
  remove: (path) => rm(path, { force: true }),
}

class LocalFile implements OutputFile {
  readonly path: string
  readonly #handle: FileHandle
  #length = 0
  #committed = 0

  constructor(path: string, handle: FileHandle) {
    this.path = path
    this.#handle = handle
  }

  async append(bytes: Uint8Array): Promise<void> {
    let written = 0
    while (written < bytes.length) {
      const { bytesWritten } = await this.#handle.write(bytes, written, bytes.length - written, this.#length + written)
      written += bytesWritten
    }
    this.#length += bytes.length
  }

  commit(): void {
    this.#committed = this.#length
  }

  async rollback(): Promise<boolean> {
    await this.#handle.truncate(this.#committed)
    this.#length = this.#committed
    return true
  }

  /** Forced to the disk: a finished file survives a power cut. */
  async close(): Promise<void> {
    try {
      await this.#handle.sync()
    } finally {
      await this.#handle.close()
    }
  }
}
