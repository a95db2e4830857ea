import { afterEach, beforeEach, expect, test } from 'vitest'
import { MillraceError } from '../../../src-shared/errors.ts'
import { AgentTestDriver } from '../../driver/agent-test-driver.ts'

let driver: AgentTestDriver

beforeEach(() => {
  driver = new AgentTestDriver()
})
afterEach(() => driver.end())

const counting = `a1.sources = r1
a1.channels = c1
a1.sources.r1.type = seq
a1.sources.r1.batchSize = 10
a1.sources.r1.channels = c1
a1.channels.c1.type = fake
`

test('a channel that refuses at once is tried again with the source’s back-off, and each number comes once', async () => {
  await driver.start(counting)
  const channel = driver.fakeChannels.get('c1')!
  channel.failing = new MillraceError('DISK_FULL', 'The disk is full.')
  const tries = (): number => Number(driver.counter('r1', 'ChannelWriteFail'))
  await driver.until(() => tries() >= 3)
  const before = driver.clock.monotonic()
  await driver.until(() => tries() >= 5)
  expect(driver.clock.monotonic() - before).toBeGreaterThanOrEqual(2000)
  const accepted = channel.size
  channel.failing = undefined
  await driver.until(() => channel.size >= accepted + 30)
  const bodies = channel.queue.flatMap(({ bodies: bytes, ends }) =>
    Array.from(ends, (end, row) => Buffer.from(bytes.subarray(row === 0 ? 0 : ends[row - 1], end)).toString()),
  )
  expect(bodies).toEqual(bodies.map((_, number) => `${number}`))
})
