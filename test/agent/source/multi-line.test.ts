// Events of several lines in each source that reads lines.
import { appendFileSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { bodyAt } from '../../../src-shared/event/event-batch.ts'
import { AgentTestDriver } from '../../driver/agent-test-driver.ts'

let driver: AgentTestDriver
beforeEach(() => {
  driver = new AgentTestDriver()
  driver.mkdir('in')
})
afterEach(() => driver.end())

const trace = '2026-11-23 ERROR failed\njava.lang.IllegalStateException: no\n\tat a.B.c(B.java:1)\nCaused by: x\n\t... 12 more\n'
const next = '2026-11-23 INFO goes on\n'
const event = (text: string): string => text.replace(/\n$/, '')

const agent = (source: string): string => `
a1.sources = r1
a1.channels = c1
a1.sources.r1.channels = c1
${source
  .split('\n')
  .map((line) => `a1.sources.r1.${line}`)
  .join('\n')}
a1.channels.c1.type = fake
`
const bodies = (): string[] =>
  driver.fakeChannels
    .get('c1')!
    .queue.flatMap((batch) => Array.from({ length: batch.count }, (_, row) => Buffer.from(bodyAt(batch, row)).toString()))
const start = 'multiline.start = ^\\\\d{4}-'

test('taildir: a stack trace is one event as soon as the next one begins; the last waits for the time-out', async () => {
  const file = join(driver.folder, 'in', 'a.log')
  writeFileSync(file, trace + next)
  const before = driver.clock.monotonic()
  await driver.start(
    agent(
      `type = taildir\nfilegroups = g\nfilegroups.g = @DIR@/in/.*log\npositionFile = @DIR@/pos.json\n${start}\nmultiline.timeout = 2000`,
    ),
  )
  await driver.until(() => bodies().length === 1)
  expect(bodies()).toEqual([event(trace)])
  await driver.until(() => bodies().length === 2)
  expect(driver.clock.monotonic() - before).toBeGreaterThanOrEqual(2000)
  expect(bodies()[1]).toBe(event(next))
  appendFileSync(file, trace)
  await driver.until(() => bodies().length === 3)
  await driver.stop()
  expect(JSON.parse(readFileSync(join(driver.folder, 'pos.json'), 'utf8'))[0].pos).toBe((trace + next + trace).length)
})

test('taildir: an event that was still open when the agent stopped comes whole after the next start', async () => {
  const file = join(driver.folder, 'in', 'a.log')
  const lines = trace.split('\n')
  writeFileSync(file, `${next}${lines.slice(0, 2).join('\n')}\n`)
  const text = agent(`type = taildir\nfilegroups = g\nfilegroups.g = @DIR@/in/.*log\npositionFile = @DIR@/pos.json\n${start}`)
  await driver.start(text)
  await driver.until(() => bodies().length === 1)
  await driver.stop()
  appendFileSync(file, lines.slice(2).join('\n'))
  await driver.start(text)
  await driver.until(() => bodies().length === 1)
  expect(bodies()).toEqual([event(trace)])
})

test('spooldir: the last event of a file needs no time-out, and the tracker stands between events', async () => {
  writeFileSync(join(driver.folder, 'in', 'a.txt'), trace + next + trace)
  await driver.start(agent(`type = spooldir\nspoolDir = @DIR@/in\nbatchSize = 1\n${start}`))
  await driver.until(() => bodies().length === 3)
  expect(bodies()).toEqual([event(trace), event(next), event(trace)])
})

test('spooldir: multiline keys with a deserializer that reads no lines are refused', async () => {
  await driver.start(agent(`type = spooldir\nspoolDir = @DIR@/in\ndeserializer = AVRO\n${start}`))
  expect(driver.component('r1').status?.sentence).toContain('the deserializer AVRO reads none')
})

test('exec: what the command prints is put together, and its last event comes when it is silent', async () => {
  writeFileSync(join(driver.folder, 'lines.txt'), trace + next)
  await driver.start(
    agent(`type = exec\nshell = /bin/sh -c\ncommand = cat @DIR@/lines.txt; sleep 600\nmultiline.continue = ^(\\\\s|java|Caused)`),
  )
  await driver.until(() => bodies().length === 2)
  expect(bodies()).toEqual([event(trace), event(next)])
  expect(driver.clock.monotonic()).toBeGreaterThanOrEqual(3000)
})

test('start and continue together are refused', async () => {
  await driver.start(agent(`type = exec\ncommand = true\n${start}\nmultiline.continue = ^x`))
  expect(driver.component('r1').status?.sentence).toContain('multiline.start and multiline.continue are both given')
})
