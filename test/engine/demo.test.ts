import { mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { systemClock } from '../../src-main/clock.ts'
import { forkEngine } from '../../src-main/engine/fork-engine.ts'
import { superviseEngine } from '../../src-main/engine/supervise-engine.ts'
import { silentLogger } from '../../src-main/log.ts'
import type { EngineConnection } from '../../src-shared/contract/client.ts'
import type { BatchRecord, BatchSummary } from '../../src-shared/contract/streams.ts'
import { temporaryFolder } from '../driver/temporary-folder.ts'
import { connectLinks, firstValue } from '../driver/test-engine.ts'
import { until } from '../driver/until.ts'

async function demo(workspace = join(temporaryFolder(), 'workspace')) {
  const supervised = superviseEngine({ fork: () => forkEngine({ workspace, version: '0-test' }), clock: systemClock, log: silentLogger })
  onTestFinished(() => supervised.stop())
  await supervised.ready()
  const connection = connectLinks(() => supervised.openLink())
  const started = await connection.engine.pipelines.createDemo()
  return { supervised, connection, workspace, ...started }
}

async function completed(connection: EngineConnection, id: string, count: number): Promise<readonly BatchSummary[]> {
  const { batches } = await firstValue(
    connection.engine.streams.batches({ id, limit: 100 }),
    (value) => value.batches.filter(({ status, records }) => status === 'completed' && records > 0).length >= count,
  )
  return batches.filter(({ status }) => status === 'completed')
}

/** Ordinals of all batches, oldest first. */
async function ranges(connection: EngineConnection, id: string): Promise<{ from: number; until: number }[]> {
  const batches = await completed(connection, id, 1)
  const records = await Promise.all([...batches].reverse().map(({ batchTime }) => connection.engine.streams.batch({ id, batchTime })))
  return records.flatMap((record) =>
    record.ranges.filter((range) => range.records > 0).map(({ from, until: end }) => ({ from, until: end })),
  )
}

function wrote(record: BatchRecord): string {
  return record.outputs.map((output) => output.lines.join('\n')).join('\n')
}

test('the demo moves data: log, channel, file, and a stream that counts status codes', async () => {
  const { connection, pipeline, stream, log } = await demo()
  const [batch] = await completed(connection, stream, 2)
  const record = await connection.engine.streams.batch({ id: stream, batchTime: batch!.batchTime })
  expect(wrote(record)).toMatch(/\(200,\d+\)/)
  const snapshot = await firstValue(connection.engine.pipelines.watch({ id: pipeline }), ({ components }) =>
    components.some(({ kind, counters }) => kind === 'sink' && Number(counters['EventDrainSuccessCount']) > 0),
  )
  expect(snapshot.components.map(({ state }) => state)).toEqual(['running', 'running', 'running', 'running'])
  const node = `stream:${stream}`
  const flowing = await firstValue(connection.engine.pipelines.watch({ id: pipeline }), ({ wires }) =>
    wires.some(({ id, eventsPerSecond }) => id.endsWith(`->${node}`) && eventsPerSecond > 0),
  )
  expect(flowing.components.find(({ id }) => id === node)).toMatchObject({ kind: 'stream', state: 'running' })
  expect(readFileSync(log, 'utf8')).toMatch(/^\d+\.\d+\.\d+\.\d+ - - \[/)
  const { graph } = await firstValue(connection.engine.pipelines.document({ id: pipeline }))
  expect(graph.wires.map((wire) => wire.id)).toContain(`demo.channels.c1->stream:${stream}`)
  const logs = await firstValue(connection.engine.logs.list())
  expect(logs.map((open) => open.path)).toContain(log)
})

test('the generator goes on when the demo’s pipeline is started again', async () => {
  const { connection, pipeline, log } = await demo()
  await until('lines are written', () => statSync(log).size > 0)
  await connection.engine.pipelines.stop({ id: pipeline })
  const { size } = statSync(log)
  await connection.engine.pipelines.start({ id: pipeline })
  await until('lines are written again', () => statSync(log).size > size)
})

test('a past batch runs again and gives the same, or what a changed program gives', async () => {
  const { connection, stream } = await demo()
  const [batch] = await completed(connection, stream, 1)
  const same = await connection.engine.streams.replay({ id: stream, batchTime: batch!.batchTime })
  expect(same).toMatchObject({ same: true })
  const { text } = await firstValue(connection.engine.streams.program({ id: stream }))
  const changed = await connection.engine.streams.replay({
    id: stream,
    batchTime: batch!.batchTime,
    text: text.replace("'none', 1]", "'none', 2]"),
  })
  expect(changed.same).toBe(false)
  expect(changed.difference).toContain('before')
})

test('the demo started twice is the same demo', async () => {
  const { connection, pipeline, stream, log } = await demo()
  expect(await connection.engine.pipelines.createDemo()).toEqual({ pipeline, stream, log })
  expect(await firstValue(connection.engine.pipelines.list())).toHaveLength(1)
  expect(await firstValue(connection.engine.streams.list())).toHaveLength(1)
})

test('after a kill of the engine the stream goes on: ranges without gap or overlap', async () => {
  const { supervised, connection, stream } = await demo()
  await completed(connection, stream, 2)
  const killed = supervised.state.state === 'ready' ? supervised.state.pid! : 0
  process.kill(killed, 'SIGKILL')
  await until('another engine is ready', () => supervised.state.state === 'ready' && supervised.state.pid !== killed)
  const before = (await ranges(connection, stream)).length
  await until('batches went on', async () => (await ranges(connection, stream)).length >= before + 2)
  const all = await ranges(connection, stream)
  expect(all[0]!.from).toBe(0)
  for (const [index, range] of all.entries()) if (index > 0) expect(range.from).toBe(all[index - 1]!.until)
})

test('a program is edited, checked, saved and goes on with the new text', async () => {
  const { connection, stream, workspace } = await demo()
  const { streams } = connection.engine
  const { text, version, file } = await firstValue(streams.program({ id: stream }))
  expect(file).toBe(join(workspace, 'pipelines', 'status-count.ts'))
  const problems = await streams.checkProgram({ id: stream, text: `${text}\nconst broken = (\n` })
  expect(problems).toMatchObject([{ severity: 'error' }])
  expect(problems[0]!.line).toBeGreaterThan(text.split('\n').length - 2)
  await completed(connection, stream, 1)
  const saved = await streams.saveProgram({
    id: stream,
    text: text.replace("'none', 1]", "'none', 1000]"),
    baseVersion: version,
    restart: true,
  })
  expect(saved.runningOlder).toBe(false)
  await until('a batch of the new program has completed', async () => {
    const [newest] = await completed(connection, stream, 1)
    return wrote(await streams.batch({ id: stream, batchTime: newest!.batchTime })).includes('000)')
  })
  await expect(streams.saveProgram({ id: stream, text, baseVersion: version, restart: false })).rejects.toMatchObject({ code: 'CONFLICT' })
})

test('a stream that is stopped while it is restarted with a saved text stays stopped', async () => {
  const { connection, stream } = await demo()
  const { streams } = connection.engine
  await completed(connection, stream, 1)
  const { text, version, file } = await firstValue(streams.program({ id: stream }))
  const saving = streams.saveProgram({ id: stream, text: `${text}\n`, baseVersion: version, restart: true })
  await until('the text is saved', () => readFileSync(file, 'utf8') !== text)
  await Promise.all([streams.stop({ id: stream }), saving])
  const [after] = await firstValue(streams.list())
  expect(after).toMatchObject({ id: stream, state: 'stopped' })
})

test('a stream that was stopped still pins its channel, until someone releases it', async () => {
  const { connection, pipeline, stream } = await demo()
  await completed(connection, stream, 1)
  await connection.engine.streams.stop({ id: stream })
  const channel = `${pipeline}/demo.channels.c1`
  const behind = await firstValue(connection.engine.channels.list(), ([one]) =>
    one!.level.cursors.some(({ consumer, behind: events }) => consumer === stream && events > 50),
  )
  expect(behind[0]!.level.cursors.find(({ consumer }) => consumer === stream)).toMatchObject({ kind: 'stream', pins: true, running: false })
  expect(behind[0]!.level.size).toBeGreaterThan(50)
  await connection.engine.channels.release({ id: channel, consumer: stream })
  await firstValue(connection.engine.channels.list(), ([one]) => one!.level.cursors.every(({ consumer }) => consumer !== stream))
})

test('a program with a syntax error is said with its line, and nothing else stops', async () => {
  const { connection, workspace, pipeline } = await demo()
  const file = join(workspace, 'pipelines', 'broken.ts')
  mkdirSync(join(workspace, 'pipelines'), { recursive: true })
  writeFileSync(file, "import { StreamingContext } from 'millrace'\nconst x = (\n")
  const { id } = await connection.engine.streams.open({ path: file })
  const { asks } = await connection.engine.streams.start({ id })
  await connection.engine.streams.start({ id, approve: asks.map(({ digest }) => digest) })
  const list = await firstValue(connection.engine.streams.list(), (all) =>
    all.some((stream) => stream.id === id && stream.state === 'failed'),
  )
  expect(list.find((stream) => stream.id === id)!.trouble).toMatchObject({
    severity: 'error',
    message: expect.stringContaining('does not compile'),
  })
  const problems = await firstValue(connection.engine.workspace.problems(), (all) => all.some((problem) => problem.stream === id))
  expect(problems.find((problem) => problem.stream === id)!.file).toBe(file)
  expect((await firstValue(connection.engine.pipelines.watch({ id: pipeline }))).state).toBe('running')
})
