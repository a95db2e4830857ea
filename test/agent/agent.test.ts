import { writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { defineInterceptor, defineSink, defineSource } from '../../src-main/component/define.ts'
import { AgentTestDriver } from '../driver/agent-test-driver.ts'

const order: string[] = []
const noted = (kind: 'source' | 'sink') => ({
  type: `noting-${kind}`,
  summary: 'For tests: notes when it is started and stopped.',
  properties: {},
  examples: [],
})
const lifecycle = (name: string) => ({
  start: async () => void order.push(`start ${name}`),
  stop: async () => void order.push(`stop ${name}`),
})
const definitions = [
  defineSource({ ...noted('source'), create: (_, { name }) => lifecycle(name) }),
  defineSink({ ...noted('sink'), create: (_, { name }) => ({ ...lifecycle(name), process: async () => 'BACKOFF' as const }) }),
  defineSink({
    type: 'failing-sink',
    summary: 'For tests: throws.',
    properties: {},
    examples: [],
    create: () => ({
      process: async () => {
        throw new Error('cannot write for the test')
      },
    }),
  }),
  defineInterceptor({
    type: 'unbuildable',
    summary: 'For tests: cannot be created.',
    properties: {},
    examples: [],
    create: () => {
      throw new Error('made to fail')
    },
  }),
]

let driver: AgentTestDriver
beforeEach(() => {
  order.length = 0
  driver = new AgentTestDriver({ definitions })
})
afterEach(() => driver.end())

const seqToRoll = (more = ''): string => `
a1.sources = r1
a1.channels = c1
a1.sinks = k1
a1.sources.r1.type = seq
a1.sources.r1.totalEvents = 5
a1.sources.r1.channels = c1
a1.channels.c1.type = memory
a1.sinks.k1.type = file_roll
a1.sinks.k1.channel = c1
a1.sinks.k1.sink.directory = @DIR@/out
a1.sinks.k1.sink.rollInterval = 0
${more}`

describe('life cycle', () => {
  test('sinks start before sources, and stop after them', async () => {
    await driver.start(`
a1.sources = r1
a1.channels = c1
a1.sinks = k1
a1.sources.r1.type = noting-source
a1.sources.r1.channels = c1
a1.channels.c1.type = memory
a1.sinks.k1.type = noting-sink
a1.sinks.k1.channel = c1
`)
    await driver.stop()
    expect(order).toEqual(['start k1', 'start r1', 'stop r1', 'stop k1'])
  })

  test('a sink whose directory is missing is tried again every 3 s, says so, and runs when the directory is there', async () => {
    await driver.start(seqToRoll())
    expect(driver.component('k1')).toMatchObject({
      state: 'ERROR',
      status: { severity: 'error', sentence: expect.stringContaining('does not exist') },
    })
    expect(driver.component('r1').state).toBe('START')
    driver.mkdir('out')
    await driver.until(() => driver.component('k1').state === 'START')
    await driver.until(() => driver.content('out') === '0\n1\n2\n3\n4\n')
    expect(driver.component('k1').status?.severity).toBe('info')
  })

  test('a source whose port is in use heals when the port is free', async () => {
    const other = createServer()
    const port = await new Promise<number>((resolve) =>
      other.listen(0, '127.0.0.1', () => resolve((other.address() as { port: number }).port)),
    )
    await driver.start(`
a1.sources = r1 r2
a1.channels = c1
a1.sources.r1.type = netcat
a1.sources.r1.bind = 127.0.0.1
a1.sources.r1.port = ${port}
a1.sources.r1.channels = c1
a1.sources.r2.type = seq
a1.sources.r2.totalEvents = 3
a1.sources.r2.channels = c1
a1.channels.c1.type = memory
`)
    expect(driver.component('r1')).toMatchObject({ state: 'ERROR', status: { sentence: expect.stringContaining(`port ${port}`) } })
    await driver.until(() => driver.component('c1').gauges?.channelSize === 3)
    await new Promise((resolve) => other.close(resolve))
    await driver.until(() => driver.component('r1').state === 'START')
  })

  test('what cannot be created is left out with its reason, and the rest runs', async () => {
    driver.mkdir('out')
    await driver.start(`${seqToRoll()}
a1.sources = r1 r2
a1.sources.r2.type = seq
a1.sources.r2.channels = c1
a1.sources.r2.interceptors = i1
a1.sources.r2.interceptors.i1.type = unbuildable
`)
    expect(driver.component('r2')).toMatchObject({
      state: 'ERROR',
      status: { severity: 'error', sentence: expect.stringContaining('made to fail') },
    })
    await driver.until(() => driver.content('out') === '0\n1\n2\n3\n4\n')
  })

  test('a sink that throws shows why, is called again after 5 s, and its events stay', async () => {
    await driver.start(seqToRoll('a1.sinks.k1.type = failing-sink'))
    await driver.until(() => driver.component('k1').status?.sentence.includes('cannot write for the test') === true)
    expect(driver.log.some((line) => line.level === 'error' && line.sentence.includes('Trying again in 5000 ms'))).toBe(true)
    await driver.until(() => driver.component('c1').gauges?.channelSize === 5)
  })

  test('listeners are told when something changes', async () => {
    driver.mkdir('out')
    await driver.start(seqToRoll())
    let told = 0
    const off = driver.agent.onChange(() => {
      told += 1
    })
    await driver.stop()
    off()
    expect(told).toBeGreaterThan(0)
  })
})

describe('reload', () => {
  test('keeps the content of a channel whose properties did not change', async () => {
    driver.mkdir('out')
    await driver.start(seqToRoll('a1.sinks.k1.type = failing-sink'))
    await driver.until(() => driver.component('c1').gauges?.channelSize === 5)
    await driver.reload(seqToRoll('a1.sources.r1.totalEvents = 2'))
    await driver.until(() => driver.content('out').split('\n').length === 8)
    expect(driver.content('out')).toBe('0\n1\n2\n3\n4\n0\n1\n')
  })

  test('moves the content of a memory channel that is resized', async () => {
    driver.mkdir('out')
    await driver.start(seqToRoll('a1.sinks.k1.type = failing-sink'))
    await driver.until(() => driver.component('c1').gauges?.channelSize === 5)
    await driver.reload(seqToRoll('a1.sources.r1.totalEvents = 1\na1.channels.c1.capacity = 1000'))
    await driver.until(() => driver.content('out') === '0\n1\n2\n3\n4\n0\n')
    expect(driver.component('c1').gauges?.channelCapacity).toBe(1000)
  })

  test('moves the content of a memory channel into the durable one that takes its place', async () => {
    driver.mkdir('out')
    await driver.start(seqToRoll('a1.sinks.k1.type = failing-sink'))
    await driver.until(() => driver.component('c1').gauges?.channelSize === 5)
    await driver.reload(seqToRoll('a1.sources.r1.totalEvents = 1').replace('c1.type = memory', 'c1.type = sqlite'))
    await driver.until(() => driver.content('out') === '0\n1\n2\n3\n4\n0\n')
  })

  test('leaves a memory channel as large as it was when its content would not fit', async () => {
    driver.mkdir('out')
    await driver.start(seqToRoll('a1.sinks.k1.type = failing-sink'))
    await driver.until(() => driver.component('c1').gauges?.channelSize === 5)
    await driver.reload(seqToRoll('a1.sources.r1.totalEvents = 1\na1.channels.c1.capacity = 2\na1.channels.c1.transactionCapacity = 2'))
    await driver.until(() => driver.content('out') === '0\n1\n2\n3\n4\n0\n')
    expect(driver.component('c1').gauges?.channelCapacity).toBe(100)
  })

  test('gives the port of a source to its successor', async () => {
    const text = (max: number): string => `
a1.sources = r1
a1.channels = c1
a1.sources.r1.type = netcat
a1.sources.r1.bind = 127.0.0.1
a1.sources.r1.port = 0
a1.sources.r1.max-line-length = ${max}
a1.sources.r1.channels = c1
a1.channels.c1.type = memory
`
    await driver.start(text(100))
    await driver.reload(text(200))
    expect(driver.component('r1').state).toBe('START')
  })
})

describe('configuration', () => {
  test('a wrong type of value is a located problem, and the component is left out', () => {
    const { problems, agents } = driver.load(seqToRoll('a1.sources.r1.totalEvents = many'))
    expect(problems.find((problem) => problem.key === 'a1.sources.r1.totalEvents' && problem.code === 'PROPERTY')).toMatchObject({
      severity: 'error',
      line: expect.any(Number),
    })
    expect(agents[0]?.sources ?? []).toEqual([])
  })

  test('an unknown key is a warning with the nearest name', () => {
    const { problems } = driver.load(seqToRoll('a1.sources.r1.batchSise = 3'))
    expect(problems.find((problem) => problem.key === 'a1.sources.r1.batchSise')).toMatchObject({
      severity: 'warning',
      hint: expect.stringContaining('batchSize'),
    })
  })

  test('a regular expression that cannot be translated is a located problem', () => {
    const { problems } = driver.load(
      seqToRoll(
        'a1.sources.r1.interceptors = i1\na1.sources.r1.interceptors.i1.type = regex_filter\na1.sources.r1.interceptors.i1.regex = \\\\Ga',
      ),
    )
    expect(problems.find((problem) => problem.key === 'a1.sources.r1.interceptors.i1.regex')?.message).toContain('uses \\G')
  })
})

test('an interceptor that leaves events out is counted, with its name', async () => {
  driver.mkdir('out')
  writeFileSync(join(driver.folder, 'keep'), '')
  await driver.start(
    seqToRoll(`a1.sources.r1.interceptors = i1
a1.sources.r1.interceptors.i1.type = regex_filter
a1.sources.r1.interceptors.i1.regex = [13]
a1.sources.r1.interceptors.i1.excludeEvents = true`),
  )
  await driver.until(() => driver.content('out') === '0\n2\n4\n')
  expect(driver.component('r1').drops).toEqual([{ reason: 'interceptor i1 (regex_filter)', intentional: true, count: 2 }])
})
