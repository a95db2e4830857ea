import { expect, test } from 'vitest'
import { definition } from '../../../src-main/agent/interceptor/json-extract-interceptor.ts'
import { batchOf } from '../../../src-shared/event/build-batch.ts'
import { eventsOf, type Headers } from '../../../src-shared/event/event-batch.ts'
import { parseOptions } from '../../../src-shared/spec/parse-options.ts'
import { componentContext } from '../../driver/component-context.ts'

function extract(properties: Record<string, string>, ...bodies: readonly string[]): { headers: Headers; body: string }[] {
  const { options, problems } = parseOptions(definition.properties, properties)
  expect(problems).toEqual([])
  const batch = batchOf(bodies.map((body, row) => ({ headers: { row: String(row) }, body: Buffer.from(body) })))
  const interceptor = definition.create(options!, componentContext())
  return [...eventsOf(interceptor.intercept(batch))].map(({ headers, body }) => ({ headers, body: Buffer.from(body).toString() }))
}

const headers = (properties: Record<string, string>, ...bodies: readonly string[]) =>
  extract(properties, ...bodies).map((event) => event.headers)

test('values become headers: text as it is, everything else as JSON, null and nothing not at all', () => {
  const properties = { 'header.level': 'level', 'header.ids': 'items[*].id', 'header.n': 'n', 'header.none': 'a.b.c' }
  expect(headers(properties, '{"level":"WARN ü","items":[{"id":1},{"id":2}],"n":0,"a":null}')).toEqual([
    { row: '0', level: 'WARN ü', ids: '[1,2]', n: '0' },
  ])
})

test('a header that the event has already stays where the body has no value', () => {
  expect(headers({ 'header.row': 'row' }, '{"row":"new"}', '{}')).toEqual([{ row: 'new' }, { row: '1' }])
})

test('body replaces the body, and leaves it where it is null', () => {
  const events = extract({ body: 'message' }, '{"message":"hello","x":1}', '{"x":2}', '{"message":{"a":[1]}}')
  expect(events.map(({ body }) => body)).toEqual(['hello', '{"x":2}', '{"a":[1]}'])
})

test('a body that is not JSON passes, is dropped, or is marked, as onBadJson says', () => {
  const bodies = ['{"level":"a"}', 'no json', '', '{"level":"b"}']
  const rule = { 'header.level': 'level' }
  expect(headers(rule, ...bodies).map(({ level }) => level)).toEqual(['a', undefined, undefined, 'b'])
  expect(headers({ ...rule, onBadJson: 'drop' }, ...bodies).map(({ row }) => row)).toEqual(['0', '3'])
  const marked = headers({ ...rule, onBadJson: 'mark', markHeader: 'why' }, ...bodies)
  expect(marked.map(({ why }) => why === undefined)).toEqual([true, false, false, true])
  expect(marked[1]!['why']).toContain('JSON')
})

test('a body that is longer than maxBytes counts as no JSON, and one that is nested without end harms nothing', () => {
  const rule = { 'header.x': 'x', onBadJson: 'mark', maxBytes: '30000' }
  const [long, deep, fine] = headers(rule, `{"x":"${'y'.repeat(40_000)}"}`, '['.repeat(29_000), '{"x":"1"}')
  expect(long!['json_error']).toContain('maxBytes')
  expect(deep!['json_error']).toBeDefined()
  expect(fine!['x']).toBe('1')
})

test('an expression that cannot be read is refused when the interceptor is made, with its key', () => {
  expect(() => extract({ 'header.x': 'a[' }, '{}')).toThrow(/^header\.x = a\[ is not a JMESPath expression/)
  expect(() => extract({}, '{}')).toThrow('json_extract has nothing to do')
})
