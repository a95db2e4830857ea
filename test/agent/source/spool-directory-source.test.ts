import { readdirSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { bodyAt, headersAt } from '../../../src-shared/event/event-batch.ts'
import { AgentTestDriver } from '../../driver/agent-test-driver.ts'

let driver: AgentTestDriver
let spool: string
beforeEach(() => {
  driver = new AgentTestDriver()
  spool = driver.mkdir('spool')
})
afterEach(() => driver.end())

const agent = (more = ''): string => `
a1.sources = r1
a1.channels = c1
a1.sources.r1.type = spooldir
a1.sources.r1.channels = c1
a1.sources.r1.spoolDir = @DIR@/spool
${more}
a1.channels.c1.type = fake
`
const bodies = (): string[] =>
  driver.fakeChannels
    .get('c1')!
    .queue.flatMap((batch) => Array.from({ length: batch.count }, (_, row) => Buffer.from(bodyAt(batch, row)).toString()))
const put = (name: string, text: string | Buffer, mtime = 1_700_000_000): void => {
  writeFileSync(join(spool, name), text)
  utimesSync(join(spool, name), mtime, mtime)
}
const noCharacters = Buffer.from([0xff, 0x0a])

describe('a name', () => {
  test('that ends in .error, or in the suffix and a number, is a name like another', async () => {
    put('app.error', 'one\n', 1)
    put('app.error.1', 'two\n', 2)
    put('app.log.COMPLETED.1', 'three\n', 3)
    await driver.start(agent())
    await driver.until(() => bodies().length === 3)
    expect(bodies()).toEqual(['one', 'two', 'three'])
  })

  test('decides between files of one time, without the folder that they are in', async () => {
    driver.mkdir('spool/z')
    for (const name of ['z/a.log', 'b.log', 'c.log']) put(name, `${name}\n`)
    await driver.start(agent('a1.sources.r1.recursiveDirectorySearch = true'))
    await driver.until(() => bodies().length === 3)
    expect(bodies()).toEqual(['z/a.log', 'b.log', 'c.log'])
  })
})

describe('a file that was put aside', () => {
  test('stays aside, also after a restart', async () => {
    put('a.log', noCharacters)
    await driver.start(agent())
    await driver.until(() => readdirSync(spool).includes('a.log.error'))
    await driver.stop()
    put('b.log', 'b\n')
    await driver.start(agent())
    await driver.until(() => readdirSync(spool).includes('b.log.COMPLETED'))
    expect(readdirSync(spool)).toContain('a.log.error')
    expect(bodies()).toEqual(['b'])
  })

  test('is read when it is mended where it lies', async () => {
    put('a.log', noCharacters)
    await driver.start(agent())
    await driver.until(() => readdirSync(spool).includes('a.log.error'))
    put('a.log.error', 'a\n', 1_700_000_001)
    await driver.until(() => bodies().length === 1)
    expect(bodies()).toEqual(['a'])
  })

  test('because its completed name was taken is not read again', async () => {
    put('a.log', 'one\n')
    await driver.start(agent())
    await driver.until(() => readdirSync(spool).includes('a.log.COMPLETED'))
    put('a.log', 'two\n')
    await driver.until(() => readdirSync(spool).includes('a.log.COMPLETED.1'))
    put('b.log', 'three\n')
    await driver.until(() => readdirSync(spool).includes('b.log.COMPLETED'))
    expect(bodies()).toEqual(['one', 'two', 'three'])
  })
})

test('the header of the file has its path as the configuration spells the directory', async () => {
  put('a.log', 'a\n')
  await driver.start(agent('a1.sources.r1.spoolDir = @DIR@/spool/../spool/\na1.sources.r1.fileHeader = true'))
  await driver.until(() => bodies().length === 1)
  expect(headersAt(driver.fakeChannels.get('c1')!.queue[0]!, 0)).toEqual({ file: `${driver.folder}/spool/../spool/a.log` })
})

test('a maxLineLength below 1 is 1', async () => {
  put('a.log', 'ab\nc')
  await driver.start(agent('a1.sources.r1.deserializer.maxLineLength = 0'))
  await driver.until(() => bodies().length === 4)
  // A line whose length is a multiple of the longest gives one more event.
  expect(bodies()).toEqual(['a', 'b', '', 'c'])
})

test('an inputCharset that Java does not know is refused, whatever reads the files', async () => {
  await driver.start(agent('a1.sources.r1.deserializer = BLOB\na1.sources.r1.inputCharset = no-such'))
  expect(driver.component('r1').status?.sentence).toContain('inputCharset = no-such')
})

test('an empty file is no Avro file: it is put aside, where a line reader gives an empty event', async () => {
  put('a.avro', '')
  await driver.start(agent('a1.sources.r1.deserializer = AVRO'))
  await driver.until(() => readdirSync(spool).includes('a.avro.error'))
  expect(bodies()).toEqual([])
})

test.each([
  ['oldest', ['one', '', '']],
  ['random', ['one']],
])('in the order %s files without an event are told of so: %j', async (order, wanted) => {
  put('a.log', 'one\n')
  await driver.start(agent(`a1.sources.r1.consumeOrder = ${order}`))
  await driver.until(() => bodies().length === 1)
  put('b.log', '')
  put('c.log', '', 1_700_000_001)
  await driver.until(() => readdirSync(spool).filter((name) => name.endsWith('.COMPLETED')).length === 3)
  expect(bodies()).toEqual(wanted)
})
