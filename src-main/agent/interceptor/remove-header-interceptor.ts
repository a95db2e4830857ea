// interceptor `remove_header`: takes headers away, by name, list or pattern; the three combine.

import { MillraceError, phraseOf } from '../../../src-shared/errors.ts'
import { withoutHeader } from '../../../src-shared/event/build-batch.ts'
import { javaRegex, javaRegexWhole } from '../../../src-shared/regex/java-regex.ts'
import { string } from '../../../src-shared/spec/property.ts'
import { defineInterceptor } from '../../component/define.ts'

export const definition = defineInterceptor({
  type: 'remove_header',
  className: 'org.apache.flume.interceptor.RemoveHeaderInterceptor$Builder',
  summary: 'Takes headers away.',
  properties: {
    withName: string().optional().describe('Name of a header.'),
    fromList: string().optional().describe('Names of headers.'),
    fromListSeparator: string().default('\\s*,\\s*').describe('Regular expression between the names of the list.'),
    matching: string().optional().describe('Regular expression for whole names of headers.'),
  },
  examples: [{ title: 'Nothing internal', properties: 'matching = x-internal-.*' }],
  create: ({ withName, fromList, fromListSeparator, matching }) => {
    const names = new Set(fromList?.split(compiled('fromListSeparator', fromListSeparator, javaRegex)) ?? [])
    if (withName !== undefined) names.add(withName)
    const pattern = matching === undefined ? undefined : compiled('matching', matching, javaRegexWhole)
    const goes = (name: string): boolean => names.has(name) || pattern?.test(name) === true
    return {
      intercept: (batch) => {
        const present = [...Object.keys(batch.shared), ...batch.columns.map((column) => column.name)]
        return present.filter(goes).reduce(withoutHeader, batch)
      },
    }
  },
})

function compiled(key: string, text: string, compile: (pattern: string) => RegExp): RegExp {
  try {
    return compile(text)
  } catch (error) {
    throw new MillraceError('BAD_CONFIGURATION', `${key}: ${JSON.stringify(text)} ${phraseOf(error)}.`)
  }
}
