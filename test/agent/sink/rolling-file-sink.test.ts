import { appendFileSync, readdirSync, readFileSync, symlinkSync, unlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { batchOf } from '../../../src-shared/event/build-batch.ts'
import { AgentTestDriver } from '../../driver/agent-test-driver.ts'
import { canCountOpenFiles, openFiles } from '../../driver/open-files.ts'

let driver: AgentTestDriver
beforeEach(() => {
  driver = new AgentTestDriver()
  driver.mkdir('out')
})
afterEach(() => driver.end())

const agent = (more = 'a1.sinks.k1.sink.rollInterval = 0'): string => `
a1.channels = c1
a1.sinks = k1
a1.channels.c1.type = fake
a1.sinks.k1.type = file_roll
a1.sinks.k1.channel = c1
a1.sinks.k1.sink.directory = @DIR@/out
${more}`
const put = (...bodies: string[]): void => putWith({}, ...bodies)
const putWith = (headers: Record<string, string>, ...bodies: string[]): void =>
  driver.fakeChannels.get('c1')!.store([batchOf(bodies.map((body) => ({ headers, body: Buffer.from(body) })))])
const files = (): string[] => readdirSync(join(driver.folder, 'out')).sort((a, b) => a.localeCompare(b, 'en', { numeric: true }))

describe('what is written', () => {
  test('text: each body and a line feed', async () => {
    await driver.start(agent())
    put('one', '', 'three')
    await driver.until(() => driver.content('out') === 'one\n\nthree\n')
  })

  test('text without appendNewline: the bodies alone', async () => {
    await driver.start(agent('a1.sinks.k1.sink.serializer.appendNewline = false'))
    put('one', 'two')
    await driver.until(() => driver.content('out') === 'onetwo')
  })

  test('header_and_text: headers as Java prints a map', async () => {
    await driver.start(agent('a1.sinks.k1.sink.serializer = HEADER_AND_TEXT'))
    putWith({ a: '1', b: 'ü' }, 'one')
    put('two')
    await driver.until(() => driver.content('out') === '{a=1, b=ü} one\n{} two\n')
  })

  test('batches of at most batchSize events, each in a transaction of its own', async () => {
    await driver.start(agent('a1.sinks.k1.sink.batchSize = 2'))
    put('a', 'b', 'c', 'd', 'e')
    // The count follows the last commit, which follows the writing.
    await driver.until(() => driver.counter('k1', 'EventDrainSuccessCount') === 5)
    expect(driver.content('out')).toBe('a\nb\nc\nd\ne\n')
  })
})

describe('files', () => {
  test('are named by the time of the start and a number, a new one each rollInterval, also when it stays empty', async () => {
    await driver.start(agent('a1.sinks.k1.sink.rollInterval = 10'))
    const series = Date.UTC(2024, 0, 1)
    put('one')
    await driver.until(() => driver.content('out') === 'one\n')
    expect(files()).toEqual([`${series}-1`])
    await driver.until(() => files().length >= 3)
    expect(files().slice(0, 3)).toEqual([`${series}-1`, `${series}-2`, `${series}-3`])
    await driver.until(() => driver.counter('k1', 'ConnectionCreatedCount') === files().length)
  })

  test('of path manager rolltime are named by their second, with prefix and extension', async () => {
    await driver.start(
      agent(
        'a1.sinks.k1.sink.pathManager = ROLLTIME\na1.sinks.k1.sink.pathManager.prefix = ev-\na1.sinks.k1.sink.pathManager.extension = txt',
      ),
    )
    await driver.until(() => files().length === 1)
    expect(files()[0]).toMatch(/^ev-\d{14}-1\.txt$/)
  })

  test('that are deleted while they are written are followed by a new one', async () => {
    await driver.start(agent())
    put('one')
    await driver.until(() => driver.counter('k1', 'EventDrainSuccessCount') === 1)
    unlinkSync(join(driver.folder, 'out', files()[0]!))
    await driver.advance(50)
    put('two')
    await driver.until(() => files().length === 1 && driver.content('out') === 'two\n')
  })

  test('that exist already are left alone', async () => {
    writeFileSync(join(driver.folder, 'out', `${Date.UTC(2024, 0, 1)}-1`), 'old\n')
    await driver.start(agent())
    put('new')
    await driver.until(() => driver.content('out') === 'old\nnew\n')
  })
})

describe('failures', () => {
  test('of the take commit leave nothing of the transaction in the file; the events come again, once', async () => {
    await driver.start(agent())
    put('one')
    await driver.until(() => driver.counter('k1', 'EventDrainSuccessCount') === 1)
    const { MillraceError } = await import('../../../src-shared/errors.ts')
    const channel = driver.fakeChannels.get('c1')!
    channel.failing = new MillraceError('CHANNEL_EXCEPTION', 'refused for the test')
    put('two')
    await driver.until(() => driver.component('k1').status?.severity === 'error')
    expect(driver.content('out')).toBe('one\n')
    channel.failing = undefined
    await driver.until(() => driver.content('out') === 'one\ntwo\n')
    await driver.until(() => driver.counter('k1', 'EventDrainSuccessCount') === 2)
    expect(driver.counter('k1', 'EventDrainAttemptCount')).toBeGreaterThan(2)
  })

  test('a killed run’s unfinished transaction is cut from its file at the next start', async () => {
    await driver.start(agent())
    put('one')
    await driver.until(() => driver.counter('k1', 'EventDrainSuccessCount') === 1)
    const file = join(driver.folder, 'out', files()[0]!)
    // As a kill leaves it: some bytes of the next write, and the note of the last whole transaction.
    appendFileSync(file, 'two\nthr')
    const next = new AgentTestDriver({ folder: driver.folder })
    await next.start(agent())
    expect(readFileSync(file, 'utf8')).toBe('one\n')
    expect(next.log.some((line) => line.level === 'warn' && line.sentence.startsWith('Cut 7 bytes'))).toBe(true)
    await next.stop()
  })
})

test.runIf(canCountOpenFiles)(
  'while the disk is full each attempt leaves nothing behind: no file, no open handle; then it goes on',
  async () => {
    await driver.start(agent())
    const note = join(driver.folder, 'state', 'k1.file_roll')
    symlinkSync('/dev/full', note)
    put('one')
    await driver.until(() => Number(driver.counter('k1', 'ConnectionFailedCount')) >= 5)
    expect(files()).toEqual([])
    expect(openFiles('/dev/full')).toBe(0)
    unlinkSync(note)
    await driver.until(() => driver.content('out') === 'one\n')
  },
)
