// interceptor `regex_extractor`: groups of the first match in the body become headers.

import { MillraceError } from '../../../src-shared/errors.ts'
import { columnOf, withHeaderColumn } from '../../../src-shared/event/build-batch.ts'
import { bodyAt, type HeaderValue, headerAt } from '../../../src-shared/event/event-batch.ts'
import { list, map, regex, string } from '../../../src-shared/spec/property.ts'
import { defineInterceptor } from '../../component/define.ts'
import { dateParser } from '../serialization/java-date-parser.ts'

const passThrough = 'org.apache.flume.interceptor.RegexExtractorInterceptorPassThroughSerializer'
const millis = 'org.apache.flume.interceptor.RegexExtractorInterceptorMillisSerializer'

export const definition = defineInterceptor({
  type: 'regex_extractor',
  className: 'org.apache.flume.interceptor.RegexExtractorInterceptor$Builder',
  summary: 'Makes headers of the groups of a regular expression that is found in the body.',
  rules: ['regex-extractor-default-in-any-case', 'interceptor-failure-spares-the-rest'],
  properties: {
    regex: regex().describe('Its first match counts; events without one stay as they are.'),
    serializers: list().describe('Names, one per group in order.'),
    'serializers.*': map(string()).describe(
      'serializers.<name>.name: header of that group. serializers.<name>.type: DEFAULT, or a class; the millis serializer takes .pattern.',
    ),
  },
  examples: [
    {
      title: 'Status and path of an access log',
      properties:
        'regex = "(\\\\w+) ([^ ]+) [^"]*" (\\\\d+)\nserializers = m p s\nserializers.m.name = method\nserializers.p.name = path\nserializers.s.name = status',
    },
  ],
  create: ({ regex, serializers, 'serializers.*': settings }, { departs }) => {
    if (serializers.length === 0)
      throw new MillraceError('BAD_CONFIGURATION', 'serializers is empty: name one per group of the expression.')
    const headers = serializers.map((name) => headerFor(name, settings))
    const types = serializers.map((name) => settings[`${name}.type`] ?? 'DEFAULT')
    if (types.some((type) => type !== 'DEFAULT' && type.toUpperCase() === 'DEFAULT')) departs('regex-extractor-default-in-any-case')
    const decoder = new TextDecoder('utf-8', { ignoreBOM: true })
    return {
      intercept: (batch) => {
        const matches = Array.from({ length: batch.count }, (_, row) => regex.exec(decoder.decode(bodyAt(batch, row))))
        if (matches.every((match) => match === null)) return batch
        return headers.reduce((result, { header, value }, index) => {
          if (matches.every((match) => match === null || index + 1 >= match.length)) return result
          const column = columnOf(header, batch.count, (row) => {
            const match = matches[row]!
            return match === null ? headerAt(result, row, header) : value(match[index + 1] ?? null)
          })
          return withHeaderColumn(result, column)
        }, batch)
      },
    }
  },
})

interface ExtractedHeader {
  readonly header: string
  /** A group that took no part in the match gives a null header, as in Flume. */
  readonly value: (group: string | null) => HeaderValue
}

function headerFor(name: string, settings: Readonly<Record<string, string>>): ExtractedHeader {
  const header = settings[`${name}.name`]
  if (header === undefined) throw new MillraceError('BAD_CONFIGURATION', `serializers.${name}.name is missing: the header of that group.`)
  const type = settings[`${name}.type`] ?? 'DEFAULT'
  if (type.toUpperCase() === 'DEFAULT' || type === passThrough) return { header, value: (group) => group }
  if (type !== millis)
    throw new MillraceError('BAD_CONFIGURATION', `serializers.${name}.type = ${type} is not known. Use DEFAULT or ${millis}.`)
  const pattern = settings[`${name}.pattern`]
  if (pattern === undefined)
    throw new MillraceError('BAD_CONFIGURATION', `serializers.${name}.pattern is missing: the date pattern of the group.`)
  const parse = dateParser(pattern)
  return {
    header,
    value: (group) => {
      const time = group === null ? undefined : parse(group)
      if (time === undefined)
        throw new RangeError(`${JSON.stringify(group)} does not fit the date pattern ${pattern} of serializer ${name}.`)
      return String(time)
    },
  }
}
