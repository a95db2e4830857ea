// Takes the watch thread's lines out of a program's standard error, and keeps the end of the rest (V8 says there why it gave up).
import { watchMark } from './program-watch.ts'

const mark = Buffer.from(watchMark)
const keptBytes = 4096

/** Feed it every chunk in order; a mark may be cut anywhere between two chunks. */
export class WatchMarks {
  /** Resident bytes at which the watch thread ended the process, once it has. */
  rssBytes: number | undefined
  #held = Buffer.alloc(0)
  #tail = Buffer.alloc(0)

  /** The last 4 KB that were not marks. */
  get tail(): string {
    return Buffer.concat([this.#tail, this.#held]).toString('utf8')
  }

  /** What of this chunk is the program's own. */
  strip(chunk: Uint8Array): Uint8Array {
    const bytes = Buffer.concat([this.#held, chunk])
    const at = bytes.indexOf(mark)
    if (at < 0) {
      // The last bytes may be the beginning of a mark; a program's own output hardly ever ends in \u0001.
      const cut = possibleStart(bytes)
      this.#held = bytes.subarray(cut)
      return this.#keep(bytes.subarray(0, cut))
    }
    const end = bytes.indexOf(10, at)
    if (end < 0) {
      this.#held = bytes.subarray(at)
      return this.#keep(bytes.subarray(0, at))
    }
    this.#read(bytes.subarray(at + mark.length, end))
    this.#held = Buffer.alloc(0)
    const before = this.#keep(bytes.subarray(0, at))
    return Buffer.concat([before, this.strip(bytes.subarray(end + 1))])
  }

  #keep(bytes: Buffer): Buffer {
    this.#tail = Buffer.from(Buffer.concat([this.#tail, bytes]).subarray(-keptBytes))
    return bytes
  }

  #read(json: Buffer): void {
    const said = JSON.parse(json.toString('utf8')) as { rssBytes?: number }
    if (said.rssBytes !== undefined) this.rssBytes = said.rssBytes
  }
}

function possibleStart(bytes: Buffer): number {
  for (let length = Math.min(mark.length - 1, bytes.length); length > 0; length--) {
    if (bytes.subarray(bytes.length - length).equals(mark.subarray(0, length))) return bytes.length - length
  }
  return bytes.length
}
