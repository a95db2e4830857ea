// The quick reader of JSON requests against the lenient one, which is compared with Flume: whatever comes, both make the same of it.

import { describe, expect, test } from 'vitest'
import { readCommonEvents } from '../../../src-main/agent/http/common-events.ts'
import type { HttpHandler } from '../../../src-main/agent/http/http-handler.ts'
import { jsonHandler, lenientJsonHandler } from '../../../src-main/agent/http/json-handler.ts'
import { defaultLimits, type EventLimits } from '../../../src-main/agent/network/limits.ts'
import { encodeBatch } from '../../../src-main/storage/batch-encoding.ts'
import { type EventBatch, eventsOf } from '../../../src-shared/event/event-batch.ts'
import { fc } from '../../driver/property.ts'

const readCommon = (text: string, limits: EventLimits = defaultLimits): EventBatch | undefined =>
  readCommonEvents(Buffer.from(text), limits, Number.POSITIVE_INFINITY)

const plain = (batch: EventBatch | undefined) =>
  batch && [...eventsOf(batch)].map(({ headers, body }) => [headers, Buffer.from(body).toString()])

/** The batch as a channel would store it, or the error as the client would see it. */
function outcome(handler: HttpHandler, body: Buffer, contentType: string | undefined, limits: EventLimits): unknown {
  try {
    return Buffer.from(encodeBatch(handler({ method: 'POST', contentType, query: '', body: Buffer.from(body), limits }))).toString('hex')
  } catch (error) {
    const { message } = error as Error
    return { kind: (error as Error).constructor, message }
  }
}

/** A string of JSON, now and then with escapes where none is needed. */
const jsonText = fc
  .array(
    fc.oneof(
      { weight: 6, arbitrary: fc.string({ unit: 'binary', maxLength: 12 }).map((text) => JSON.stringify(text).slice(1, -1)) },
      {
        weight: 2,
        arbitrary: fc.constantFrom('\\"', '\\\\', '\\/', "\\'", '\\n', '\\t', '\\b', '\\f', '\\r', '\\\n', '\n', '\t', '\u0000'),
      },
      {
        weight: 2,
        arbitrary: fc.constantFrom(
          '\\u0041',
          '\\u00e9',
          '\\u20AC',
          '\\uFEFF',
          '\\ud83d\\ude00',
          '\\ud83d',
          '\\ude00',
          '\\ude00\\ud83d',
          '\\ud83d\\u0041',
        ),
      },
      { weight: 1, arbitrary: fc.constantFrom('é', '€', '😀', 'ascii that is longer than a word of four') },
    ),
    { maxLength: 5 },
  )
  .map((parts) => `"${parts.join('')}"`)

const blank = fc.constantFrom('', '', '', ' ', '\n  ', '\t', '\r\n')
const headerName = fc.oneof(
  { weight: 5, arbitrary: fc.constantFrom('"host"', '"a"', '"b"', '"timestamp"', '"1"', '"0"', '"__proto__"', '""', '"é"') },
  { weight: 1, arbitrary: jsonText },
)
const headerValue = fc.oneof({ weight: 5, arbitrary: fc.constantFrom('"web-1"', '"web-2"', '""') }, { weight: 2, arbitrary: jsonText })
const odd = fc.constantFrom('null', '1.50', 'true', "'single'", 'word', '{}', '[]', '{"a":{"b":1}}')
const usual = <T>(common: fc.Arbitrary<T>, other: fc.Arbitrary<T>) =>
  fc.oneof({ weight: 30, arbitrary: common }, { weight: 1, arbitrary: other })

const member = (name: string, value: fc.Arbitrary<string>) =>
  fc.tuple(blank, blank, blank, value).map(([before, behind, between, text]) => `${before}"${name}"${behind}:${between}${text}`)
const object = (members: fc.Arbitrary<readonly string[]>) =>
  fc.tuple(members, blank, blank).map(([all, first, last]) => `{${first}${all.join(',')}${last}}`)

const headers = usual(
  object(
    fc
      .uniqueArray(fc.tuple(headerName, blank, usual(headerValue, odd)), { selector: ([name]) => name, maxLength: 4 })
      .map((all) => all.map(([name, behind, value]) => `${name}${behind}:${value}`)),
  ),
  odd,
)
const event = usual(
  object(
    fc
      .tuple(
        member('headers', headers),
        member('body', usual(jsonText, odd)),
        fc.constantFrom('both', 'both', 'both', 'turned', 'headers', 'body', 'none'),
      )
      .map(([first, second, which]) => {
        if (which === 'both') return [first, second]
        if (which === 'turned') return [second, first]
        return which === 'headers' ? [first] : which === 'body' ? [second] : []
      }),
  ),
  fc.constantFrom('null', '{"body":"a","body":"b"}', '{"headers":{"a":"1","a":"2"}}', '{"other":1,"body":"x"}', '{body:"x"}', '[]', ''),
)
const request = fc
  .tuple(blank, fc.array(fc.tuple(event, blank), { maxLength: 8 }), usual(blank, fc.constantFrom('x', ' // comment', ']')))
  .map(([before, events, behind]) => `${before}[${events.map(([text, after]) => text + after).join(',')}]${behind}`)

