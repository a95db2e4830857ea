// A sink that fails as the test says, in a whole agent: which events are set aside, and that all others are delivered, once and in order.
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { takeTransaction } from '../../../src-main/agent/sink/take-events.ts'
import { type AnyDefinition, defineSink } from '../../../src-main/component/define.ts'
import { MillraceError } from '../../../src-shared/errors.ts'
import { batchOf } from '../../../src-shared/event/build-batch.ts'
import { eventsOf } from '../../../src-shared/event/event-batch.ts'
import { int } from '../../../src-shared/spec/property.ts'
import { AgentTestDriver } from '../../driver/agent-test-driver.ts'
import { fc } from '../../driver/property.ts'

/** What happens when `body` is in a batch that the sink is to deliver: an error is thrown. */
type Verdict = (body: string, sink: string) => Error | undefined

const refused = (): Error => new MillraceError('EVENT_DELIVERY', 'not sent', { cause: new MillraceError('EVENT_REFUSED', '400') })
const unclear = (): Error => new Error('FAILED')
const down = (): Error =>
  new Error('not connected', { cause: Object.assign(new Error('connect ECONNREFUSED 127.0.0.1:1'), { code: 'ECONNREFUSED' }) })

class Deliveries {
  readonly bodies: string[] = []
  attempts: string[][] = []
  verdict: Verdict = () => undefined

  readonly sink: AnyDefinition = defineSink({
    type: 'picky',
    summary: 'For tests.',
    properties: { batchSize: int().default(100) },
    examples: [],
    create: ({ batchSize }, { channel, signal, name }) => ({
      process: async () => {
        const count = await takeTransaction(channel, batchSize, signal, async ({ batches }) => {
          const bodies = batches.flatMap((batch) => [...eventsOf(batch)].map(({ body }) => Buffer.from(body).toString()))
          if (bodies.length > 0) this.attempts.push(bodies)
          for (const body of bodies) {
            const error = this.verdict(body, name)
            if (error !== undefined) throw error
          }
          this.bodies.push(...bodies)
        })
        return count === 0 ? 'BACKOFF' : 'READY'
      },
    }),
  })
}

let deliveries: Deliveries
let driver: AgentTestDriver
beforeEach(() => {
  deliveries = new Deliveries()
  driver = new AgentTestDriver({ definitions: [deliveries.sink] })
})
afterEach(() => driver.end())

const agent = (keys = 'a1.sinks.k1.maxRetries = 2', channel = 'fake'): string => `
a1.channels = c1
a1.sinks = k1
a1.channels.c1.type = ${channel}
a1.sinks.k1.type = picky
a1.sinks.k1.channel = c1
${keys}`

const put = (...bodies: string[]): void =>
  driver.fakeChannels.get('c1')!.store([batchOf(bodies.map((body) => ({ headers: { host: 'h' }, body: Buffer.from(body) })))])
const numbers = (count: number): string[] => Array.from({ length: count }, (_, index) => `${index}`)
const usualFile = (): string => join(driver.folder, 'state', 'dead-letters', 'k1.jsonl')
/** Whole lines only: the file may be looked at while one is written. */
const letters = (file = usualFile()): Record<string, unknown>[] =>
  existsSync(file)
    ? readFileSync(file, 'utf8')
        .split('\n')
        .slice(0, -1)
        .map((line) => JSON.parse(line) as Record<string, unknown>)
    : []
const setAside = (): unknown[] => letters().map(({ body }) => body)

