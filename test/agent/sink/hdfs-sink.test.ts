import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { MillraceError } from '../../../src-shared/errors.ts'
import { batchOf } from '../../../src-shared/event/build-batch.ts'
import { AgentTestDriver } from '../../driver/agent-test-driver.ts'

let driver: AgentTestDriver
beforeEach(() => {
  driver = new AgentTestDriver()
})
afterEach(() => driver.end())

const lines = 'fileType = DataStream'
const open = 'rollInterval = 0, rollSize = 0, rollCount = 0'

/** `more`: keys of `hdfs.`, separated by commas. */
const agent = (more: string, path = '@DIR@/out', serializer = ''): string => `
a1.channels = c1
a1.sinks = k1
a1.channels.c1.type = fake
a1.sinks.k1.type = hdfs
a1.sinks.k1.channel = c1
a1.sinks.k1.hdfs.path = ${path}
${more
  .split(',')
  .map((key) => `a1.sinks.k1.hdfs.${key.trim()}`)
  .join('\n')}
${serializer}`

const put = (...bodies: string[]): void => putWith({}, ...bodies)
const putWith = (headers: Record<string, string>, ...bodies: string[]): void =>
  driver.fakeChannels.get('c1')!.store([batchOf(bodies.map((body) => ({ headers, body: Buffer.from(body) })))])
const delivered = (count: number) => driver.until(() => driver.counter('k1', 'EventDrainSuccessCount') === count, `${count} delivered`)
const folder = (name = 'out'): string => join(driver.folder, name)
const files = (name = 'out'): string[] => (existsSync(folder(name)) ? readdirSync(folder(name)).sort() : [])
const texts = (name = 'out'): string[] => files(name).map((file) => readFileSync(join(folder(name), file), 'utf8'))
const began = Date.UTC(2024, 0, 1)

describe('files', () => {
  test('are `.tmp` while they are written, and get their name when the sink stops', async () => {
    await driver.start(agent(`${lines}, ${open}`))
    put('a', 'b')
    await delivered(2)
    expect(files()).toEqual([expect.stringMatching(/^FlumeData\.\d+\.tmp$/)])
    await driver.stop()
    expect(files()).toEqual([expect.stringMatching(/^FlumeData\.\d+$/)])
    expect(texts()).toEqual(['a\nb\n'])
  })

  test('are rolled after rollCount events, also within a transaction, and numbered on', async () => {
    await driver.start(agent(`${lines}, rollInterval = 0, rollSize = 0, rollCount = 2, fileSuffix = .log, inUsePrefix = _`))
    put('1', '2', '3', '4', '5')
    await delivered(5)
    await driver.stop()
    expect(texts()).toEqual(['1\n2\n', '3\n4\n', '5\n'])
    const first = Number(/\d+/.exec(files()[0]!)![0])
    expect(first).toBeGreaterThan(began)
    expect(files()).toEqual([0, 1, 2].map((number) => `FlumeData.${first + number}.log`))
  })

  test('are rolled when their bodies have reached rollSize', async () => {
    await driver.start(agent(`${lines}, rollInterval = 0, rollSize = 4, rollCount = 0`))
    put('abc', 'd', 'e', 'fghijkl', 'm')
    await delivered(5)
    await driver.stop()
    expect(texts()).toEqual(['abc\nd\n', 'e\nfghijkl\n', 'm\n'])
  })

  test('are closed at the age of rollInterval, and when nothing came for idleTimeout, without a further event', async () => {
    await driver.start(agent(`${lines}, rollInterval = 30, rollSize = 0, rollCount = 0`))
    put('a')
    await delivered(1)
    await driver.until(() => files().some((name) => !name.endsWith('.tmp')))
    expect(driver.clock.now() - began).toBeGreaterThanOrEqual(30_000)
    await driver.stop()
    expect(texts()).toEqual(['a\n'])

    await driver.start(agent(`${lines}, ${open}, idleTimeout = 5`, '@DIR@/idle'))
    put('b')
    await delivered(1)
    await driver.until(() => files('idle').some((name) => !name.endsWith('.tmp')))
  })

  test('are never closed for a reason whose number is below 1, and rounding that is off has any value, as in Flume', async () => {
    await driver.start(
      agent(`${lines}, rollInterval = -1, rollSize = -5, rollCount = -1, idleTimeout = -2, closeTries = -1, roundValue = 0`),
    )
    put('a', 'b')
    put('c')
    await delivered(3)
    await driver.stop()
    expect(texts()).toEqual(['a\nb\nc\n'])
  })

  test('go to buckets by header and time, in order within each', async () => {
    await driver.start(agent(`${lines}, ${open}, timeZone = UTC, filePrefix = %{app}`, '@DIR@/out/%{host}/%Y-%m-%d'))
    const timestamp = String(Date.UTC(2025, 5, 7))
    for (const [host, body] of [
      ['x', '1'],
      ['y', '2'],
      ['x', '3'],
    ] as const)
      putWith({ host, app: 'web', timestamp }, body)
    await delivered(3)
    await driver.stop()
    expect(texts('out/x/2025-06-07')).toEqual(['1\n3\n'])
    expect(texts('out/y/2025-06-07')).toEqual(['2\n'])
    expect(files('out/y/2025-06-07')[0]).toMatch(/^web\./)
  })

  test('beyond maxOpenFiles the one that was written longest ago is closed', async () => {
    await driver.start(agent(`${lines}, ${open}, maxOpenFiles = 2`, '@DIR@/%{host}'))
    for (const host of ['h1', 'h2', 'h3']) {
      putWith({ host }, host)
      await driver.until(() => files(host).length === 1)
    }
    await delivered(3)
    expect(['h1', 'h2', 'h3'].map((host) => files(host)[0]!.endsWith('.tmp'))).toEqual([false, true, true])
  })

  test('beyond maxOpenFiles those of one transaction are closed when it is over', async () => {
    await driver.start(agent(`${lines}, ${open}, maxOpenFiles = 1`, '@DIR@/%{host}'))
    const of = (host: string) => ({ headers: { host }, body: Buffer.from(host) })
    driver.fakeChannels.get('c1')!.store([batchOf([of('h1'), of('h2'), of('h1'), of('h3')])])
    await delivered(4)
    await driver.until(() => !files('h1')[0]!.endsWith('.tmp') && !files('h2')[0]!.endsWith('.tmp'))
    expect(['h1', 'h2', 'h3'].map((host) => files(host).length)).toEqual([1, 1, 1])
    expect(files('h3')[0]).toMatch(/\.tmp$/)
  })

  test('that cannot get their name keep their events under the other, which is said, and get it later', async () => {
    await driver.start(agent(`${lines}, ${open}, retryInterval = 10`))
    put('a')
    await delivered(1)
    const target = files()[0]!.replace('.tmp', '')
    mkdirSync(join(folder(), target))
    const stopped = driver.stop()
    await stopped
    expect(driver.log.some(({ level, sentence }) => level === 'warn' && sentence.includes('could not be renamed'))).toBe(true)
    expect(readFileSync(join(folder(), `${target}.tmp`), 'utf8')).toBe('a\n')
  })

  test('compressed go through the codec and end with its extension', async () => {
    await driver.start(agent(`fileType = CompressedStream, codeC = gzip, ${open}`))
    put('a', 'b')
    await delivered(2)
    put('c')
    await delivered(3)
    await driver.stop()
    expect(files()[0]).toMatch(/\.gz$/)
    expect(gunzipSync(readFileSync(join(folder(), files()[0]!))).toString()).toBe('a\nb\nc\n')
  })

  test('by default are SequenceFiles', async () => {
    await driver.start(agent(open))
    put('a')
    await delivered(1)
    await driver.stop()
    expect(texts()[0]!.slice(0, 3)).toBe('SEQ')
  })
})

