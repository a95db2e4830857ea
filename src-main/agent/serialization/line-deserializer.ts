// deserializer `LINE`: an event per line (Flume LineDeserializer). A carriage return stays; a longer line is cut into events of exactly
// maxLineLength characters; one whose length is a multiple of it gives one more, empty event, as recorded.
import { BatchBuilder } from '../../../src-shared/event/batch-builder.ts'
import { int, string } from '../../../src-shared/spec/property.ts'
import { defineDeserializer } from '../../component/define.ts'
import { CharacterDecoder } from '../spool/character-decoder.ts'
import { charset } from './charset.ts'

const chunkBytes = 256 * 1024

export const definition = defineDeserializer({
  type: 'LINE',
  className: 'org.apache.flume.serialization.LineDeserializer$Builder',
  summary: 'An event per line of a file.',
  properties: {
    outputCharset: string().default('UTF-8').describe('Character set of the bodies.'),
    maxLineLength: int().min(1).default(2048).unit('characters').describe('Longest event; a longer line becomes several.'),
  },
  examples: [{ title: 'Long lines', properties: 'maxLineLength = 100000' }],
  create: (options, { stream }) => {
    const input = new CharacterDecoder(stream.inputCharset, stream.decodeErrorPolicy)
    const output = charset(options.outputCharset)
    const passThrough =
      input.isUtf8 && stream.decodeErrorPolicy === 'FAIL' && options.outputCharset.toLowerCase().replace('_', '-') === 'utf-8'
    const most = options.maxLineLength

    /** The next event of a line that may be too long: its body, and the bytes it took with the line feed that ended it. */
    const piece = (line: Uint8Array, ended: boolean): { body: Uint8Array; bytes: number } => {
      if (line.length < most || (line.length === most && !ended)) {
        const text = input.decode(line)
        return {
          body: passThrough ? line : output.encode(text),
          bytes: line.length + (ended ? input.lineFeed.length : 0),
        }
      }
      const { text, bytes } = input.take(line, most)
      const lineEnds = text.length < most && bytes === line.length
      return { body: output.encode(text), bytes: lineEnds && ended ? bytes + input.lineFeed.length : bytes }
    }

    return {
      async read(offset, events) {
        if (offset >= stream.size) return null
        const builder = new BatchBuilder()
        let at = offset
        let chunk: Uint8Array = new Uint8Array(0)
        let chunkAt = at
        while (builder.count < events && at < stream.size) {
          let end = input.indexOfLineFeed(chunk, at - chunkAt)
          for (let length = chunkBytes; end < 0 && chunkAt + chunk.length < stream.size; length *= 2) {
            // A line that spans chunks is read again from its beginning; one longer than an event needs no more than the event.
            chunk = await stream.read(at, length)
            chunkAt = at
            end = input.indexOfLineFeed(chunk, 0)
            if (end < 0 && chunk.length >= most * 4) break
          }
          const { body, bytes } = piece(chunk.subarray(at - chunkAt, end < 0 ? chunk.length : end), end >= 0)
          builder.add(noHeaders, body)
          at += bytes
        }
        return { batch: builder.build(), next: at }
      },
    }
  },
})

const noHeaders = {}