describe('an event that is refused', () => {
  test('is set aside after maxRetries failures of its batch; all others are delivered, once and in order', async () => {
    deliveries.verdict = (body) => (body === '60' ? refused() : undefined)
    await driver.start(agent())
    put(...numbers(100))
    await driver.until(() => deliveries.bodies.length === 99 && setAside().length === 1)
    expect(deliveries.bodies).toEqual(numbers(100).filter((body) => body !== '60'))
    expect(setAside()).toEqual(['60'])
    expect(deliveries.attempts.filter((bodies) => bodies.length === 100)).toHaveLength(2)
  })

  test('leaves a record: which sink and channel, what failed and how often, when, headers and body', async () => {
    deliveries.verdict = refused
    await driver.start(agent('a1.sinks.k1.maxRetries = 3'))
    put('poison')
    await driver.until(() => letters().length === 1)
    const time = new Date(driver.clock.now()).toISOString().slice(0, 10)
    expect(letters()).toEqual([
      {
        time: expect.stringContaining(time),
        sink: 'k1',
        channel: 'c1',
        attempts: 4,
        error: 'not sent: 400',
        headers: { host: 'h' },
        body: 'poison',
      },
    ])
    expect(deliveries.attempts).toHaveLength(4)
  })

  test('is seen on its sink: a counter, and one problem with how many there are and what to do; again after a restart', async () => {
    deliveries.verdict = refused
    await driver.start(agent('a1.sinks.k1.maxRetries = 1'))
    put('a', 'b')
    // Told after it was counted.
    await driver.until(() => driver.component('k1').status?.sentence === '2 events are set aside; the last: not sent: 400')
    const hint = expect.stringContaining(`millrace dead-letters show ${usualFile()}`)
    expect(driver.component('k1').status).toMatchObject({ severity: 'warning', hint })
    expect(driver.counter('k1', 'DeadLetterCount')).toBe(2)
    expect(driver.log.filter(({ sentence }) => sentence.includes('undeliverable'))).not.toEqual([])
    await driver.stop()
    await driver.start(agent('a1.sinks.k1.maxRetries = 1'))
    await driver.until(() => driver.component('k1').status?.sentence === '2 events are set aside.')
    expect(driver.counter('k1', 'DeadLetterCount')).toBe(0)
    rmSync(usualFile())
    await driver.until(() => driver.component('k1').status === undefined)
  })

  test('that is one of many costs the pauses of Flume once, not for each of them', async () => {
    deliveries.verdict = (body) => (Number(body) % 25 === 3 ? refused() : undefined)
    await driver.start(agent('a1.sinks.k1.maxRetries = 3\na1.sinks.k1.batchSize = 20'))
    put(...numbers(500))
    const began = driver.clock.now()
    await driver.until(() => deliveries.bodies.length === 480 && setAside().length === 20)
    // Three pauses of 5 s for each of the 20 events would be 300 s.
    expect(driver.clock.now() - began).toBeLessThan(60_000)
  })

  test('of which there are mostInARow: the next waits until another event gets through', async () => {
    deliveries.verdict = (body) => (body === 'good' ? undefined : refused())
    await driver.start(agent('a1.sinks.k1.maxRetries = 1\na1.sinks.k1.batchSize = 1\na1.sinks.k1.deadLetter.mostInARow = 3'))
    put('1', '2', '3', '4')
    await driver.until(() => setAside().length === 3 && deliveries.attempts.filter(([body]) => body === '4').length > 5)
    expect(setAside()).toEqual(['1', '2', '3'])
    put('good')
    await driver.until(() => setAside().length === 4 && deliveries.bodies.length === 1)
    expect(setAside()).toEqual(['1', '2', '3', '4'])
  })
})

describe('an event that fails for a reason which may be the sink’s', () => {
  test('is set aside when it fails before and after another one got through', async () => {
    deliveries.verdict = (body) => (body === '3' || body === '99' ? unclear() : undefined)
    await driver.start(agent())
    put(...numbers(100))
    await driver.until(() => deliveries.bodies.length === 98)
    expect(setAside()).toEqual(['3'])
    // Nothing behind the last one proves that the sink works.
    expect(driver.component('k1').status?.sentence).toContain('set aside')
    put('100')
    await driver.until(() => setAside().length === 2)
    expect(setAside()).toEqual(['3', '99'])
    expect(deliveries.bodies).toEqual(numbers(101).filter((body) => body !== '3' && body !== '99'))
  })

  test('is not set aside while nothing gets through; all are delivered in order when the sink works again', async () => {
    deliveries.verdict = unclear
    await driver.start(agent('a1.sinks.k1.maxRetries = 1'))
    put(...numbers(100))
    await driver.until(() => deliveries.attempts.filter((bodies) => bodies.length === 100).length > 3)
    expect(driver.component('k1').status).toMatchObject({ severity: 'error' })
    deliveries.verdict = () => undefined
    await driver.until(() => deliveries.bodies.length === 100)
    expect(deliveries.bodies).toEqual(numbers(100))
    expect(letters()).toEqual([])
  })

  test('is delivered when the sink begins to work while the batch is looked through', async () => {
    // Alone 0, 1 and 2 fail, 3 is taken: from then on all are.
    let works = false
    deliveries.verdict = (body) => {
      works ||= body === '3' && deliveries.attempts.at(-1)?.length === 1
      return works ? undefined : unclear()
    }
    await driver.start(agent('a1.sinks.k1.maxRetries = 1'))
    put(...numbers(10))
    await driver.until(() => deliveries.bodies.length === 10)
    expect(deliveries.bodies.toSorted()).toEqual(numbers(10))
    expect(letters()).toEqual([])
  })
})

