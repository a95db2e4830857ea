// Time that misbehaves: a laptop that sleeps for an hour, a clock that is set back and forth. What lasts is measured on a clock that never goes
// back; only names, headers and the age of what was consumed follow the wall clock.
import { appendFileSync, mkdirSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { ManualClock, sleepAwake } from '../../../src-main/clock.ts'
import { MillraceError } from '../../../src-shared/errors.ts'
import { AgentTestDriver } from '../../driver/agent-test-driver.ts'
import { everything, logChannel, memoryFolder, numbered, numbersOf, put, removeFolder } from '../../driver/log-channel-driver.ts'

const hour = 3_600_000

let driver: AgentTestDriver
beforeEach(() => {
  driver = new AgentTestDriver()
  driver.mkdir('out')
  mkdirSync(join(driver.folder, 'in'))
})
afterEach(() => driver.end())

const write = (text: string): void => appendFileSync(join(driver.folder, 'in', 'a.log'), text)
const files = (): string[] => readdirSync(join(driver.folder, 'out'))

const tail = (channel: string, more = ''): string => `
a1.sources = r1
a1.channels = c1
a1.sinks = k1
a1.channels.c1.type = ${channel}
a1.sources.r1.type = taildir
a1.sources.r1.channels = c1
a1.sources.r1.filegroups = g
a1.sources.r1.filegroups.g = @DIR@/in/.*\\\\.log
a1.sinks.k1.type = file_roll
a1.sinks.k1.channel = c1
a1.sinks.k1.sink.directory = @DIR@/out
${more}`

describe('a machine that sleeps for an hour', () => {
  test('goes on where it was: idle files are read on, one new output file is begun, nothing is lost or comes twice', async () => {
    write('1\n')
    await driver.start(tail('sqlite', 'a1.sinks.k1.sink.rollInterval = 30'))
    await driver.until(() => driver.content('out') === '1\n')
    const before = files().length
    await driver.advance(hour)
    write('2\n')
    await driver.until(() => driver.content('out') === '1\n2\n')
    expect(files().length - before).toBeLessThanOrEqual(1)
    for (let night = 0; night < 8; night++) await driver.advance(hour)
    write('3\n')
    await driver.until(() => driver.content('out') === '1\n2\n3\n')
  })

  test('ends every back-off at once: what failed before is tried when it wakes', async () => {
    write('1\n')
    await driver.start(tail('fake'))
    const channel = driver.fakeChannels.get('c1')!
    await driver.until(() => driver.content('out') === '1\n')
    channel.failing = new MillraceError('CHANNEL_FULL', 'no room')
    write('2\n')
    await driver.until(() => Number(driver.counter('r1', 'ChannelWriteFail')) >= 3)
    channel.failing = undefined
    await driver.advance(hour)
    await driver.until(() => driver.content('out') === '1\n2\n')
  })

  test('does not count against a wait: after it there is time left', async () => {
    const clock = new ManualClock()
    let over = false
    void sleepAwake(clock, 20_000).then(() => {
      over = true
    })
    const step = async (ms: number): Promise<void> => {
      clock.advance(ms)
      await new Promise((resolve) => setImmediate(resolve))
    }
    await step(hour)
    await step(hour)
    expect(over).toBe(false)
    for (let rest = 0; rest < 2; rest++) await step(5000)
    expect(over).toBe(true)
  })
})

describe('a clock that is set', () => {
  test.each([
    ['back by a year', Date.UTC(2023, 0, 1)],
    ['forth by a year', Date.UTC(2025, 0, 1)],
    ['to 1970', 0],
  ])('%s stops nothing, loses nothing and repeats nothing', async (_how, to) => {
    write('1\n')
    await driver.start(tail('sqlite', 'a1.sinks.k1.sink.rollInterval = 10\na1.sinks.k1.sink.pathManager = rolltime'))
    await driver.until(() => driver.content('out') === '1\n')
    const series = Date.UTC(2024, 0, 1)
    driver.clock.jumpTo(to)
    write('2\n')
    await driver.until(() => driver.content('out').includes('2\n'))
    driver.clock.jumpTo(series)
    for (let step = 0; step < 12; step++) await driver.advance(1000)
    write('3\n')
    await driver.until(() => driver.content('out').includes('3\n'))
    expect(driver.content('out').split('\n').filter(Boolean).sort()).toEqual(['1', '2', '3'])
  })

  test('forth by ten years takes nothing from a channel that was not consumed, whatever the retention', async () => {
    const folder = memoryFolder()
    const clock = new ManualClock(Date.UTC(2024, 0, 1))
    const options = { segmentBytes: 4096, retention: { bytes: 0, ageMs: 1 } }
    const channel = logChannel({ folder, clock, options })
    await channel.start()
    for (let first = 0; first < 100; first += 10) await put(channel, numbered(first, 10, 200))
    const transaction = channel.transaction()
    transaction.begin()
    expect(numbersOf(await transaction.take({ ...everything, events: 30 }))).toHaveLength(30)
    await transaction.commit()
    clock.jumpTo(Date.UTC(2034, 0, 1))
    for (let first = 100; first < 150; first += 10) await put(channel, numbered(first, 10, 200))
    clock.jumpTo(Date.UTC(2004, 0, 1))
    for (let first = 150; first < 200; first += 10) await put(channel, numbered(first, 10, 200))
    await channel.stop()
    const again = logChannel({ folder, clock, options })
    await again.start()
    const rest: number[] = []
    for (;;) {
      const taking = again.transaction()
      taking.begin()
      const batch = await taking.take(everything)
      await taking.commit()
      if (batch === null) break
      rest.push(...numbersOf(batch))
    }
    expect(rest).toEqual(Array.from({ length: 170 }, (_, index) => 30 + index))
    await again.stop()
    removeFolder(folder)
  })
})
