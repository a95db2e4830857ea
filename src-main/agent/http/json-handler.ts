// Flume's JSONHandler: `[{"headers": {"k": "v"}, "body": "text"}, …]`, bodies encoded in the request's character set.
import type { FlumeEvent, HeaderValue } from '../../../src-shared/event/event-batch.ts'
import { type EventLimits, LimitExceeded, MessageAllowance } from '../network/limits.ts'
import { charset } from '../serialization/charset.ts'
import { BadRequest, type HttpHandler } from './http-handler.ts'
import { JsonSyntaxError, type JsonValue, Literal, Members, parseLenientJson, TooManyValues } from './lenient-json.ts'

const badSyntax = 'Request has invalid JSON Syntax.'

export const jsonHandler: HttpHandler = ({ contentType, body, limits }) => {
  const { decode, encode } = charsetsOf(contentType)
  const elements = parsed(decode(body), limits)
  if (elements === undefined || elements === null) throw new Error('The request has no body.')
  if (!Array.isArray(elements)) throw new BadRequest(badSyntax)
  const allowance = new MessageAllowance(limits)
  return (elements as readonly JsonValue[]).map((element) => {
    allowance.event()
    return eventOf(element, encode, allowance)
  })
}

/** An event is four values at least: itself, its headers, one of them, its body. */
const valuesPerEvent = 4

function parsed(text: string, { maxMessageEvents }: EventLimits): JsonValue | undefined {
  try {
    return parseLenientJson(text, maxMessageEvents * valuesPerEvent)
  } catch (error) {
    if (error instanceof TooManyValues)
      throw new LimitExceeded(`The request has more than ${maxMessageEvents * valuesPerEvent} JSON values (4 × maxMessageEvents).`)
    if (error instanceof JsonSyntaxError) throw new BadRequest(badSyntax, { cause: error })
    throw error
  }
}

function eventOf(element: JsonValue, encode: (text: string) => Uint8Array, allowance: MessageAllowance): FlumeEvent {
  if (element === null) throw new Error('An element of the array is null.')
  if (!(element instanceof Map)) throw new BadRequest(badSyntax)
  const members = element as ReadonlyMap<string, JsonValue>
  return { headers: headersOf(members.get('headers'), allowance), body: encode(textOf(members.get('body') ?? null) ?? '') }
}

function headersOf(value: JsonValue | undefined, allowance: MessageAllowance): Record<string, HeaderValue> {
  if (value === undefined || value === null) return {}
  if (!(value instanceof Members) || value.repeated !== undefined) throw new BadRequest(badSyntax)
  return Object.fromEntries(
    [...value].map(([name, header]) => {
      const text = textOf(header)
      allowance.header(name, Math.max(name.length, text?.length ?? 0))
      return [paired(name), text]
    }),
  )
}

/** Text, a number or a boolean as text; null stays null; anything nested is a client's mistake. */
function textOf(value: JsonValue): string | null {
  if (value === null) return null
  if (typeof value === 'string') return paired(value)
  if (value instanceof Literal) return /^(?:true|false)$/i.test(value.text) ? value.text.toLowerCase() : value.text
  throw new BadRequest(badSyntax)
}

/** Half a surrogate pair, which only an escape can make, is written as `?`, as Java writes it. */
const paired = (text: string): string => (text.isWellFormed() ? text : text.replace(/\p{Surrogate}/gu, '?'))

interface Charsets {
  readonly decode: (bytes: Buffer) => string
  readonly encode: (text: string) => Uint8Array
}

/**
 * As recorded from Flume 1.11: a request's character set may be utf-8, utf-16 or utf-32. Without one, `application/json` is UTF-8, anything else is
 * read as ISO-8859-1 (the servlet's default) and its bodies are encoded in UTF-8.
 */
function charsetsOf(contentType: string | undefined): Charsets {
  const named = /;\s*charset\s*=\s*"?([^\s;"]+)/i.exec(contentType ?? '')?.[1]?.toLowerCase()
  const utf8: Charsets = { decode: (bytes) => bytes.toString('utf8'), encode: (text) => Buffer.from(text) }
  if (named === undefined)
    return /^application\/json\b/i.test(contentType ?? '') ? utf8 : { decode: (bytes) => bytes.toString('latin1'), encode: utf8.encode }
  // Jetty takes utf8 for utf-8.
  if (named === 'utf-8' || named === 'utf8') return utf8
  if (named === 'utf-16') {
    const utf16 = charset('utf-16')
    return { decode: (bytes) => utf16.decoder()(bytes).characters, encode: utf16.encode }
  }
  if (named === 'utf-32') return { decode: decodeUtf32, encode: encodeUtf32 }
  throw new Error(`The character set ${named} is not supported: use UTF-8, UTF-16 or UTF-32.`)
}

function decodeUtf32(bytes: Buffer): string {
  const little = bytes.length >= 4 && bytes.readUInt32LE(0) === 0xfeff
  const start = little || (bytes.length >= 4 && bytes.readUInt32BE(0) === 0xfeff) ? 4 : 0
  let text = ''
  for (let at = start; at + 4 <= bytes.length; at += 4) {
    const point = little ? bytes.readUInt32LE(at) : bytes.readUInt32BE(at)
    text += point > 0x10ffff ? '\ufffd' : String.fromCodePoint(point)
  }
  return text
}

/** Java's UTF-32: big-endian, without a mark. */
function encodeUtf32(text: string): Uint8Array {
  const points = [...text]
  const bytes = Buffer.alloc(points.length * 4)
  for (const [index, character] of points.entries()) bytes.writeUInt32BE(character.codePointAt(0)!, index * 4)
  return bytes
}
