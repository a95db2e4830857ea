// serializer `header_and_text`: `{k1=v1, k2=v2} body` per event.
import { type EventBatch, headersAt } from '../../../src-shared/event/event-batch.ts'
import { boolean } from '../../../src-shared/spec/property.ts'
import { defineSerializer } from '../../component/define.ts'
import { headersText } from './java-text.ts'
import { linesOf } from './line-bytes.ts'

export const definition = defineSerializer({
  type: 'header_and_text',
  className: 'org.apache.flume.serialization.HeaderAndBodyTextEventSerializer$Builder',
  summary: 'The headers of each event in braces, a blank, its body and a line feed.',
  properties: { appendNewline: boolean().default(true).describe('Whether a line feed follows each body.') },
  examples: [{ title: 'One event per line', properties: 'appendNewline = true' }],
  create: ({ appendNewline }) => ({ serialize: (batches) => batches.map((batch) => linesOf(batch, appendNewline, headerTexts(batch))) }),
})

function headerTexts(batch: EventBatch): Uint8Array[] {
  const encoder = new TextEncoder()
  const text = (row: number): Uint8Array => encoder.encode(`${headersText(headersAt(batch, row))} `)
  const shared = batch.columns.length === 0 ? text(0) : undefined
  return Array.from({ length: batch.count }, (_, row) => shared ?? text(row))
}
