// Flume's JSONHandler: `[{"headers": {"k": "v"}, "body": "text"}, …]`, bodies encoded in the request's character set.
import { isAscii, isUtf8 } from 'node:buffer'
import { batchOf } from '../../../src-shared/event/build-batch.ts'
import type { FlumeEvent, HeaderValue } from '../../../src-shared/event/event-batch.ts'
import { type EventLimits, LimitExceeded, MessageAllowance } from '../network/limits.ts'
import { charset } from '../serialization/charset.ts'
import { readCommonEvents } from './common-events.ts'
import { BadRequest, type HttpHandler } from './http-handler.ts'
import { JsonSyntaxError, type JsonValue, type LenientJson, Literal, Members, parseLenientJson, TooManyValues } from './lenient-json.ts'

const badSyntax = 'Request has invalid JSON Syntax.'

export const jsonHandler: HttpHandler = (request) => {
  const { contentType, body, limits } = request
  const common = charsetsOf(contentType).isPlain(body) ? readCommonEvents(body, limits, mostValues(limits)) : undefined
  return common ?? lenientJsonHandler(request)
}

/** The same for every request, whatever its shape, but slower. */
export const lenientJsonHandler: HttpHandler = ({ contentType, body, limits }) => {
  const { decode, encode } = charsetsOf(contentType)
  const read = (elements: JsonValue, open: ReadonlySet<JsonValue>, isCut: boolean): (FlumeEvent | null)[] => {
    if (!Array.isArray(elements)) throw new BadRequest(badSyntax)
    const reader = new EventReader(encode, new MessageAllowance(limits), open, isCut)
    return (elements as readonly JsonValue[]).map((element) => reader.event(element))
  }
  const { value: elements, cut } = parsed(decode(body), mostValues(limits), (before, open) => read(before, open, false))
  if (elements === undefined || elements === null) throw new Error('The request has no body.')
  const events = read(elements, cut?.open ?? new Set(), cut !== undefined)
  if (cut !== undefined) throw new Error(cut.message)
  // Only when all are read, as in Flume: a mistake in one that follows is a client's, and answered as such.
  return batchOf(
    events.map((event) => {
      if (event === null) throw new Error('An element of the array is null.')
      return event
    }),
  )
}

/** An event is four values at least: itself, its headers, one of them, its body. */
const mostValues = ({ maxMessageEvents }: EventLimits): number => maxMessageEvents * 4

/** `understand` is given what stands before a mistake in the syntax: a mistake in that is found first. */
function parsed(text: string, maxValues: number, understand: (before: JsonValue, open: ReadonlySet<JsonValue>) => void): LenientJson {
  try {
    return parseLenientJson(text, maxValues)
  } catch (error) {
    if (error instanceof TooManyValues)
      throw new LimitExceeded(`The request has more than ${maxValues} JSON values (4 × maxMessageEvents).`)
    if (!(error instanceof JsonSyntaxError)) throw error
    if (error.before !== undefined) understand(error.before.value, error.before.open)
    throw new BadRequest(badSyntax, { cause: error })
  }
}

/** Reads the elements of a request, each with a BadRequest for what is of another type. */
class EventReader {
  readonly #encode: (text: string) => Uint8Array
  readonly #allowance: MessageAllowance
  readonly #open: ReadonlySet<JsonValue>
  /** Values of a pair of which Gson has read the name and the value. */
  readonly #wholePair: number

  /** `open`: arrays and objects that were not read to their end. `isCut`: the last value in them is the one that could not be read. */
  constructor(encode: (text: string) => Uint8Array, allowance: MessageAllowance, open: ReadonlySet<JsonValue>, isCut: boolean) {
    this.#encode = encode
    this.#allowance = allowance
    this.#open = open
    this.#wholePair = isCut ? 3 : 2
  }

