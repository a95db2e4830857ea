import { connect } from 'node:net'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { bodyAt } from '../../../src-shared/event/event-batch.ts'
import { javaRegex } from '../../../src-shared/regex/java-regex.ts'
import { javaReplacement } from '../../../src-shared/regex/java-replacement.ts'
import { AgentTestDriver } from '../../driver/agent-test-driver.ts'

let driver: AgentTestDriver
beforeEach(() => {
  driver = new AgentTestDriver()
})
afterEach(() => driver.end())

const agent = (source: string): string => `
a1.sources = r1
a1.channels = c1
${source
  .split('\n')
  .map((line) => `a1.sources.r1.${line}`)
  .join('\n')}
a1.sources.r1.channels = c1
a1.sources.r1.interceptors = i1
a1.sources.r1.interceptors.i1.type = search_replace
a1.sources.r1.interceptors.i1.searchPattern = b(a)d
a1.sources.r1.interceptors.i1.replaceString = $2
a1.channels.c1.type = fake`
const bodies = (): string[] =>
  driver.fakeChannels
    .get('c1')!
    .queue.flatMap((batch) => Array.from({ length: batch.count }, (_, row) => Buffer.from(bodyAt(batch, row)).toString()))

test('a replacement that refers to a missing group is warned of at its line, and the source is made', () => {
  const { agents, problems } = driver.load(agent('type = seq'))
  expect(agents[0]?.sources.map(({ name }) => name)).toEqual(['r1'])
  expect(problems).toContainEqual(
    expect.objectContaining({
      severity: 'warning',
      key: 'a1.sources.r1.interceptors.i1.replaceString',
      line: 9,
      rule: 'interceptor-failure-spares-the-rest',
      message: 'Every event in which searchPattern is found will fail: No group 2.',
    }),
  )
})

test.each([
  ['$2', 'No group 2'],
  ['a$', 'Illegal group reference: group index is missing'],
  ['$x', 'Illegal group reference'],
  ['a\\', 'character to be escaped is missing'],
  ['${', "named capturing group is missing trailing '}'"],
  ['${n', "named capturing group is missing trailing '}'"],
  ['${1}', 'capturing group name {1} starts with digit character'],
  ['${m}', 'No group with name {m}'],
])('%s is refused as Java refuses it', (text, words) => {
  expect(javaReplacement(text, javaRegex('(?<n>a)')).problem).toBe(words)
})

test('groups by number take further digits while there is such a group; names and escapes stand for what they say', () => {
  const regex = javaRegex('(?<n>a)(b)?')
  expect(javaReplacement('$0-$12-$2-${n}-\\$1', regex).of(regex.exec('a')!)).toBe('a-a2--a-$1')
})

test('of a syslog packet only the message that cannot be changed is dropped, and that is said', async () => {
  await driver.start(agent('type = syslogtcp\nhost = 127.0.0.1\nport = 0'))
  const socket = connect(Number(/:(\d+)/.exec(driver.component('r1').status!.sentence)![1]), '127.0.0.1')
  socket.end('<13>Feb  5 17:32:18 h one\n<13>Feb  5 17:32:18 h bad\n<13>Feb  5 17:32:18 h two\n')
  await driver.until(() => bodies().length === 2)
  expect(bodies()).toEqual(['one', 'two'])
  expect(driver.component('r1').drops).toEqual([{ reason: 'an interceptor failed', count: 1, intentional: false }])
  expect(driver.log.filter(({ level }) => level === 'error').map(({ sentence }) => sentence)).toEqual([
    expect.stringContaining('No group 2'),
  ])
})

test('a body without a match stays as it is, and that is said where Flume would write it in other bytes', async () => {
  const plain = agent('type = netcat\nbind = 127.0.0.1\nport = 0')
  await driver.start(`${plain}\na1.sources.r1.interceptors.i1.charset = US-ASCII`)
  const socket = connect(Number(/:(\d+)/.exec(driver.component('r1').status!.sentence)![1]), '127.0.0.1')
  socket.end('plain\nü\n')
  await driver.until(() => bodies().length === 2)
  expect(bodies()).toEqual(['plain', 'ü'])
  expect(driver.log.filter(({ sentence }) => sentence.startsWith('search_replace leaves alone'))).toHaveLength(1)
})
