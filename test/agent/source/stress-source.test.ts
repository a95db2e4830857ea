import { afterEach, beforeEach, expect, test } from 'vitest'
import { AgentTestDriver } from '../../driver/agent-test-driver.ts'

let driver: AgentTestDriver
beforeEach(() => {
  driver = new AgentTestDriver()
})
afterEach(() => driver.end())

test('a maxEventsPerSecond below 1 is no limit', async () => {
  await driver.start(`
a1.sources = r1
a1.channels = c1
a1.sources.r1.type = org.apache.flume.source.StressSource
a1.sources.r1.maxTotalEvents = 5
a1.sources.r1.maxEventsPerSecond = -1
a1.sources.r1.channels = c1
a1.channels.c1.type = fake`)
  await driver.until(() => driver.fakeChannels.get('c1')!.size > 0)
  await driver.advance(5000)
  expect(driver.fakeChannels.get('c1')!.size).toBe(5)
})
