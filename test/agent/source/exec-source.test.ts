import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { bodyAt } from '../../../src-shared/event/event-batch.ts'
import { AgentTestDriver } from '../../driver/agent-test-driver.ts'

let driver: AgentTestDriver
beforeEach(() => {
  driver = new AgentTestDriver()
})
afterEach(() => driver.end())

const agent = (command: string, more = ''): string => `
a1.sources = r1
a1.channels = c1
a1.sources.r1.type = exec
a1.sources.r1.command = ${command}
a1.sources.r1.channels = c1
a1.channels.c1.type = fake
${more}`
const shell = 'a1.sources.r1.shell = /bin/sh -c'
const bodies = (): string[] =>
  driver.fakeChannels
    .get('c1')!
    .queue.flatMap((batch) => Array.from({ length: batch.count }, (_, row) => Buffer.from(bodyAt(batch, row)).toString('latin1')))

test('lines end in LF, CR or CR LF; a last line without an end is one', async () => {
  await driver.start(agent("printf 'a\\\\nb\\\\rc\\\\r\\\\n\\\\nlast'", shell))
  await driver.until(() => bodies().length === 5)
  expect(bodies()).toEqual(['a', 'b', 'c', '', 'last'])
})

test('bytes that are no UTF-8 become replacement characters', async () => {
  await driver.start(agent("printf 'caf\\\\351\\\\n'", shell))
  await driver.until(() => bodies().length === 1)
  expect(Buffer.from(bodies()[0]!, 'latin1').toString()).toBe('caf\ufffd')
})

test('lines of characters of two bytes are found in the text, and written as they came', async () => {
  const text = Buffer.from('caf\u00e9\n\u4e2d\u0a0a\r\nx', 'utf16le').toString('latin1')
  const octal = [...text].map((char) => `\\\\${char.charCodeAt(0).toString(8).padStart(3, '0')}`).join('')
  await driver.start(agent(`printf '${octal}'`, `${shell}\na1.sources.r1.charset = UTF-16LE`))
  await driver.until(() => bodies().length === 3)
  expect(bodies().map((body) => Buffer.from(body, 'latin1').toString('utf16le'))).toEqual(['caf\u00e9', '\u4e2d\u0a0a', 'x'])
})

test('with batchSize lines wait for each other, but not longer than batchTimeout', async () => {
  await driver.start(agent('echo a; echo b; echo c; sleep 600', `${shell}\na1.sources.r1.batchSize = 2\na1.sources.r1.batchTimeout = 5000`))
  await driver.until(() => bodies().length === 3)
  expect(driver.fakeChannels.get('c1')!.queue.map((batch) => batch.count)).toEqual([2, 1])
  expect(driver.clock.monotonic()).toBeGreaterThanOrEqual(5000)
})

test('a batchSize below 1 is 1', async () => {
  await driver.start(agent('echo a; echo b', `${shell}\na1.sources.r1.batchSize = 0`))
  await driver.until(() => bodies().length === 2)
  expect(driver.fakeChannels.get('c1')!.queue.map((batch) => batch.count)).toEqual([1, 1])
})

test('a command that ends is run again with restart, after restartThrottle', async () => {
  await driver.start(agent('echo x', 'a1.sources.r1.restart = true\na1.sources.r1.restartThrottle = 4000'))
  await driver.until(() => bodies().length === 3)
  expect(driver.clock.monotonic()).toBeGreaterThanOrEqual(8000)
})

test('a command that does not exist is named, and tried again with restart only', async () => {
  await driver.start(agent('/no/such/program -x'))
  await driver.until(() => driver.component('r1').status?.severity === 'error')
  expect(driver.component('r1').status?.sentence).toContain('/no/such/program')
})

test('stopping ends what the shell has started too', async () => {
  const pidFile = join(driver.folder, 'pid')
  await driver.start(agent(`sleep 600 & echo $! > ${pidFile}; wait`, shell))
  await driver.until(() => existsSync(pidFile) && readFileSync(pidFile, 'utf8').trim() !== '')
  const pid = Number(readFileSync(pidFile, 'utf8'))
  await driver.stop()
  await driver.until(() => !existsSync(`/proc/${pid}/exe`) || readFileSync(`/proc/${pid}/stat`, 'utf8').includes(') Z '))
})

test('a command that the system refuses at once is told like one that does not exist', async () => {
  await driver.start(agent('echo a\\u0000b'))
  await driver.until(() => driver.component('r1').status?.sentence.includes('could not be run') === true)
  expect(driver.component('r1').status).toMatchObject({ severity: 'error', sentence: expect.stringContaining('null bytes') })
})
