// serializer `text`: the body of each event and a line feed. Bodies with line feeds inside cannot be told apart afterwards, as in Flume.
import { boolean } from '../../../src-shared/spec/property.ts'
import { defineSerializer } from '../../component/define.ts'
import { linesOf } from './line-bytes.ts'

export const definition = defineSerializer({
  type: 'text',
  className: 'org.apache.flume.serialization.BodyTextEventSerializer$Builder',
  summary: 'The body of each event, and a line feed.',
  properties: { appendNewline: boolean().default(true).describe('Whether a line feed follows each body.') },
  examples: [{ title: 'Bodies that end in a line feed already', properties: 'appendNewline = false' }],
  create: ({ appendNewline }) => ({ serialize: (batches) => batches.map((batch) => linesOf(batch, appendNewline)) }),
})
