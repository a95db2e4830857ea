// Lines as Java's BufferedReader reads them: they end in LF, CR, or CR LF.

export interface Lines {
  /** The lines that are whole with this piece of output. */
  add(chunk: Buffer): Uint8Array[]
  /** A last line without an end. */
  rest(): Uint8Array[]
}

/** In character sets in which a byte 10 or 13 is always a line end. */
export class LineSplitter implements Lines {
  #held: Buffer = Buffer.alloc(0)
  #afterCarriageReturn = false

  add(chunk: Buffer): Uint8Array[] {
    const bytes = this.#held.length === 0 ? chunk : Buffer.concat([this.#held, chunk])
    const lines: Uint8Array[] = []
    let start = 0
    for (let at = this.#held.length; at < bytes.length; at++) {
      const byte = bytes[at]
      if (byte === 10 && this.#afterCarriageReturn && at === start) start = at + 1
      else if (byte === 10 || byte === 13) {
        lines.push(bytes.subarray(start, at))
        start = at + 1
      }
      this.#afterCarriageReturn = byte === 13
    }
    this.#held = bytes.subarray(start)
    return lines
  }

  rest(): Uint8Array[] {
    const rest = this.#held
    this.#held = Buffer.alloc(0)
    return rest.length === 0 ? [] : [rest]
  }
}

/** The same for characters of two bytes: the lines are found in the text, and written in the character set again. */
export class WideLineSplitter implements Lines {
  readonly #read: (bytes: Uint8Array) => string
  readonly #encode: (text: string) => Uint8Array
  #held = ''

  constructor(read: (bytes: Uint8Array) => string, encode: (text: string) => Uint8Array) {
    this.#read = read
    this.#encode = encode
  }

  add(chunk: Buffer): Uint8Array[] {
    const text = this.#held + this.#read(chunk)
    // A CR at the end may be half of a line end.
    const lines = text.split(/\r\n|\n|\r(?!$)/)
    this.#held = lines.pop()!
    return lines.map(this.#encode)
  }

  rest(): Uint8Array[] {
    const rest = this.#held.replace(/\r$/, '')
    const ended = rest !== this.#held
    this.#held = ''
    return rest === '' && !ended ? [] : [this.#encode(rest)]
  }
}
