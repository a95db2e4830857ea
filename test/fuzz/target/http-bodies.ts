// Bodies of HTTP requests: events, or a refusal that becomes 400, 413 or 500 with a sentence.
import { blobHandler, morphlineBlobHandler } from '../../../src-main/agent/http/blob-handlers.ts'
import { jsonHandler } from '../../../src-main/agent/http/json-handler.ts'
import { defaultLimits } from '../../../src-main/agent/network/limits.ts'
import { encodeBatch } from '../../../src-main/storage/batch-encoding.ts'
import { type FuzzTarget, isDefect } from '../fuzz-target.ts'

const bodies = [
  '[{"headers":{"a":"b","c":null,"d":1.50},"body":"text"},{"body":"\\u20ac \\n"}]',
  "[{headers:{a:b},body:text};{body:'single'}] // comment",
  '/* c */ [{"headers" = {"k" => "v"}, "body": ""},]',
  '[[[[[[[[{"body":"x"}]]]]]]]]',
  '[]',
]
const types = ['application/json', 'application/json; charset=UTF-16', 'text/plain; charset="utf-32"', undefined]

export const target: FuzzTarget = {
  corpus: bodies.flatMap((body) => [Buffer.from(body), Buffer.from(`\ufeff${body}`, 'utf16le')]),
  words: [
    '[',
    ']',
    '{',
    '}',
    '"',
    "'",
    '\\u',
    '\\',
    ':',
    '=>',
    ';',
    ',',
    '/*',
    '*/',
    '//',
    '#',
    '__proto__',
    'null',
    '[{"headers":{"__proto__":"x"}}]',
  ],
  run(input) {
    for (const contentType of types) {
      for (const handler of [jsonHandler, blobHandler([]), morphlineBlobHandler(1000, () => undefined)]) {
        try {
          const query = new URLSearchParams(input.subarray(0, 200).toString('latin1'))
          const events = handler({ contentType, query, body: input, limits: defaultLimits })
          if (events.count > 0) encodeBatch(events)
        } catch (error) {
          if (isDefect(error)) throw error
        }
      }
    }
  },
}
