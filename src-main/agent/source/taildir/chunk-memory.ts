// The memory that files are read into, used again chunk after chunk: fresh memory for each would cost more than the reading, in page faults
// and garbage collection. One for all files of a source, which are read one after another.

/** Files are read in chunks of so many bytes. */
export const chunkBytes = 1 << 20

/** Some memory that was read into. */
export interface Lent {
  readonly bytes: Buffer
  /** Those who need what was read: it may be written over when there is none. */
  users: number
}

/** No memory, for whoever has read nothing. */
export const noMemory: Lent = { bytes: Buffer.alloc(0), users: Number.POSITIVE_INFINITY }

/** One chunk is being delivered, one is split into lines, one is read ahead. */
const mostSpare = 3

export class ChunkMemory {
  readonly #spare: Buffer[] = []

  /** Memory of that length, with one user. */
  lend(length: number): Lent {
    const spare = length <= chunkBytes ? this.#spare.pop() : undefined
    return { bytes: spare?.subarray(0, length) ?? Buffer.allocUnsafeSlow(length), users: 1 }
  }

  /** One user less. */
  giveBack(lent: Lent): void {
    lent.users -= 1
    const { buffer } = lent.bytes
    if (lent.users === 0 && buffer.byteLength === chunkBytes && this.#spare.length < mostSpare) this.#spare.push(Buffer.from(buffer))
  }
}
