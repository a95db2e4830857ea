import { afterEach, expect, test } from 'vitest'
import { definition } from '../../../src-main/agent/interceptor/mask-interceptor.ts'
import { batchOf } from '../../../src-shared/event/build-batch.ts'
import { bodyAt, headerAt, originAt } from '../../../src-shared/event/event-batch.ts'
import { parseOptions } from '../../../src-shared/spec/parse-options.ts'
import { componentContext } from '../../driver/component-context.ts'

const keyVariable = 'MILLRACE_TEST_MASK_KEY'
afterEach(() => {
  delete process.env[keyVariable]
})

function masked(properties: Record<string, string>, lines: readonly string[], encoding: BufferEncoding = 'utf8'): string[] {
  const { options, problems } = parseOptions(definition.properties, properties)
  expect(problems).toEqual([])
  const batch = definition
    .create(options!, componentContext())
    .intercept(batchOf(lines.map((line) => ({ headers: {}, body: Buffer.from(line, encoding) }))))
  return lines.map((_, index) => Buffer.from(bodyAt(batch, index)).toString(encoding))
}

test('what a named pattern matches is replaced, everything else stays byte for byte', () => {
  expect(masked({ patterns: 'email ipv4' }, ['from ann@example.org at 10.1.2.3 ok', 'nothing here', ''])).toEqual([
    'from *** at *** ok',
    'nothing here',
    '',
  ])
})

test('a pattern with a secret group hides only that part', () => {
  expect(masked({ patterns: 'password bearer' }, ['login user=bob password=hunter2&x=1', 'Authorization: Bearer abc.def.ghi'])).toEqual([
    'login user=bob password=***&x=1',
    'Authorization: Bearer ***',
  ])
})

test('what is hidden is where the group matched, not where the same text stands again', () => {
  expect(masked({ 'pattern.id': 'id=(?<secret>\\d+) seq=\\d+' }, ['id=7 seq=7, id=8 seq=88'])).toEqual(['id=*** seq=7, id=*** seq=88'])
})

test('keep-last-4 keeps four characters, and shows nothing of a shorter secret', () => {
  expect(masked({ patterns: 'card', method: 'keep-last-4' }, ['card 4111 1111 1111 1234.'])).toEqual([`card ${'*'.repeat(15)}1234.`])
  expect(masked({ 'pattern.pin': 'pin=(?<secret>\\d+)', method: 'keep-last-4' }, ['pin=123'])).toEqual(['pin=***'])
})

test('hash gives the same text for the same secret and key, another for another key', () => {
  process.env[keyVariable] = 'one'
  const properties = { patterns: 'email', method: 'hash', keyEnvironment: keyVariable }
  const [first, second] = masked(properties, ['a@b.de', 'to a@b.de'])
  expect(first).toMatch(/^[0-9a-f]{16}$/)
  expect(second).toBe(`to ${first}`)
  process.env[keyVariable] = 'two'
  expect(masked(properties, ['a@b.de'])[0]).not.toBe(first)
})

test('hash without its key in the environment is refused with the name of the variable', () => {
  expect(() => masked({ patterns: 'email', method: 'hash', keyEnvironment: keyVariable }, ['x'])).toThrow(keyVariable)
})

test('binary bodies and broken UTF-8 pass unharmed around what is hidden', () => {
  expect(masked({ patterns: 'email' }, ['\xff\x00 a@b.de \xc3'], 'latin1')).toEqual(['\xff\x00 *** \xc3'])
})

test('a removed secret leaves nothing, and a body may become empty', () => {
  expect(masked({ patterns: 'email', method: 'remove' }, ['a@b.de'])).toEqual([''])
})

test('header values are masked where they are named; null and absent stay what they are', () => {
  const { options } = parseOptions(definition.properties, { patterns: 'email', headers: 'user' })
  const events = [{ user: 'a@b.de' }, { user: null }, {}].map((headers) => ({ headers, body: Buffer.from('x') }))
  const batch = definition.create(options!, componentContext()).intercept(batchOf(events))
  expect([0, 1, 2].map((index) => headerAt(batch, index, 'user'))).toEqual(['***', null, undefined])
})

test('where an event came from is kept', () => {
  const { options } = parseOptions(definition.properties, { patterns: 'email' })
  const batch = batchOf([{ headers: {}, body: Buffer.from('a@b.de') }], { source: { component: 'r1', path: '/log' }, offsets: [77] })
  expect(originAt(definition.create(options!, componentContext()).intercept(batch), 0)).toEqual({
    source: { component: 'r1', path: '/log' },
    offset: 77,
  })
})

test('no pattern, an unknown name and a broken expression are each refused with what to do', () => {
  expect(() => masked({}, ['x'])).toThrow('Set patterns')
  expect(() => masked({ patterns: 'emial' }, ['x'])).toThrow('There is no pattern emial')
  expect(() => masked({ 'pattern.p': '(' }, ['x'])).toThrow('pattern.p = ( is not a regular expression')
})