test('a receiver that is not there empties no channel into the dead letters, however long it takes', async () => {
  deliveries.verdict = down
  await driver.start(agent('a1.sinks.k1.maxRetries = 1'))
  put(...numbers(20))
  await driver.until(() => deliveries.attempts.length > 20)
  expect(deliveries.attempts.every((bodies) => bodies.length === 20)).toBe(true)
  deliveries.verdict = () => undefined
  await driver.until(() => deliveries.bodies.length === 20)
  expect(letters()).toEqual([])
})

test('without any of the keys a batch that fails is tried again for ever, as in Flume', async () => {
  deliveries.verdict = refused
  await driver.start(agent(''))
  put('poison')
  await driver.until(() => deliveries.attempts.length > 12)
  expect(letters()).toEqual([])
  expect(driver.component('k1').counters).not.toHaveProperty('DeadLetterCount')
})

test('a deadLetter key alone turns it on, with five failures', async () => {
  deliveries.verdict = refused
  await driver.start(agent('a1.sinks.k1.deadLetter.file = @DIR@/mine/dead.jsonl'))
  put('poison')
  await driver.until(() => letters(join(driver.folder, 'mine', 'dead.jsonl')).length === 1)
  expect(deliveries.attempts).toHaveLength(6)
})

test('a dead letter file that cannot be written leaves the event in the channel and says so', async () => {
  deliveries.verdict = refused
  writeFileSync(join(driver.folder, 'plain'), '')
  await driver.start(agent('a1.sinks.k1.maxRetries = 1\na1.sinks.k1.deadLetter.file = @DIR@/plain/dead.jsonl'))
  put('poison')
  await driver.until(() => driver.component('k1').status?.sentence.includes('nothing is set aside') === true)
  deliveries.verdict = () => undefined
  await driver.until(() => deliveries.bodies[0] === 'poison')
})

describe('a dead letter channel', () => {
  const withChannel = (more = ''): string =>
    agent(`a1.channels = c1 c2
a1.channels.c2.type = memory
${more}
a1.sinks.k1.maxRetries = 1
a1.sinks.k1.deadLetter.channel = c2`)
  const taken = async (): Promise<unknown[]> => {
    const events: unknown[] = []
    const channel = driver.agent.channel('c2')!
    await takeTransaction(channel, 'adaptive', AbortSignal.abort(), async ({ batches }) => {
      for (const batch of batches)
        for (const { headers, body } of eventsOf(batch)) events.push({ headers, body: Buffer.from(body).toString() })
    })
    return events
  }

  test('gets the event as it was, with headers that say what happened', async () => {
    deliveries.verdict = (body) => (body === '1' ? refused() : undefined)
    await driver.start(withChannel())
    put('0', '1', '2')
    await driver.until(() => deliveries.bodies.length === 2)
    expect(await taken()).toEqual([
      {
        headers: {
          host: 'h',
          'deadLetter.sink': 'k1',
          'deadLetter.error': 'not sent: 400',
          'deadLetter.attempts': expect.stringMatching(/^\d$/),
          'deadLetter.time': expect.stringMatching(/^\d{13}$/),
        },
        body: '1',
      },
    ])
    expect(driver.component('k1').status?.sentence).toBe('1 event is set aside in channel c2; the last: not sent: 400')
    expect(existsSync(usualFile())).toBe(false)
  })

  test('that is full holds the event back until it has room; nothing is lost', async () => {
    deliveries.verdict = (body) => (body === 'x' ? undefined : refused())
    await driver.start(withChannel('a1.channels.c2.capacity = 2\na1.channels.c2.transactionCapacity = 2\na1.channels.c2.keep-alive = 0'))
    put('a', 'b', 'c', 'x')
    await driver.until(() => driver.component('k1').status?.sentence.includes('takes nothing') === true)
    expect(deliveries.bodies).toEqual([])
    expect(await taken()).toHaveLength(2)
    await driver.until(() => deliveries.bodies.length === 1)
    expect(await taken()).toMatchObject([{ body: 'c' }])
  })

  test.each([
    ['c3', 'There is no channel c3'],
    ['c1', 'would come back'],
  ])('%s that cannot be used is a problem at its line, and the usual file takes what it would get', async (channel, sentence) => {
    const text = agent(`a1.sinks.k1.maxRetries = 1\na1.sinks.k1.deadLetter.channel = ${channel}`)
    expect(driver.load(text).problems).toMatchObject([
      { severity: 'error', key: 'a1.sinks.k1.deadLetter.channel', line: 8, message: expect.stringContaining(sentence) },
    ])
    deliveries.verdict = refused
    await driver.start(text)
    put('poison')
    await driver.until(() => setAside().length === 1)
  })
})

