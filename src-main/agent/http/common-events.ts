// The common shape of a request to JSONHandler, read in one pass over its bytes: `[{"headers": {"k": "v"}, "body": "text"}, …]` with double
// quotes, texts only, and no name twice. A body's bytes go straight into the batch; only its escapes become something else. At the first thing
// that is not this shape the reader gives up and says nothing about it: the lenient reader, which knows every shape and every mistake, begins anew.
import { headerColumns } from '../../../src-shared/event/build-batch.ts'
import { type EventBatch, emptyBatch, type Headers, type HeaderValue, withHeader } from '../../../src-shared/event/event-batch.ts'
import { type EventLimits, LimitExceeded, MessageAllowance } from '../network/limits.ts'

/** `utf8`: the request, valid UTF-8. Undefined when it has another shape, or more than `limits` or `maxValues` JSON values allow. */
export function readCommonEvents(utf8: Buffer, limits: EventLimits, maxValues: number): EventBatch | undefined {
  const reader = new CommonEvents(utf8, limits)
  try {
    return reader.read() && reader.values <= maxValues ? reader.batch() : undefined
  } catch (error) {
    // What the client is told may depend on what follows.
    if (error instanceof LimitExceeded) return undefined
    throw error
  }
}

const quote = 0x22
const backslash = 0x5c
const quotes = 0x22222222
const backslashes = 0x5c5c5c5c
const comma = 0x2c
const colon = 0x3a
const openObject = 0x7b
const closeObject = 0x7d
const openArray = 0x5b
const closeArray = 0x5d

const headersName = Buffer.from('"headers"')
const bodyName = Buffer.from('"body"')

/** What stands for the character behind a backslash; 0 where it is no escape of one character. */
const escapes = new Uint8Array(256)
for (const [character, meaning] of Object.entries({ t: '\t', b: '\b', n: '\n', r: '\r', f: '\f' }))
  escapes[character.charCodeAt(0)] = meaning.charCodeAt(0)
for (const character of '"\'\\/\n') escapes[character.charCodeAt(0)] = character.charCodeAt(0)

/** Methods that read something answer false where it is not of the common shape. */
class CommonEvents {
  /** JSON values so far. */
  values = 1
  readonly #input: Buffer
  readonly #inputView: DataView
  readonly #allowance: MessageAllowance
  #at = 0
  /** Bodies; as long as the input, for no text is longer than it was with its escapes. */
  readonly #output: Buffer
  readonly #outputView: DataView
  #to = 0
  #count = 0
  #ends = new Uint32Array(1024)
  /** Headers of every event. */
  readonly #rows: Headers[] = []
  /** The last headers, where they stand in the input, and how many JSON values they are. */
  #headers: Headers = {}
  #headersFrom = 0
  #headersTo = 0
  #headersValues = 0
  /** Names of headers by where they stood in the last object that had so many, with their quotes. */
  readonly #names: { readonly text: string; readonly bytes: Buffer }[] = []

  constructor(input: Buffer, limits: EventLimits) {
    this.#input = input
    this.#allowance = new MessageAllowance(limits)
    this.#output = Buffer.allocUnsafeSlow(input.length)
    this.#inputView = viewOf(input)
    this.#outputView = viewOf(this.#output)
  }

