// Bodies of HTTP requests: events, or a refusal that becomes 400, 413 or 500 with a sentence.
import { blobHandler, morphlineBlobHandler } from '../../../src-main/agent/http/blob-handlers.ts'
import type { HttpHandler } from '../../../src-main/agent/http/http-handler.ts'
import { jsonHandler, lenientJsonHandler } from '../../../src-main/agent/http/json-handler.ts'
import { defaultLimits } from '../../../src-main/agent/network/limits.ts'
import { encodeBatch } from '../../../src-main/storage/batch-encoding.ts'
import { messageOf } from '../../../src-shared/errors.ts'
import { assert, type FuzzTarget, isDefect } from '../fuzz-target.ts'

const bodies = [
  '[{"headers":{"a":"b","c":"d"},"body":"a \\"quoted\\" word"},{"headers":{"a":"b","c":"d"},"body":"\\ud83d\\ude00"},{"headers":{"c":"d"},"body":"é"}]',
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
      const made = outcome(jsonHandler, input, contentType)
      const wanted = outcome(lenientJsonHandler, input, contentType)
      assert(made === wanted, `The quick reader of JSON makes ${made}, the lenient one ${wanted}.`)
      for (const handler of [blobHandler([]), morphlineBlobHandler(1000, () => undefined)]) outcome(handler, input, contentType)
    }
  },
}

/** What the channel would be given, or the refusal's sentence. Throws defects. */
function outcome(handler: HttpHandler, body: Buffer, contentType: string | undefined): string {
  try {
    const query = body.subarray(0, 200).toString('latin1')
    return Buffer.from(encodeBatch(handler({ method: 'POST', contentType, query, body, limits: defaultLimits }))).toString('latin1')
  } catch (error) {
    if (isDefect(error)) throw error
    return messageOf(error)
  }
}
