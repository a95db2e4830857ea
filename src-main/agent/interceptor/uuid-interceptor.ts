// interceptor `uuid`: a random identifier per event.
import { randomUUID } from 'node:crypto'
import { boolean, string } from '../../../src-shared/spec/property.ts'
import { defineInterceptor } from '../../component/define.ts'
import { setHeader } from './set-header.ts'

export const definition = defineInterceptor({
  type: 'uuid',
  className: 'org.apache.flume.sink.solr.morphline.UUIDInterceptor$Builder',
  summary: 'Adds a random identifier to each event as a header.',
  properties: {
    headerName: string().default('id').describe('Name of the header.'),
    preserveExisting: boolean().default(true).describe('Leaves a header of that name as it is.'),
    prefix: string().default('').describe('What stands before the identifier.'),
  },
  examples: [{ title: 'To find duplicates later', properties: 'headerName = eventId' }],
  create: ({ headerName, preserveExisting, prefix }) => ({
    intercept: (batch) => setHeader(batch, headerName, () => prefix + randomUUID(), preserveExisting),
  }),
})
