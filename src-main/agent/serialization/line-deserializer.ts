// deserializer `LINE`: an event per line (Flume LineDeserializer). A carriage return stays; a longer line is cut into events of exactly
// maxLineLength characters; one whose length is a multiple of it gives one more, empty event, as recorded. With a multi-line rule an event is
// several whole lines.
import { BatchBuilder } from '../../../src-shared/event/batch-builder.ts'
import type { EventBatch } from '../../../src-shared/event/event-batch.ts'
import { int, type OptionsOf, string } from '../../../src-shared/spec/property.ts'
import type { ComponentContext } from '../../component/context.ts'
import { defineDeserializer, type EventDeserializer, type EventStream } from '../../component/define.ts'
import { LineAssembler } from '../multiline/line-assembler.ts'
import { MultiLineRule, multiLineProperties } from '../multiline/multi-line-rule.ts'
import { CharacterDecoder } from '../spool/character-decoder.ts'
import { type Charset, charset } from './charset.ts'

const chunkBytes = 256 * 1024

const properties = {
  outputCharset: string().default('UTF-8').describe('Character set of the bodies.'),
  maxLineLength: int().default(2048).unit('characters').describe('Longest event, at least one character; a longer line becomes several.'),
  ...multiLineProperties,
}

export const definition = defineDeserializer({
  type: 'LINE',
  className: 'org.apache.flume.serialization.LineDeserializer$Builder',
  summary: 'An event per line of a file.',
  properties,
  examples: [{ title: 'Long lines', properties: 'maxLineLength = 100000' }],
  create: (options, context) => new LineReader(options, context),
})

class LineReader implements EventDeserializer {
  readonly #stream: EventStream
  readonly #departs: ComponentContext['departs']
  readonly #input: CharacterDecoder
  readonly #output: Charset
  readonly #rule: MultiLineRule | undefined
  /** Characters of one event. */
  readonly #most: number
  /** The bytes of a line are those of its event's body. */
  readonly #passThrough: boolean

  constructor(options: OptionsOf<typeof properties>, { departs, stream }: ComponentContext & { readonly stream: EventStream }) {
    this.#stream = stream
    this.#departs = departs
    this.#input = new CharacterDecoder(stream.inputCharset, stream.decodeErrorPolicy)
    this.#output = charset(options.outputCharset)
    this.#rule = MultiLineRule.of(options)
    // An event of several lines has a limit of its own.
    this.#most = this.#rule === undefined ? Math.max(1, options.maxLineLength) : this.#rule.maxBytes
    this.#passThrough =
      this.#input.isUtf8 && stream.decodeErrorPolicy === 'FAIL' && options.outputCharset.toLowerCase().replace('_', '-') === 'utf-8'
  }

  async read(offset: number, events: number): Promise<{ batch: EventBatch; next: number } | null> {
    if (offset >= this.#stream.size) return null
    return this.#rule === undefined ? this.#readLines(offset, events) : this.#readEvents(offset, events, new LineAssembler(this.#rule))
  }

  async #readLines(offset: number, events: number): Promise<{ batch: EventBatch; next: number }> {
    const builder = new BatchBuilder()
    const next = await this.#eachLine(offset, (body) => {
      builder.add(noHeaders, body)
      return builder.count < events
    })
    return { batch: builder.build(), next }
  }

  /** The file is complete: its last event needs no time-out. */
  async #readEvents(offset: number, events: number, assembler: LineAssembler): Promise<{ batch: EventBatch; next: number }> {
    const builder = new BatchBuilder()
    let next = offset
    await this.#eachLine(offset, (body, at) => {
      const event = assembler.add(body, this.#output.text(body))
      if (event === undefined) return true
      builder.add(event.headers, event.body)
      next = at
      return builder.count < events
    })
    if (builder.count === events) return { batch: builder.build(), next }
    const last = assembler.flush()
    if (last !== undefined) builder.add(last.headers, last.body)
    return { batch: builder.build(), next: this.#stream.size }
  }

  /** Calls `line` with each line (or piece of one) from `offset` on, and where it began, until it answers false. Answers what is behind it. */
  async #eachLine(offset: number, line: (body: Uint8Array, at: number) => boolean): Promise<number> {
    const stream = this.#stream
    const input = this.#input
    let at = input.marked ? Math.max(offset, input.readMark(await stream.read(0, 2))) : offset
    let chunk: Uint8Array = new Uint8Array(0)
    let chunkAt = at
    while (at < stream.size) {
      let end = input.indexOfLineFeed(chunk, at - chunkAt)
      for (let length = chunkBytes; end < 0 && chunkAt + chunk.length < stream.size; length *= 2) {
        // A line that spans chunks is read again from its beginning; one longer than an event needs no more than the event.
        chunk = await stream.read(at, length)
        chunkAt = at
        end = input.indexOfLineFeed(chunk, 0)
        if (end < 0 && chunk.length >= this.#most * 4) break
      }
      const { body, bytes } = this.#piece(chunk.subarray(at - chunkAt, end < 0 ? chunk.length : end), end >= 0)
      const goesOn = body === undefined || line(body, at)
      at += bytes
      if (!goesOn) return at
    }
    return at
  }

  /**
   * The next event of a line that may be too long: its body, and the bytes it took with the line feed that ended it. A last line without a
   * character is none.
   */
  #piece(line: Uint8Array, ended: boolean): { body: Uint8Array | undefined; bytes: number } {
    const input = this.#input
    const most = this.#most
    if (line.length < most || (line.length === most && !ended)) {
      const text = input.decode(line, !ended)
      const whole = this.#passThrough && (ended || Buffer.byteLength(text) === line.length)
      return {
        body: text === '' && !ended ? undefined : whole ? line : this.#output.encode(text),
        bytes: line.length + (ended ? input.lineFeed.length : 0),
      }
    }
    const { text, bytes } = input.take(line, most)
    if (text.length > most) this.#departs('spooldir-whole-characters')
    const lineEnds = text.length < most && bytes === line.length
    return {
      body: text === '' && !ended ? undefined : this.#output.encode(text),
      bytes: lineEnds && ended ? bytes + input.lineFeed.length : bytes,
    }
  }
}

const noHeaders = {}
