import { request } from 'node:http'
import { expect, onTestFinished, test } from 'vitest'
import { startMetricsServer } from '../../src-main/headless/metrics-server.ts'
import { MillraceError } from '../../src-shared/errors.ts'
import { connect, firstValue, testEngine } from '../driver/test-engine.ts'

const seqToNull = `a1.sources = r1
a1.channels = c1
a1.sinks = k1
a1.sources.r1.type = seq
a1.sources.r1.totalEvents = 500
a1.sources.r1.channels = c1
a1.channels.c1.type = memory
a1.sinks.k1.type = null
a1.sinks.k1.channel = c1
`

async function serving(page: () => Promise<string>): Promise<number> {
  const server = await startMetricsServer({ port: 0, page })
  onTestFinished(() => server.close())
  return server.port
}

function get(port: number, path: string, host = `127.0.0.1:${port}`): Promise<{ status: number; type: string; text: string }> {
  return new Promise((resolve, reject) => {
    const asked = request({ host: '127.0.0.1', port, path, headers: { host } }, (response) => {
      let text = ''
      response.setEncoding('utf8').on('data', (more: string) => {
        text += more
      })
      response.on('end', () => resolve({ status: response.statusCode!, type: response.headers['content-type'] ?? '', text }))
    })
    asked.on('error', reject)
    asked.end()
  })
}

test('the page has Flume’s counters, levels and states of what runs, each name once with its type', async () => {
  const { engine } = await testEngine()
  const { engine: client } = connect(engine)
  const { id } = await client.pipelines.create({ name: 'counts', text: seqToNull })
  await client.pipelines.start({ id })
  await firstValue(client.pipelines.watch({ id }), ({ components }) =>
    components.some(({ counters }) => counters['EventDrainSuccessCount'] === 500),
  )
  const port = await serving(() => client.workspace.metrics())
  const { status, type, text } = await get(port, '/metrics')
  expect(status).toBe(200)
  expect(type).toContain('version=0.0.4')
  expect(text).toContain('millrace_source_event_accepted_total{pipeline="counts",agent="a1",component="r1"} 500\n')
  expect(text).toContain('millrace_sink_event_drain_success_total{pipeline="counts",agent="a1",component="k1"} 500\n')
  expect(text).toContain('millrace_channel_events{pipeline="counts",agent="a1",component="c1"} 0\n')
  expect(text).toContain('# TYPE millrace_source_open_connection gauge\n')
  const heads = text.split('\n').filter((line) => line.startsWith('# TYPE '))
  expect(new Set(heads).size).toBe(heads.length)
  for (const line of text.split('\n').filter((each) => each !== ''))
    expect(line).toMatch(/^(# (HELP|TYPE) .+|[a-z_]+(\{([a-z_]+="[^"\\]*",?)+\})? -?[\d.e+-]+)$/)
})

test('healthz says ok while there is an engine, and why not otherwise', async () => {
  const up = await serving(() => Promise.resolve(''))
  expect(await get(up, '/healthz')).toMatchObject({ status: 200, text: 'ok\n' })
  const down = await serving(() => Promise.reject(new MillraceError('ENGINE_GONE', 'The engine is being started again.')))
  expect(await get(down, '/healthz')).toMatchObject({ status: 503, text: 'The engine is being started again.\n' })
})

test('another Host and other paths are refused', async () => {
  const port = await serving(() => Promise.resolve(''))
  expect((await get(port, '/metrics', 'evil.example')).status).toBe(421)
  expect((await get(port, '/')).status).toBe(404)
})

test('an address that is none is refused like another path, and the next request is answered', async () => {
  const port = await serving(() => Promise.resolve(''))
  expect((await get(port, '//')).status).toBe(404)
  expect((await get(port, '/healthz')).status).toBe(200)
})
