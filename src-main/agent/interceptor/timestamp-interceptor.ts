// interceptor `timestamp`: the time at which the event passed, in ms since 1970.
import { boolean, string } from '../../../src-shared/spec/property.ts'
import { defineInterceptor } from '../../component/define.ts'
import { setHeader } from './set-header.ts'

export const definition = defineInterceptor({
  type: 'timestamp',
  className: 'org.apache.flume.interceptor.TimestampInterceptor$Builder',
  summary: 'Adds the time at which an event passed, in milliseconds since 1970, as a header.',
  properties: {
    headerName: string().default('timestamp').describe('Name of the header.'),
    preserveExisting: boolean().default(false).describe('Leaves a header of that name as it is.'),
  },
  examples: [{ title: 'When did it come in', properties: 'headerName = received' }],
  create: ({ headerName, preserveExisting }, { clock }) => ({
    intercept: (batch) => setHeader(batch, headerName, String(clock.now()), preserveExisting),
  }),
})