  batch(): EventBatch {
    if (this.#count === 0) return emptyBatch
    return {
      count: this.#count,
      bodies: this.#output.subarray(0, this.#to),
      ends: this.#ends.subarray(0, this.#count),
      gap: 0,
      terminated: false,
      ...headerColumns(this.#rows),
    }
  }

  /** All of the request. */
  read(): boolean {
    if (!this.#take(openArray)) return false
    if (!this.#take(closeArray)) {
      do {
        if (!this.#event()) return false
      } while (this.#take(comma))
      if (!this.#take(closeArray)) return false
    }
    this.#skipBlanks()
    return this.#at === this.#input.length
  }

  #event(): boolean {
    if (!this.#take(openObject)) return false
    this.#allowance.events(1)
    this.values++
    let headers: Headers | undefined
    let hasBody = false
    if (!this.#take(closeObject)) {
      do {
        this.#skipBlanks()
        if (!hasBody && this.#passed(bodyName)) {
          hasBody = true
          this.values++
          if (!this.#take(colon) || !this.#take(quote) || !this.#text()) return false
        } else if (headers === undefined && this.#passed(headersName)) {
          if (!this.#take(colon) || !this.#take(openObject) || (!this.#headersAgain() && !this.#newHeaders())) return false
          headers = this.#headers
          this.values += this.#headersValues
        } else return false
      } while (this.#take(comma))
      if (!this.#take(closeObject)) return false
    }
    if (this.#count === this.#ends.length) this.#ends = grown(this.#ends)
    this.#ends[this.#count] = this.#to
    this.#count++
    this.#rows.push(headers ?? noHeaders)
    return true
  }

  /** Passes over the members of an object that are the same bytes as those of the last headers, its end included. */
  #headersAgain(): boolean {
    const input = this.#input
    const length = this.#headersTo - this.#headersFrom
    if (length === 0 || this.#at + length > input.length) return false
    for (let index = 0; index < length; index++) if (input[this.#at + index] !== input[this.#headersFrom + index]) return false
    this.#at += length
    return true
  }

  /** The members of an object and its end. */
  #newHeaders(): boolean {
    const headers: Record<string, HeaderValue> = {}
    const from = this.#at
    let values = 1
    if (!this.#take(closeObject)) {
      do {
        const name = this.#headerName(values - 1)
        if (name === undefined || Object.hasOwn(headers, name) || !this.#take(colon)) return false
        const value = this.#headerValue()
        if (value === undefined) return false
        this.#allowance.header(name, Math.max(name.length, value.length))
        withHeader(headers, name, value)
        values++
      } while (this.#take(comma))
      if (!this.#take(closeObject)) return false
    }
    this.#headers = headers
    this.#headersFrom = from
    this.#headersTo = this.#at
    this.#headersValues = values
    return true
  }

  /**
   * A name without escapes: those that make half a surrogate pair are another name than they are written as. `position`: which of its
   * object; in most requests it is there in every object.
   */
  #headerName(position: number): string | undefined {
    const known = this.#names[position]
    if (known !== undefined && this.#passed(known.bytes)) return known.text
    if (!this.#take(quote)) return undefined
    const input = this.#input
    const from = this.#at
    const end = input.indexOf(quote, from)
    if (end < 0) return undefined
    for (let at = from; at < end; at++) if (input[at] === backslash) return undefined
    this.#at = end + 1
    const text = input.toString('utf8', from, end)
    this.#names[position] = { text, bytes: input.subarray(from - 1, end + 1) }
    return text
  }

  #headerValue(): string | undefined {
    const from = this.#to
    if (!this.#take(quote) || !this.#text()) return undefined
    const value = this.#output.toString('utf8', from, this.#to)
    this.#to = from
    return value
  }

  /** Copies a text, whose opening quote is behind, to the output, and passes over its end. */
  #text(): boolean {
    const input = this.#inputView
    const output = this.#outputView
    const lastWord = input.byteLength - 4
    let at = this.#at
    let to = this.#to
    for (;;) {
      // Four bytes at a time as far as the next quote or backslash; the last three of the input one by one.
      while (at <= lastWord) {
        const word = input.getInt32(at, true)
        output.setInt32(to, word, true)
        const hits = zeroBytes(word ^ quotes) | zeroBytes(word ^ backslashes)
        const plain = hits === 0 ? 4 : (31 - Math.clz32(hits & -hits)) >> 3
        at += plain
        to += plain
        if (hits !== 0) break
      }
      if (at >= input.byteLength) return false
      const byte = input.getUint8(at)
      if (byte === quote) break
      if (byte !== backslash) {
        output.setUint8(to++, byte)
        at++
        continue
      }
      const meaning = at + 1 < input.byteLength ? escapes[input.getUint8(at + 1)]! : 0
      if (meaning !== 0) {
        output.setUint8(to++, meaning)
        at += 2
        continue
      }
      this.#at = at
      this.#to = to
      if (!this.#codePoint()) return false
      at = this.#at
      to = this.#to
    }
    this.#at = at + 1
    this.#to = to
    return true
  }

  /** An escape `\uXXXX`, or two that are a surrogate pair. Half a pair is written as `?`, as Java writes it. */
  #codePoint(): boolean {
    const unit = this.#unit(this.#at)
    if (unit < 0) return false
    this.#at += 6
    let point = unit
    if (unit >= 0xd800 && unit < 0xe000) {
      const low = unit < 0xdc00 ? this.#unit(this.#at) : -1
      const paired = low >= 0xdc00 && low < 0xe000
      if (paired) this.#at += 6
      point = paired ? 0x10000 + ((unit - 0xd800) << 10) + (low - 0xdc00) : 0x3f
    }
    this.#to += this.#output.write(String.fromCodePoint(point), this.#to, 'utf8')
    return true
  }

  /** The UTF-16 unit of an escape `\uXXXX`; -1 when there is none. */
  #unit(at: number): number {
    const input = this.#input
    if (at + 6 > input.length || input[at] !== backslash || input[at + 1] !== 0x75) return -1
    let unit = 0
    for (let index = at + 2; index < at + 6; index++) {
      const digit = hexDigit(input[index]!)
      if (digit < 0) return -1
      unit = unit * 16 + digit
    }
    return unit
  }

  /** Passes over these bytes, if they come next. */
  #passed(bytes: Buffer): boolean {
    for (let index = 0; index < bytes.length; index++) if (this.#input[this.#at + index] !== bytes[index]) return false
    this.#at += bytes.length
    return true
  }

  /** Passes over blanks and, behind them, over this byte, if it comes next. */
  #take(byte: number): boolean {
    if (this.#input[this.#at] !== byte) {
      this.#skipBlanks()
      if (this.#input[this.#at] !== byte) return false
    }
    this.#at++
    return true
  }

  #skipBlanks(): void {
    for (let next = this.#input[this.#at]; next === 0x20 || next === 0x0a || next === 0x0d || next === 0x09; next = this.#input[this.#at])
      this.#at++
  }
}

const noHeaders: Headers = {}

/** The highest bit of the first byte, from the lowest, that is zero; above it others may be set. 0 when no byte is zero. */
const zeroBytes = (word: number): number => (word - 0x01010101) & ~word & 0x80808080

const viewOf = ({ buffer, byteOffset, byteLength }: Buffer): DataView => new DataView(buffer, byteOffset, byteLength)

function grown(ends: Uint32Array<ArrayBuffer>): Uint32Array<ArrayBuffer> {
  const twice = new Uint32Array(ends.length * 2)
  twice.set(ends)
  return twice
}

function hexDigit(byte: number): number {
  if (byte >= 0x30 && byte <= 0x39) return byte - 0x30
  const lower = byte | 0x20
  return lower >= 0x61 && lower <= 0x66 ? lower - 0x57 : -1
}
