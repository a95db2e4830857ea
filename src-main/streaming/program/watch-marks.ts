// Takes the watch thread's lines out of a program's standard error, and keeps the end of the rest (V8 says there why it gave up).
import { watchMark } from './program-watch.ts'

const mark = Buffer.from(watchMark)
const keptBytes = 4096
/** With its JSON. */
const longestMark = 256

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

  /** What of this chunk is the program's own: also a line that begins like a mark and is none. */
  strip(chunk: Uint8Array): Uint8Array {
    let rest = Buffer.concat([this.#held, chunk])
    const own: Buffer[] = []
    for (let at = rest.indexOf(mark); at >= 0; at = rest.indexOf(mark)) {
      const end = rest.indexOf(10, at)
      if (end < 0 && rest.length - at <= longestMark) {
        this.#held = rest.subarray(at)
        return this.#keep(Buffer.concat([...own, rest.subarray(0, at)]))
      }
      const rssBytes = end < 0 ? undefined : rssBytesOf(rest.subarray(at + mark.length, end))
      const behind = rssBytes === undefined ? at + mark.length : end + 1
      own.push(rest.subarray(0, rssBytes === undefined ? behind : at))
      this.rssBytes ??= rssBytes
      rest = rest.subarray(behind)
    }
    // The last bytes may be the beginning of a mark; a program's own output hardly ever ends in \u0001.
    const cut = possibleStart(rest)
    this.#held = rest.subarray(cut)
    return this.#keep(Buffer.concat([...own, rest.subarray(0, cut)]))
  }

  #keep(bytes: Buffer): Buffer {
    this.#tail = Buffer.from(Buffer.concat([this.#tail, bytes]).subarray(-keptBytes))
    return bytes
  }
}

/** Undefined for what the watch thread does not write. */
function rssBytesOf(json: Buffer): number | undefined {
  try {
    const { rssBytes } = JSON.parse(json.toString('utf8')) as { rssBytes?: unknown }
    return typeof rssBytes === 'number' ? rssBytes : undefined
  } catch {
    return undefined // a line of the program's own
  }
}

function possibleStart(bytes: Buffer): number {
  for (let length = Math.min(mark.length - 1, bytes.length); length > 0; length--) {
    if (bytes.subarray(bytes.length - length).equals(mark.subarray(0, length))) return bytes.length - length
  }
  return bytes.length
}