  event(element: JsonValue): FlumeEvent | null {
    this.#allowance.events(1)
    if (element === null) return null
    if (!(element instanceof Members)) throw new BadRequest(badSyntax)
    for (const [name, value] of element.replaced) {
      if (name === 'headers') this.#headers(value)
      else if (name === 'body') textOf(value)
    }
    let headers: Record<string, HeaderValue> = {}
    let body: string | null = null
    // In the order of the text: the first mistake decides the answer.
    for (const [name, value] of element) {
      if (name === 'headers') headers = this.#headers(value)
      else if (name === 'body') body = textOf(value)
    }
    return { headers, body: this.#encode(body ?? '') }
  }

  #headers(value: JsonValue): Record<string, HeaderValue> {
    if (value === null) return {}
    return Object.fromEntries(
      [...this.#members(value)].map(([name, header]) => {
        const text = textOf(header)
        this.#allowance.header(name, Math.max(name.length, text?.length ?? 0))
        return [paired(name), text === null ? null : paired(text)]
      }),
    )
  }

  /** Of an object, or of an array of pairs, which Gson takes for a map too. */
  #members(value: Exclude<JsonValue, null>): ReadonlyMap<string, JsonValue> {
    if (value instanceof Members && value.repeated === undefined) return value
    if (!Array.isArray(value)) throw new BadRequest(badSyntax)
    const members = new Map<string, JsonValue>()
    for (const pair of value as readonly JsonValue[]) {
      if (!Array.isArray(pair)) throw new BadRequest(badSyntax)
      const [first, second = null] = pair as readonly JsonValue[]
      const isOpen = this.#open.has(pair)
      if (pair.length < 2 && !isOpen) throw new BadRequest(badSyntax)
      const name = textOf(first ?? null)
      textOf(second)
      if (isOpen && pair.length < this.#wholePair) continue
      if (name === null) throw new Error('A header has no name.')
      if (pair.length > 2 || (members.get(name) ?? null) !== null) throw new BadRequest(badSyntax)
      members.set(name, second)
    }
    return members
  }
}

/** Text, a number or a boolean as text; null stays null; anything nested is a client's mistake. */
function textOf(value: JsonValue): string | null {
  if (value === null) return null
  if (typeof value === 'string') return value
  if (value instanceof Literal) return /^(?:true|false)$/i.test(value.text) ? value.text.toLowerCase() : value.text
  throw new BadRequest(badSyntax)
}

/** Half a surrogate pair, which only an escape can make, is written as Java writes it: as `?`, but in UTF-16 and UTF-32 as U+FFFD. */
const paired = (text: string): string => (text.isWellFormed() ? text : text.replace(/\p{Surrogate}/gu, '?'))

interface Charsets {
  /** Whether the bytes are valid UTF-8 of the same text, and bodies are encoded in UTF-8. */
  readonly isPlain: (bytes: Buffer) => boolean
  readonly decode: (bytes: Buffer) => string
  readonly encode: (text: string) => Uint8Array
}

const encodeUtf8 = (text: string): Uint8Array => Buffer.from(paired(text))
const never = (): boolean => false

const utf8: Charsets = { isPlain: isUtf8, decode: (bytes) => bytes.toString('utf8'), encode: encodeUtf8 }
const latin1: Charsets = { isPlain: isAscii, decode: (bytes) => bytes.toString('latin1'), encode: encodeUtf8 }
const markedUtf16 = charset('utf-16')
const utf16: Charsets = { isPlain: never, decode: markedUtf16.text, encode: (text) => markedUtf16.encode(text.toWellFormed()) }
const utf32: Charsets = { isPlain: never, decode: decodeUtf32, encode: encodeUtf32 }

/**
 * As recorded from Flume 1.11: a request's character set may be utf-8, utf-16 or utf-32. Without one, `application/json` is UTF-8, anything else is
 * read as ISO-8859-1 (the servlet's default) and its bodies are encoded in UTF-8.
 */
function charsetsOf(contentType: string | undefined): Charsets {
  const named = /;\s*charset\s*=\s*"?([^\s;"]+)/i.exec(contentType ?? '')?.[1]?.toLowerCase()
  switch (named) {
    case undefined:
      // A charset without a name is none, but takes JSON's own away.
      return /^application\/json\b(?!.*;\s*charset\s*=)/i.test(contentType ?? '') ? utf8 : latin1
    // Jetty takes utf8 for utf-8, and utf16 for utf-16.
    case 'utf-8':
    case 'utf8':
      return utf8
    case 'utf-16':
    case 'utf16':
      return utf16
    case 'utf-32':
      return utf32
    default:
      throw new Error(`The character set ${named} is not supported: use UTF-8, UTF-16 or UTF-32.`)
  }
}

function decodeUtf32(bytes: Buffer): string {
  const little = bytes.length >= 4 && bytes.readUInt32LE(0) === 0xfeff
  const start = little || (bytes.length >= 4 && bytes.readUInt32BE(0) === 0xfeff) ? 4 : 0
  let text = ''
  for (let at = start; at + 4 <= bytes.length; at += 4) {
    const point = little ? bytes.readUInt32LE(at) : bytes.readUInt32BE(at)
    text += point > 0x10ffff ? '\ufffd' : String.fromCodePoint(point)
  }
  return bytes.length % 4 === 0 ? text : `${text}\ufffd`
}

/** Java's UTF-32: big-endian, without a mark. */
function encodeUtf32(text: string): Uint8Array {
  const points = [...text.toWellFormed()]
  const bytes = Buffer.alloc(points.length * 4)
  for (const [index, character] of points.entries()) bytes.writeUInt32BE(character.codePointAt(0)!, index * 4)
  return bytes
}
