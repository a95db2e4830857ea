// interceptor `search_replace`: replaces what a regular expression finds in bodies.
import { isUtf8 } from 'node:buffer'
import { withBodies } from '../../../src-shared/event/build-batch.ts'
import { bodyAt } from '../../../src-shared/event/event-batch.ts'
import { type JavaReplacement, javaReplacement } from '../../../src-shared/regex/java-replacement.ts'
import { regex, string } from '../../../src-shared/spec/property.ts'
import { defineInterceptor } from '../../component/define.ts'
import { charset } from '../serialization/charset.ts'

export const definition = defineInterceptor({
  type: 'search_replace',
  className: 'org.apache.flume.interceptor.SearchAndReplaceInterceptor$Builder',
  summary: 'Replaces what a regular expression finds in the body.',
  properties: {
    searchPattern: regex('g').describe('Every place that it finds is replaced.'),
    replaceString: string().default('').describe('What comes there; $1 stands for the first group, \\ makes the next character plain.'),
    charset: string().default('UTF-8').describe('Character set of the bodies.'),
  },
  rules: ['search-replace-leaves-bytes', 'interceptor-failure-spares-the-rest'],
  examples: [{ title: 'Short dates', properties: 'searchPattern = (\\\\d{4})-(\\\\d\\\\d)\nreplaceString = $2/$1' }],
  create: ({ searchPattern, replaceString, charset: name }, { departs }) => {
    const { text, encode, isUtf8: isUtf8Text } = charset(name)
    /** Whether Flume, which writes every body anew, would leave other bytes. */
    const changesBytes = (body: Uint8Array, decoded: string): boolean =>
      isUtf8Text ? !isUtf8(body) : Buffer.compare(encode(decoded), body) !== 0
    const replacement = javaReplacement(replaceString, searchPattern)
    return {
      intercept: (batch) => {
        let changed = false
        const bodies = Array.from({ length: batch.count }, (_, row) => {
          const body = bodyAt(batch, row)
          const before = text(body)
          const after = replaced(before, searchPattern, replacement)
          if (after === before) {
            if (changesBytes(body, before)) departs('search-replace-leaves-bytes')
            return body
          }
          changed = true
          return encode(after)
        })
        return changed ? withBodies(batch, bodies) : batch
      },
    }
  },
})

function replaced(text: string, pattern: RegExp, replacement: JavaReplacement): string {
  let result = ''
  let end = 0
  for (const match of text.matchAll(pattern)) {
    if (replacement.problem !== undefined)
      throw new Error(`searchPattern is found in an event, but replaceString cannot be used: ${replacement.problem}`)
    result += text.slice(end, match.index) + replacement.of(match)
    end = match.index + match[0].length
  }
  return end === 0 && result === '' ? text : result + text.slice(end)
}
