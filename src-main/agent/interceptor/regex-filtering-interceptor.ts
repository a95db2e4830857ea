// interceptor `regex_filter`: keeps, or leaves out, events whose body matches.
import { gatherBatch } from '../../../src-shared/event/build-batch.ts'
import { bodyAt } from '../../../src-shared/event/event-batch.ts'
import { boolean, regex } from '../../../src-shared/spec/property.ts'
import { defineInterceptor } from '../../component/define.ts'

export const definition = defineInterceptor({
  type: 'regex_filter',
  className: 'org.apache.flume.interceptor.RegexFilteringInterceptor$Builder',
  summary: 'Keeps the events whose body a regular expression finds, or the others.',
  properties: {
    regex: regex().default(/.*/u).describe('Searched anywhere in the body, read as UTF-8.'),
    excludeEvents: boolean().default(false).describe('true leaves out what matches, false leaves out what does not.'),
  },
  examples: [{ title: 'No health checks', properties: 'regex = GET /health\nexcludeEvents = true' }],
  create: ({ regex, excludeEvents }) => {
    const decoder = new TextDecoder('utf-8', { ignoreBOM: true })
    return {
      intercept: (batch) => {
        const rows: number[] = []
        for (let row = 0; row < batch.count; row++) {
          regex.lastIndex = 0
          if (regex.test(decoder.decode(bodyAt(batch, row))) !== excludeEvents) rows.push(row)
        }
        return rows.length === batch.count ? batch : gatherBatch(batch, rows)
      },
    }
  },
})