describe('failures', () => {
  test('of the take commit leave nothing of the transaction in any file; the events come again, once', async () => {
    await driver.start(agent(`${lines}, rollInterval = 0, rollSize = 0, rollCount = 2`))
    put('one')
    await delivered(1)
    const channel = driver.fakeChannels.get('c1')!
    channel.failing = new MillraceError('CHANNEL_EXCEPTION', 'refused for the test')
    put('two', 'three', 'four')
    await driver.until(() => driver.component('k1').status?.severity === 'error')
    await driver.until(() => texts().join('|') === 'one\n')
    channel.failing = undefined
    await delivered(4)
    await driver.stop()
    expect(texts()).toEqual(['one\ntwo\n', 'three\nfour\n'])
  })

  test('of an event without the timestamp that its path needs name the key to set, and nothing is written', async () => {
    await driver.start(agent(`${lines}, ${open}`, '@DIR@/out/%Y'))
    put('a')
    await driver.until(() => driver.component('k1').status?.severity === 'error')
    expect(driver.component('k1').status?.sentence).toContain('hdfs.useLocalTimeStamp = true')
    expect(files()).toEqual([])
    expect(driver.fakeChannels.get('c1')!.size).toBe(1)
  })

  test('a file in the place of the directory is told with its path, and the events stay', async () => {
    writeFileSync(folder(), 'here first')
    await driver.start(agent(`${lines}, ${open}`))
    put('a')
    await driver.until(() => driver.component('k1').status?.severity === 'error')
    expect(driver.component('k1').status?.sentence).toContain(folder())
    expect(driver.fakeChannels.get('c1')!.size).toBe(1)
  })
})

describe('what cannot work is refused', () => {
  test.each([
    ['fileType = CompressedStream', '@DIR@', "It's essential to set compress codec"],
    ['fileType = CompressedStream, codeC = none', '@DIR@', "It's essential to set compress codec"],
    ['fileType = DataStream, codeC = gzip', '@DIR@', 'does NOT support compressed output'],
    ['codeC = lzo', '@DIR@', 'hdfs.codeC = lzo: there is no such codec here'],
    ['round = true, roundValue = 25, roundUnit = hour', '@DIR@', 'from 1 to 24'],
    ['round = true, roundValue = 0, roundUnit = fortnight', '@DIR@', 'from 1 to 60'],
    ['batchSize = 10', 'hdfs://nn:8020/logs', 'Write webhdfs://'],
    ['batchSize = 10', 's3a://bucket/logs', 's3a is no file system of Millrace'],
    ['batchSize = 10', '@DIR@/%[moon]', '%[moon] means nothing in a path'],
  ])('%s on %s', async (more, path, message) => {
    await driver.start(agent(more, path)).catch(() => undefined)
    const said = [...driver.log.map((line) => line.sentence), ...driver.load(agent(more, path)).problems.map((problem) => problem.message)]
    expect(said.join('\n')).toContain(message)
  })
})

test('an event whose header points elsewhere is written below the folder all the same', async () => {
  await driver.start(agent(`${lines}, ${open}, filePrefix = %{name}`, '@DIR@/out/%{host}'))
  putWith({ host: '../../elsewhere', name: '../up' }, 'event')
  await delivered(1)
  await driver.stop()
  expect(texts('out/%2E%2E/%2E%2E/elsewhere/%2E%2E')).toEqual(['event\n'])
  expect(existsSync(join(driver.folder, '..', 'elsewhere'))).toBe(false)
  expect(driver.log.some(({ sentence }) => sentence.startsWith('A header does not lead out of the folder'))).toBe(true)
})