describe.each(['failover', 'load_balance'])('a group with %s', (processor) => {
  const group = `a1.sinks = k1 k2
a1.sinks.k2.type = picky
a1.sinks.k2.channel = c1
a1.sinks.k1.maxRetries = 2
a1.sinkgroups = g1
a1.sinkgroups.g1.sinks = k1 k2
a1.sinkgroups.g1.processor.type = ${processor}`

  test('sets aside what none of its sinks takes', async () => {
    deliveries.verdict = (body, sink) => (body === '5' || (body === '6' && sink === 'k1') ? unclear() : undefined)
    await driver.start(agent(group))
    put(...numbers(10))
    await driver.until(() => deliveries.bodies.length === 9 && setAside().length === 1)
    expect(setAside()).toEqual(['5'])
    expect(deliveries.bodies).toEqual(numbers(10).filter((body) => body !== '5'))
  })
})

test.each(['fake', 'memory', 'sqlite'])(
  'on a %s channel, whatever is refused and in whatever batches, each event is delivered or set aside exactly once',
  async (type) => {
    await fc.assert(
      fc.asyncProperty(
        fc.uniqueArray(fc.nat(39), { maxLength: 12 }),
        fc.integer({ min: 1, max: 40 }),
        fc.boolean(),
        async (poison, batchSize, alsoUnclear) => {
          const run = new Deliveries()
          const other = new AgentTestDriver({ definitions: [run.sink] })
          const bad = new Set(poison.map(String))
          const isUnclear = (body: string): boolean => alsoUnclear && Number(body) % 3 === 0
          run.verdict = (body) => (bad.has(body) ? (isUnclear(body) ? unclear() : refused()) : undefined)
          try {
            await other.start(agent(`a1.sinks.k1.maxRetries = 1\na1.sinks.k1.batchSize = ${batchSize}`, type))
            const transaction = other.agent.channel('c1')!.transaction()
            transaction.begin()
            // The last one is good: it proves that the sink works.
            await transaction.put(batchOf(numbers(41).map((body) => ({ headers: {}, body: Buffer.from(body) }))))
            await transaction.commit()
            transaction.close()
            const file = join(other.folder, 'state', 'dead-letters', 'k1.jsonl')
            await other.until(() => run.bodies.length + letters(file).length >= 41)
            expect(run.bodies).toEqual(numbers(41).filter((body) => !bad.has(body)))
            expect(
              letters(file)
                .map(({ body }) => body)
                .toSorted(),
            ).toEqual([...bad].toSorted())
            if (type !== 'memory') expect(letters(file).every(({ ordinal, body }) => type === 'fake' || `${ordinal}` === body)).toBe(true)
          } finally {
            await other.end()
          }
        },
      ),
      { numRuns: 8, seed: 7 },
    )
  },
)
