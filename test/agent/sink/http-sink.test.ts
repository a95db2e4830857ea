// The HTTP sink against a server that answers what the test says.
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import { MemoryChannel } from '../../../src-main/agent/channel/memory-channel.ts'
import { putInTransaction } from '../../../src-main/agent/channel/put-in-transaction.ts'
import { definition, ruleFor } from '../../../src-main/agent/sink/http-sink.ts'
import { MillraceError } from '../../../src-shared/errors.ts'
import { batchOf } from '../../../src-shared/event/build-batch.ts'
import { parseOptions } from '../../../src-shared/spec/parse-options.ts'
import { componentContext } from '../../driver/component-context.ts'

async function sinkTo(status: number, properties: Record<string, string> = {}, userInfo = '') {
  const bodies: string[] = []
  const authorizations: (string | undefined)[] = []
  const server = createServer(async (request, response) => {
    authorizations.push(request.headers.authorization)
    let body = ''
    for await (const chunk of request) body += chunk
    bodies.push(body)
    response.writeHead(status).end()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => void server.close())
  const context = componentContext()
  const channel = new MemoryChannel(
    { name: 'c1', capacity: 100, transactionCapacity: 100, keepAliveMs: 0, byteSlots: 1_000_000 },
    context.clock,
  )
  await putInTransaction(channel, batchOf(['one', 'two'].map((text) => ({ headers: {}, body: Buffer.from(text) }))))
  const { options, problems } = parseOptions(
    definition.properties,
    { endpoint: `http://${userInfo}127.0.0.1:${(server.address() as AddressInfo).port}/in`, ...properties },
    ['channel'],
  )
  expect(problems).toEqual([])
  const sink = definition.create(options!, { ...context, channel, serializer: () => () => ({ serialize: () => [] }) })
  return {
    sink,
    bodies,
    authorizations,
    channel,
    counts: context.counts,
    statuses: context.statuses,
    waiting: () => channel.gauges().channelSize,
    delivered: () => context.counts.get('EventDrainSuccessCount') ?? 0,
    server,
  }
}

test('an answer of 2xx that no rule names is delivered, once, instead of being sent for ever', async () => {
  const { sink, bodies, waiting, delivered } = await sinkTo(200)
  expect([await sink.process(), await sink.process()]).toEqual(['READY', 'READY'])
  expect(bodies).toEqual(['one', 'two'])
  expect([waiting(), delivered()]).toEqual([0, 2])
})

test('where the file names 200, its rules hold as in Flume', async () => {
  const { sink, waiting, delivered } = await sinkTo(200, { 'rollback.200': 'true', 'backoff.200': 'true' })
  expect(await sink.process()).toBe('BACKOFF')
  expect([waiting(), delivered()]).toEqual([2, 0])
})

test('an error that no rule names is rolled back and backed off; one that the file gives up is gone', async () => {
  const kept = await sinkTo(503)
  expect(await kept.sink.process()).toBe('BACKOFF')
  expect(kept.waiting()).toBe(2)
  const givenUp = await sinkTo(404, { 'rollback.4XX': 'false', 'backoff.4XX': 'false' })
  expect(await givenUp.sink.process()).toBe('READY')
  expect(givenUp.waiting()).toBe(1)
})

test('what was given back is sent again after the back-off, not at once because it is there', async () => {
  const { sink } = await sinkTo(503)
  await sink.process()
  const over = new AbortController()
  let ready = false
  const waiting = sink.whenReady!(over.signal).then(() => {
    ready = true
  })
  await new Promise((resolve) => setImmediate(resolve))
  expect(ready).toBe(false)
  over.abort()
  await waiting
})

test('a server that is not there leaves the event in the channel', async () => {
  const { sink, waiting, server } = await sinkTo(200)
  await new Promise((resolve) => server.close(resolve))
  expect(await sink.process()).toBe('BACKOFF')
  expect(waiting()).toBe(2)
})

test('a channel that fails is not said to be an endpoint that cannot be reached', async () => {
  const { sink, bodies, channel, counts, statuses, waiting } = await sinkTo(200)
  const transaction = channel.transaction.bind(channel)
  channel.transaction = () =>
    Object.assign(transaction(), { commit: () => Promise.reject(new MillraceError('CHANNEL_EXCEPTION', 'The cursor is not written.')) })
  expect(await sink.process()).toBe('BACKOFF')
  expect([bodies, waiting()]).toEqual([['one'], 2])
  expect(statuses).toEqual(['c1 does not give the event: The cursor is not written.'])
  expect([counts.get('ChannelReadFail'), counts.get('EventWriteFail')]).toEqual([1, undefined])
})

test('a code is more specific than its group, a group than the default', () => {
  const rules = { '503': false, '5XX': true }
  expect([ruleFor(503, rules, true), ruleFor(500, rules, false), ruleFor(404, rules, false)]).toEqual([false, true, false])
})

test('an endpoint that is no http address is refused', async () => {
  await expect(sinkTo(200, { endpoint: 'ftp://x' })).rejects.toThrow('not an http: or https: address')
})

test('a password in the address is not sent, as by Flume, and does not keep events from being sent', async () => {
  const { sink, bodies, authorizations } = await sinkTo(200, {}, 'user:secret@')
  expect(await sink.process()).toBe('READY')
  expect([bodies, authorizations]).toEqual([['one'], [undefined]])
})