const contentType = fc.constantFrom('application/json', 'application/json; charset=utf-8', 'text/plain', undefined)
const limits: fc.Arbitrary<EventLimits> = usual(
  fc.constant(defaultLimits),
  fc.record({
    maxMessageEvents: fc.integer({ min: 1, max: 6 }),
    maxHeaders: fc.integer({ min: 1, max: 4 }),
    maxHeaderBytes: fc.integer({ min: 1, max: 8 }),
  }),
)

function same(body: Buffer, type: string | undefined, given: EventLimits): void {
  expect(outcome(jsonHandler, body, type, given)).toEqual(outcome(lenientJsonHandler, body, type, given))
}

test('whatever shape a request has, and however little is allowed, both readers make the same events or the same refusal of it', () => {
  fc.assert(
    fc.property(request, contentType, limits, (text, type, given) => {
      same(Buffer.from(text), type, given)
    }),
    { numRuns: 2000 },
  )
})

test('of a request that was damaged on its way both make the same', () => {
  const damage = fc.tuple(
    fc.nat(),
    fc.constantFrom('cut', 'byte', 'insert', 'end'),
    fc.oneof(fc.nat(255), fc.constantFrom(...Buffer.from('"\\,:{}[]=;/#\'u \n'))),
  )
  fc.assert(
    fc.property(request, fc.array(damage, { minLength: 1, maxLength: 3 }), contentType, (text, damages, type) => {
      let bytes = [...Buffer.from(text)]
      for (const [place, kind, byte] of damages) {
        const at = place % (bytes.length + 1)
        if (kind === 'cut') bytes.splice(at, 1)
        else if (kind === 'byte') bytes[at] = byte
        else if (kind === 'insert') bytes.splice(at, 0, byte)
        else bytes = bytes.slice(0, at)
      }
      same(Buffer.from(bytes), type, defaultLimits)
    }),
    { numRuns: 2000 },
  )
})

describe('the common shape is read without the lenient reader', () => {
  test.each([
    ['[]', []],
    [' [ { "headers" : { "a" : "b" } , "body" : "x" } ] \n', [[{ a: 'b' }, 'x']]],
    [
      '[{"body":"x","headers":{}},{"body":""},{}]',
      [
        [{}, 'x'],
        [{}, ''],
        [{}, ''],
      ],
    ],
    [
      '[{"headers":{"a":"1","b":"2"},"body":"x"},{"headers":{"a":"1","b":"2"},"body":"y"}]',
      [
        [{ a: '1', b: '2' }, 'x'],
        [{ a: '1', b: '2' }, 'y'],
      ],
    ],
    [
      '[{"headers":{"a":"1"}},{"headers":{"b":"1","a":"\\u20ac"}}]',
      [
        [{ a: '1' }, ''],
        [{ a: '€', b: '1' }, ''],
      ],
    ],
    [String.raw`[{"body":"\"a\\b\/\n\u00e9\ud83d\ude00 and \ud83d."}]`, [[{}, '"a\\b/\né😀 and ?.']]],
    ['[{"body":"é€😀"}]', [[{}, 'é€😀']]],
  ])('%s', (text, events) => {
    expect(plain(readCommon(text))).toEqual(events)
  })

  test('with texts of every length, so that every end of a word of bytes is met', () => {
    for (let length = 0; length < 40; length++) {
      for (const end of ['', '\\"', '\\\\', '\\n']) {
        const text = 'x'.repeat(length)
        expect(plain(readCommon(`[{"body":"${text}${end}"}]`))).toEqual([[{}, text + JSON.parse(`"${end}"`)]])
      }
    }
  })
})

test.each([
  ["[{'body':'x'}]"],
  ['[{"body":1}]'],
  ['[{"body":"x"};{"body":"y"}]'],
  ['[{"body":"x"}] // comment'],
  ['[{"headers":{"a":"1","a":"2"}}]'],
  ['[{"headers":{"\\u0061":"1"}}]'],
  ['[{"body":"x","more":"y"}]'],
  ['[{"body":"\\q"}]'],
  ['[{"body":"\\u12"}]'],
  ['[{"body":"x'],
  ['[{"body":"x\\'],
  ['[,]'],
  [''],
])('%s is left to the lenient reader', (text) => {
  expect(readCommon(text)).toBeUndefined()
})

test('what goes beyond a limit is left to the lenient reader, which names the limit', () => {
  const three = JSON.stringify(['a', 'b', 'c'].map((name) => ({ headers: { [name]: 'value' }, body: 'x' })))
  expect(readCommon(three)?.count).toBe(3)
  expect(readCommon(three, { ...defaultLimits, maxMessageEvents: 2 })).toBeUndefined()
  expect(readCommon(three, { ...defaultLimits, maxHeaders: 2 })).toBeUndefined()
  expect(readCommon(three, { ...defaultLimits, maxHeaderBytes: 4 })).toBeUndefined()
  expect(readCommonEvents(Buffer.from(three), defaultLimits, 12)).toBeUndefined()
  expect(readCommonEvents(Buffer.from(three), defaultLimits, 13)?.count).toBe(3)
})
