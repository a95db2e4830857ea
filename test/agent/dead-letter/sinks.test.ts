// Sinks as they are, each with one event that it cannot deliver among others.
import { existsSync, readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, onTestFinished, test } from 'vitest'
import { defineSerializer } from '../../../src-main/component/define.ts'
import { batchOf } from '../../../src-shared/event/build-batch.ts'
import { eventsOf } from '../../../src-shared/event/event-batch.ts'
import { AgentTestDriver } from '../../driver/agent-test-driver.ts'
import { pickyAvroSource } from '../../driver/picky-avro-source.ts'

const careful = defineSerializer({
  type: 'careful',
  summary: 'For tests.',
  properties: {},
  examples: [],
  create: () => ({
    serialize: (batches) =>
      batches.flatMap((batch) =>
        [...eventsOf(batch)].map(({ body }) => {
          const text = Buffer.from(body).toString()
          if (text === 'poison') throw new Error('This cannot be written.')
          return Buffer.from(`${text}\n`)
        }),
      ),
  }),
})

let driver: AgentTestDriver
beforeEach(() => {
  driver = new AgentTestDriver({ definitions: [careful] })
})
afterEach(() => driver.end())

const bodies = ['one', 'two', 'poison', 'three', 'four']

async function startWith(sink: string, events = bodies): Promise<void> {
  await driver.start(`a1.channels = c1
a1.sinks = k1
a1.channels.c1.type = fake
a1.sinks.k1.channel = c1
a1.sinks.k1.maxRetries = 2
${sink}`)
  driver.fakeChannels.get('c1')!.store([batchOf(events.map((body) => ({ headers: {}, body: Buffer.from(body) })))])
}

function setAside(): { body: string; error: string }[] {
  const file = join(driver.folder, 'state', 'dead-letters', 'k1.jsonl')
  if (!existsSync(file)) return []
  return readFileSync(file, 'utf8')
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line) as { body: string; error: string })
}

/** Answers 400 to `poison`, `otherwise` to the rest. */
async function httpServer(status: () => number): Promise<{ readonly url: string; readonly taken: string[] }> {
  const taken: string[] = []
  const server = createServer(async (request, response) => {
    let body = ''
    for await (const chunk of request) body += chunk
    const answer = body === 'poison' ? 400 : status()
    if (answer === 200) taken.push(body)
    response.writeHead(answer).end()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => void server.close())
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/in`, taken }
}

test('http: what is answered 400 is set aside, the rest delivered', async () => {
  const { url, taken } = await httpServer(() => 200)
  await startWith(`a1.sinks.k1.type = http\na1.sinks.k1.endpoint = ${url}`)
  await driver.until(() => taken.length === 4)
  expect(taken).toEqual(['one', 'two', 'three', 'four'])
  expect(setAside()).toMatchObject([{ body: 'poison', error: expect.stringMatching(/^127\.0\.0\.1:\d+ answered 400$/) }])
})

test('http: when the last event is set aside, that is what the sink says; nothing is said to be sent again', async () => {
  const { url } = await httpServer(() => 200)
  await startWith(`a1.sinks.k1.type = http\na1.sinks.k1.endpoint = ${url}`, ['one', 'poison'])
  await driver.until(() => setAside().length === 1 && driver.fakeChannels.get('c1')!.size === 0)
  await driver.until(() => driver.component('k1').status?.sentence.startsWith('1 event is set aside') === true)
})

test('http: a server that answers 503 to everything sets nothing aside', async () => {
  let answer = 503
  const { url, taken } = await httpServer(() => answer)
  await startWith(`a1.sinks.k1.type = http\na1.sinks.k1.endpoint = ${url}`)
  await driver.until(() => Number(driver.counter('k1', 'EventDrainAttemptCount')) > 10)
  answer = 200
  await driver.until(() => taken.length === 4)
  expect(taken.toSorted()).toEqual(['four', 'one', 'three', 'two'])
  expect(setAside().map(({ body }) => body)).toEqual(['poison'])
})

test('avro: what the next agent answers FAILED to is set aside, the rest delivered in order', async () => {
  const receiver = await pickyAvroSource((body) => body !== 'poison')
  await startWith(`a1.sinks.k1.type = avro\na1.sinks.k1.hostname = 127.0.0.1\na1.sinks.k1.port = ${receiver.port}`)
  await driver.until(() => receiver.bodies().length === 4 && setAside().length === 1)
  expect(receiver.bodies()).toEqual(['one', 'two', 'three', 'four'])
  expect(setAside()).toMatchObject([{ body: 'poison', error: expect.stringContaining('FAILED') }])
})

test('file_roll: what its serializer cannot write is set aside, the rest written in order', async () => {
  driver.mkdir('out')
  await startWith('a1.sinks.k1.type = file_roll\na1.sinks.k1.sink.directory = @DIR@/out\na1.sinks.k1.sink.serializer = careful')
  await driver.until(() => driver.content('out') === 'one\ntwo\nthree\nfour\n' && setAside().length === 1)
  expect(setAside()).toMatchObject([{ body: 'poison', error: expect.stringContaining('This cannot be written.') }])
})
