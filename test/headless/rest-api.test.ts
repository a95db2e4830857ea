// Spark's monitoring API over the headless face, of a real stream: who may ask, and answers of the shape that a real Spark gave.
import { randomBytes } from 'node:crypto'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { type HeadlessServer, startHeadlessServer } from '../../src-main/headless/headless-server.ts'
import { silentLogger } from '../../src-main/log.ts'
import { temporaryFolder } from '../driver/temporary-folder.ts'
import { connect, inProcess, testEngine } from '../driver/test-engine.ts'
import { until } from '../driver/until.ts'

const recording = (name: string): unknown =>
  JSON.parse(readFileSync(join(import.meta.dirname, '../fixtures/spark/rest', `rest-${name}.json`), 'utf8'))

const program = `
import { milliseconds, Receiver, StreamingContext } from 'millrace'

class Words extends Receiver<string> {
  onStart(): void {
    void this.storeBlock(['a', 'b', 'a'])
    this.reportError('sample report', new Error('sample receiver error'))
  }
  onStop(): void {}
}
const ssc = new StreamingContext({ appName: 'rest', batchDuration: milliseconds(100) })
const words = ssc.receiverStream(new Words())
const upper = words.map((word) => word.toUpperCase())
ssc.queueStream<string>([]).union(upper).print()
words.count().print()
ssc.start()
await ssc.awaitTermination()
`

interface Api {
  readonly server: HeadlessServer
  readonly id: string
  readonly cookie: string
  get(path: string, headers?: Record<string, string>, method?: string): Promise<Response>
  json(path: string): Promise<unknown>
}

async function api(): Promise<Api> {
  const { engine } = await testEngine()
  const { engine: client } = connect(engine)
  const folder = temporaryFolder()
  mkdirSync(join(folder, 'renderer'))
  writeFileSync(join(folder, 'renderer', 'index.html'), '<!doctype html>')
  writeFileSync(join(folder, 'rest.ts'), program)
  const { id } = await client.streams.open({ path: join(folder, 'rest.ts') })
  const { asks } = await client.streams.start({ id })
  await client.streams.start({ id, approve: asks.map(({ digest }) => digest) })
  const server = await startHeadlessServer({
    port: 0,
    renderer: join(folder, 'renderer'),
    openLink: () => inProcess(engine),
    random: randomBytes,
    log: silentLogger,
  })
  onTestFinished(() => server.close())
  const signedIn = await fetch(server.newAddress(), { redirect: 'manual' })
  const cookie = signedIn.headers.get('set-cookie')!.split(';')[0]!
  const get: Api['get'] = (path, headers = { cookie }, method = 'GET') =>
    fetch(`http://127.0.0.1:${server.port}/api/v1/${path}`, { headers, method })
  return { server, id, cookie, get, json: async (path) => (await get(path)).json() }
}

/** Names and kinds of an object's fields. */
const shapeOf = (value: unknown): Record<string, string> =>
  Object.fromEntries(Object.entries(value as object).map(([key, field]) => [key, Array.isArray(field) ? 'array' : typeof field]))

test('a running stream answers as a real Spark did: the same fields of the same kinds', async () => {
  const { id, json, get } = await api()
  const streaming = `applications/${id}/streaming`
  type Batch = { batchId: number; inputSize: number; status: string }
  const batch = await until('the batch with the words is completed', async () => {
    const answer = await json(`${streaming}/batches?status=COMPLETED`).catch(() => undefined)
    return Array.isArray(answer) ? (answer as Batch[]).find(({ inputSize }) => inputSize === 3) : undefined
  })
  expect(shapeOf(batch)).toEqual(shapeOf(recording('batch')))
  expect(await json(`${streaming}/batches/${batch.batchId}`)).toEqual(batch)
  const recordedStatistics = recording('statistics')
  const statistics = await json(`${streaming}/statistics`)
  expect(shapeOf(statistics)).toEqual(shapeOf(recordedStatistics))
  expect(statistics).toMatchObject({
    batchDuration: 100,
    numReceivers: 1,
    numActiveReceivers: 1,
    numInactiveReceivers: 0,
    numReceivedRecords: 3,
  })
  const [recordedOperation] = recording('operations') as unknown[]
  const operations = (await json(`${streaming}/batches/${batch.batchId}/operations`)) as { outputOpId: number; name: string }[]
  for (const operation of operations) expect(shapeOf(operation)).toEqual(shapeOf(recordedOperation))
  expect(operations.map(({ outputOpId, name }) => [outputOpId, name.replace(/:.*/, '')])).toEqual([
    [1, 'print at rest.ts'],
    [0, 'print at rest.ts'],
  ])
  const recordedReceivers = recording('receivers') as unknown[]
  const receivers = (await json(`${streaming}/receivers`)) as { streamId: number; streamName: string; eventRates: [number, number][] }[]
  expect(receivers.map(({ streamId, streamName }) => [streamId, streamName])).toEqual([[0, 'Words-0']])
  // Spark forgets when an error was reported (rule receiver-error-time).
  expect(shapeOf(receivers[0])).toEqual({ ...shapeOf(recordedReceivers[0]), lastErrorTime: 'string' })
  expect(receivers[0]!.eventRates).toContainEqual([batch.batchId, 30])
  for (const [path, sentence] of [
    ['receivers/7', 'unknown receiver: 7'],
    ['batches/7', 'unknown batch: 7'],
    [`batches/${batch.batchId}/operations/9`, 'unknown output operation: 9'],
  ] as const) {
    const answer = await get(`${streaming}/${path}`)
    expect([answer.status, (await answer.text()).trim()]).toEqual([404, sentence])
  }
})

test('who has no session, comes from another page or under another name is refused, and nothing can be changed', async () => {
  const { server, cookie, get } = await api()
  expect((await get('applications', {})).status).toBe(401)
  expect((await get('applications', { cookie, origin: 'http://evil.example' })).status).toBe(403)
  expect((await get('applications', { cookie }, 'POST')).status).toBe(405)
  expect((await fetch(`http://127.0.0.1:${server.port}/api/v1/applications?token=guess`)).status).toBe(401)
  const allowed = await get('applications')
  expect(allowed.status).toBe(200)
  expect(allowed.headers.get('content-type')).toBe('application/json; charset=utf-8')
  expect(allowed.headers.get('cache-control')).toBe('no-store')
  expect((await get('applications/%zz')).status).toBe(400)
})
