// interceptor `static`: one header with one value on every event.
import { boolean, string } from '../../../src-shared/spec/property.ts'
import { defineInterceptor } from '../../component/define.ts'
import { setHeader } from './set-header.ts'

export const definition = defineInterceptor({
  type: 'static',
  className: 'org.apache.flume.interceptor.StaticInterceptor$Builder',
  summary: 'Adds one header with a fixed value.',
  properties: {
    key: string().default('key').describe('Name of the header.'),
    value: string().default('value').describe('Its value.'),
    preserveExisting: boolean().default(true).describe('Leaves a header of that name as it is.'),
  },
  examples: [{ title: 'Which data centre', properties: 'key = dc\nvalue = eu-1' }],
  create: ({ key, value, preserveExisting }) => ({ intercept: (batch) => setHeader(batch, key, value, preserveExisting) }),
})
