// Lines of UTF-8 text from pieces of bytes, as Java's readers find them: ended by LF, CR or CR LF, and by nothing else.

import { TextDecoder } from 'node:util'

export class LineSplitter {
  readonly #decoder: TextDecoder
  #rest = ''
  #afterCr = false

  /** `byteOrderMark`: left out at the begin, as in files, or text like any other. */
  constructor({ byteOrderMark }: { readonly byteOrderMark: 'left-out' | 'text' }) {
    this.#decoder = new TextDecoder('utf-8', { ignoreBOM: byteOrderMark === 'text' })
  }

  /** The lines that these bytes end. */
  add(bytes: Uint8Array): string[] {
    let text = this.#decoder.decode(bytes, { stream: true })
    if (text === '') return []
    if (this.#afterCr && text.startsWith('\n')) text = text.slice(1)
    this.#afterCr = text.endsWith('\r')
    const lines = text.split(/\r\n|\n|\r/)
    lines[0] = this.#rest + lines[0]!
    this.#rest = lines.pop()!
    return lines
  }

  /** What came after the last end of a line, if anything did. */
  end(): string | undefined {
    const rest = this.#rest + this.#decoder.decode()
    this.#rest = ''
    return rest === '' ? undefined : rest
  }
}
