import { appendFileSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { EngineClient } from '../../src-shared/contract/client.ts'
import { temporaryFolder } from '../driver/temporary-folder.ts'
import { connect, firstValue, testEngine } from '../driver/test-engine.ts'
import { until } from '../driver/until.ts'

const seqToNull = `# counts
a1.sources = r1
a1.channels = c1
a1.sinks = k1
a1.sources.r1.type = seq
a1.sources.r1.totalEvents = 1000
a1.sources.r1.channels = c1
a1.channels.c1.type = memory
a1.sinks.k1.type = null
a1.sinks.k1.channel = c1
`

async function client(workspace?: string): Promise<{ client: EngineClient; workspace: string; stop: () => Promise<void> }> {
  const started = await testEngine(workspace === undefined ? {} : { workspace })
  return { client: connect(started.engine).engine, workspace: started.workspace, stop: () => started.engine.stop() }
}

test('a log becomes a pipeline by one action, and its lines come out as they went in', async () => {
  const { client: engine, workspace } = await client()
  const log = join(temporaryFolder(), 'odd name (1) [x].log')
  writeFileSync(log, 'one\ntwo\n')
  const { id, problems, components } = await engine.pipelines.createFromLog({ path: log })
  expect(problems).toEqual({ errors: 0, warnings: 0 })
  expect(components.map(({ kind, type }) => `${kind} ${type}`)).toEqual(['source taildir', 'channel sqlite', 'sink file_roll'])
  await engine.pipelines.start({ id })
  appendFileSync(log, 'three\n')
  const out = join(workspace, 'out', id)
  await until(
    'three lines are out',
    () =>
      readdirSync(out)
        .map((name) => readFileSync(join(out, name), 'utf8'))
        .join('') === 'one\ntwo\nthree\n',
  )
})

test('a watched pipeline tells states, counters, rates and the channel’s level', async () => {
  const { client: engine } = await client()
  const { id } = await engine.pipelines.create({ name: 'counts', text: seqToNull })
  await engine.pipelines.start({ id })
  const snapshot = await firstValue(engine.pipelines.watch({ id }), ({ components }) =>
    components.some(({ counters }) => counters['EventDrainSuccessCount'] === 1000),
  )
  expect(snapshot.state).toBe('running')
  expect(snapshot.components.map(({ id: node, state }) => [node, state])).toEqual([
    ['a1.sources.r1', 'running'],
    ['a1.channels.c1', 'running'],
    ['a1.sinks.k1', 'running'],
  ])
  expect(snapshot.components[1]!.channel).toMatchObject({ size: 0, capacity: 100 })
  expect(snapshot.wires.map((wire) => wire.id)).toEqual(['a1.sources.r1->a1.channels.c1', 'a1.channels.c1->a1.sinks.k1'])
  await engine.pipelines.stop({ id })
  expect((await firstValue(engine.pipelines.watch({ id }))).state).toBe('stopped')
})

test('what a real Flume would do otherwise with a file stands among its problems, as a note', async () => {
  const { client: engine } = await client()
  const { id } = await engine.pipelines.create({ name: 'ours', text: seqToNull.replace('type = memory', 'type = sqlite') })
  const { problems } = await firstValue(engine.pipelines.document({ id }))
  expect(problems).toMatchObject([
    { severity: 'info', code: 'FLUME_DIFFERS', message: expect.stringContaining('because of this channel: it cannot load sqlite') },
  ])
})

test('a pipeline of which a component cannot do its work says so in its sentence, and the component is retrying', async () => {
  const { client: engine } = await client()
  const text = seqToNull.replace('type = null', 'type = avro\na1.sinks.k1.hostname = localhost\na1.sinks.k1.port = 1')
  const { id } = await engine.pipelines.create({ name: 'waiting', text })
  await engine.pipelines.start({ id })
  const snapshot = await firstValue(engine.pipelines.watch({ id }), ({ sentence }) => sentence.endsWith('Retrying: k1.'))
  expect(snapshot.components.find(({ name }) => name === 'k1')).toMatchObject({ state: 'retrying', trouble: { severity: 'error' } })
  await engine.pipelines.stop({ id })
})

test('text, problems and picture of a document always belong together, through saves and edits elsewhere', async () => {
  const { client: engine } = await client()
  const { id, file } = await engine.pipelines.create({ name: 'edited', text: seqToNull })
  const first = await firstValue(engine.pipelines.document({ id }))
  expect(first.graph.nodes.map((node) => node.id)).toEqual(['a1.sources.r1', 'a1.channels.c1', 'a1.sinks.k1'])

  const saved = await engine.pipelines.save({ id, text: seqToNull.replace('type = null', 'type = nul'), baseVersion: first.version })
  expect(saved.problems.filter((problem) => problem.severity === 'error')).toMatchObject([
    { code: 'TYPE_UNKNOWN', line: 9, key: 'a1.sinks.k1.type' },
  ])
  expect(readFileSync(file, 'utf8')).toContain('type = nul\n')

  writeFileSync(file, seqToNull.replaceAll('k1', 'drain'))
  const outside = await firstValue(engine.pipelines.document({ id }), (document) => document.version !== saved.version)
  expect(outside.text).toContain('a1.sinks = drain')
  expect(outside.graph.nodes.map((node) => node.name)).toContain('drain')
  expect(outside.problems).toEqual([])
})

test('a save on top of a version that is not the current one is refused, and nothing is overwritten', async () => {
  const { client: engine } = await client()
  const { id, file } = await engine.pipelines.create({ name: 'edited', text: seqToNull })
  const { version } = await firstValue(engine.pipelines.document({ id }))
  writeFileSync(file, `${seqToNull}# from an editor\n`)
  await expect(engine.pipelines.save({ id, text: 'mine', baseVersion: version })).rejects.toMatchObject({ code: 'CONFLICT' })
  expect(readFileSync(file, 'utf8')).toContain('# from an editor')
})

test('checking a text changes nothing', async () => {
  const { client: engine } = await client()
  const { id, file } = await engine.pipelines.create({ name: 'checked', text: seqToNull })
  const { problems } = await engine.pipelines.check({ id, text: seqToNull.replace('a1.sinks.k1.channel = c1\n', '') })
  expect(problems.map((problem) => problem.severity)).toContain('error')
  expect(readFileSync(file, 'utf8')).toBe(seqToNull)
})

test('a pipeline with nothing that could run says why it does not start', async () => {
  const { client: engine } = await client()
  const { id } = await engine.pipelines.create({ name: 'broken', text: 'a1.sources = r1\na1.sources.r1.type = seq\n' })
  await expect(engine.pipelines.start({ id })).rejects.toMatchObject({ code: 'BAD_CONFIGURATION' })
  const [summary] = await firstValue(engine.pipelines.list())
  expect(summary).toMatchObject({ state: 'failed', sentence: expect.stringMatching(/\S/) })
})

test('a node keeps the place that it was moved to, apart from the file, also in the next engine', async () => {
  const first = await client()
  const { id, file } = await first.client.pipelines.create({ name: 'moved', text: seqToNull })
  await first.client.pipelines.moveNodes({ id, positions: { 'a1.channels.c1': { x: 123, y: 45 } } })
  expect(readFileSync(file, 'utf8')).toBe(seqToNull)
  await first.stop()
  const second = await client(first.workspace)
  const { graph } = await firstValue(second.client.pipelines.document({ id }))
  expect(graph.nodes.find((node) => node.id === 'a1.channels.c1')).toMatchObject({ x: 123, y: 45 })
})

test('what was running when the engine was stopped runs in the next one, what was stopped does not', async () => {
  const first = await client()
  const runs = await first.client.pipelines.create({ name: 'runs', text: seqToNull })
  const rests = await first.client.pipelines.create({ name: 'rests', text: seqToNull })
  await first.client.pipelines.start({ id: runs.id })
  await first.client.pipelines.start({ id: rests.id })
  await first.client.pipelines.stop({ id: rests.id })
  await first.stop()
  const second = await client(first.workspace)
  const list = await firstValue(second.client.pipelines.list())
  expect(Object.fromEntries(list.map(({ id, state }) => [id, state]))).toEqual({ [runs.id]: 'running', [rests.id]: 'stopped' })
})

test('a running pipeline is not closed; a stopped one is, and its file stays', async () => {
  const { client: engine } = await client()
  const { id, file } = await engine.pipelines.create({ name: 'closing', text: seqToNull })
  await engine.pipelines.start({ id })
  await expect(engine.pipelines.close({ id })).rejects.toThrow('stop it before it is closed')
  await engine.pipelines.stop({ id })
  await engine.pipelines.close({ id })
  expect(await firstValue(engine.pipelines.list())).toEqual([])
  expect(readFileSync(file, 'utf8')).toBe(seqToNull)
})

test('a folder, a missing file and a file too large for a configuration are refused with a sentence', async () => {
  const { client: engine } = await client()
  const folder = temporaryFolder()
  mkdirSync(join(folder, 'sub'))
  writeFileSync(join(folder, 'huge.properties'), Buffer.alloc(5 * 1024 * 1024, '#'))
  await expect(engine.pipelines.open({ path: join(folder, 'sub') })).rejects.toThrow('is a folder')
  await expect(engine.pipelines.open({ path: join(folder, 'none') })).rejects.toMatchObject({ code: 'NOT_FOUND' })
  await expect(engine.pipelines.open({ path: join(folder, 'huge.properties') })).rejects.toThrow('Is it a log?')
  expect(await firstValue(engine.pipelines.list())).toEqual([])
})

test('a component in trouble is among the problems, with its sentence and place', async () => {
  const { client: engine } = await client()
  const missing = join(temporaryFolder(), 'none')
  const text = seqToNull.replace('a1.sinks.k1.type = null', `a1.sinks.k1.type = file_roll\na1.sinks.k1.sink.directory = ${missing}`)
  const { id } = await engine.pipelines.create({ name: 'troubled', text })
  await engine.pipelines.start({ id })
  const problems = await firstValue(engine.workspace.problems(), (list) => list.some((problem) => problem.code === 'AT_RUN_TIME'))
  expect(problems.find((problem) => problem.code === 'AT_RUN_TIME')).toMatchObject({
    pipeline: id,
    component: 'a1.sinks.k1',
    severity: 'error',
  })
})

test('one pipeline that cannot start again after a restart is said so and hinders no other', async () => {
  const first = await client()
  const good = await first.client.pipelines.create({ name: 'good', text: seqToNull })
  const gone = await first.client.pipelines.create({ name: 'gone', text: seqToNull })
  for (const { id } of [good, gone]) await first.client.pipelines.start({ id })
  await first.stop()
  rmSync(gone.file)
  const second = await client(first.workspace)
  const list = await firstValue(second.client.pipelines.list())
  expect(list).toMatchObject([
    { id: good.id, state: 'running' },
    { id: gone.id, state: 'failed', sentence: expect.stringContaining(`There is no file ${gone.file}`) },
  ])
})

const twoPaths = (more: string): string => `a1.sources = r1
a1.channels = c1
a1.sinks = k1
a1.sources.r1.type = seq
a1.sources.r1.totalEvents = 1000
a1.sources.r1.channels = c1
a1.channels.c1.type = memory
a1.channels.c1.capacity = 5000
a1.sinks.k1.type = null
a1.sinks.k1.channel = c1
${more}`

test('a changed text is applied to what runs: new components run, old ones are gone, a channel keeps what it holds', async () => {
  const { client: engine } = await client()
  const { id } = await engine.pipelines.create({ name: 'live', text: twoPaths('').replaceAll('a1.sinks', 'a1.unused') })
  await engine.pipelines.start({ id })
  const channel = (size: number) =>
    firstValue(engine.pipelines.watch({ id }), ({ components }) => components.some((each) => each.channel?.size === size))
  await channel(1000)
  const { version } = await firstValue(engine.pipelines.document({ id }))
  const saved = await engine.pipelines.save({
    id,
    text: twoPaths('').replace('= seq\n', '= seq\na1.sources.r1.batchSize = 10\n'),
    baseVersion: version,
  })
  expect(saved.runningOlder).toBe(true)
  expect(await engine.pipelines.apply({ id })).toEqual({ asks: [] })
  const snapshot = await firstValue(engine.pipelines.watch({ id }), ({ components }) =>
    components.some(({ name, counters }) => name === 'k1' && counters['EventDrainSuccessCount'] === 2000),
  )
  expect(snapshot.state).toBe('running')
  expect((await firstValue(engine.pipelines.document({ id }))).runningOlder).toBe(false)
})

test('of several agents only those that changed are touched; new ones start, those that are gone stop', async () => {
  const { client: engine } = await client()
  const agent = (name: string, more = ''): string => twoPaths(more).replaceAll('a1.', `${name}.`)
  const { id } = await engine.pipelines.create({ name: 'several', text: agent('a1') + agent('a2') })
  await engine.pipelines.start({ id })
  const counted = (node: string, count: number) =>
    firstValue(engine.pipelines.watch({ id }), ({ components }) =>
      components.some((each) => each.id === node && each.counters['EventDrainSuccessCount'] === count),
    )
  const before = await counted('a1.sinks.k1', 1000)
  const { version } = await firstValue(engine.pipelines.document({ id }))
  await engine.pipelines.save({ id, text: `# only a comment before it\n${agent('a1')}${agent('a3')}`, baseVersion: version })
  await engine.pipelines.apply({ id })
  const after = await counted('a3.sinks.k1', 1000)
  const first = (snapshot: typeof after) => snapshot.components.find((each) => each.id === 'a1.sources.r1')
  expect(first(after)).toEqual({ ...first(before), eventsPerSecond: first(after)?.eventsPerSecond })
  expect(after.components.some((each) => each.id.startsWith('a2.'))).toBe(false)
  expect(after.sentence).toBe('2 agents run.')
})

test('a text that could not run is not applied, and what runs goes on; nor is one applied to what does not run', async () => {
  const { client: engine } = await client()
  const { id } = await engine.pipelines.create({ name: 'kept', text: twoPaths('') })
  await expect(engine.pipelines.apply({ id })).rejects.toMatchObject({
    code: 'BAD_ARGUMENT',
    message: expect.stringContaining('does not run'),
  })
  await engine.pipelines.start({ id })
  const { version } = await firstValue(engine.pipelines.document({ id }))
  await engine.pipelines.save({ id, text: 'a1.sources = r1\n', baseVersion: version })
  await expect(engine.pipelines.apply({ id })).rejects.toMatchObject({ code: 'BAD_CONFIGURATION' })
  const snapshot = await firstValue(engine.pipelines.watch({ id }))
  expect(snapshot.state).toBe('running')
  expect(snapshot.components.map(({ state }) => state)).toEqual(['running', 'running', 'running'])
})

test('a command that came into the file from elsewhere asks before it is applied', async () => {
  const { client: engine } = await client()
  const { id, file } = await engine.pipelines.create({ name: 'asks', text: twoPaths('') })
  await engine.pipelines.start({ id })
  writeFileSync(file, twoPaths('').replace('type = seq', 'type = exec\na1.sources.r1.command = echo hello'))
  const { asks } = await engine.pipelines.apply({ id })
  expect(asks).toMatchObject([{ kind: 'command', text: expect.stringContaining('echo hello') }])
  expect((await firstValue(engine.pipelines.document({ id }))).runningOlder).toBe(true)
  expect(await engine.pipelines.apply({ id, approve: asks.map(({ digest }) => digest) })).toEqual({ asks: [] })
  await firstValue(engine.pipelines.watch({ id }), ({ components }) =>
    components.some(({ counters }) => counters['EventDrainSuccessCount'] === 1),
  )
})

test('an apply that fails half-way loses none of the agents: what it started is stopped with the rest', async () => {
  const { client: engine, workspace } = await client()
  const agent = (name: string): string => twoPaths('').replaceAll('a1.', `${name}.`).replace('type = memory', 'type = sqlite')
  const { id } = await engine.pipelines.create({ name: 'half', text: agent('a1') })
  await engine.pipelines.start({ id })
  const { version } = await firstValue(engine.pipelines.document({ id }))
  // The third agent's folder cannot be made.
  writeFileSync(join(workspace, 'state', id, 'a3'), '')
  await engine.pipelines.save({ id, text: agent('a1') + agent('a2') + agent('a3'), baseVersion: version })
  await expect(engine.pipelines.apply({ id })).rejects.toThrow()
  const { components } = await firstValue(engine.pipelines.watch({ id }))
  expect(components.filter((each) => each.kind === 'source').map((each) => each.id)).toEqual(['a1.sources.r1', 'a2.sources.r1'])
  await engine.pipelines.stop({ id })
  rmSync(join(workspace, 'state', id, 'a3'))
  await engine.pipelines.start({ id })
  const started = await firstValue(engine.pipelines.watch({ id }))
  expect(started.components.filter((each) => each.state === 'failed')).toEqual([])
})

test('a file that two windows open at once is one pipeline', async () => {
  const { client: engine } = await client()
  const file = join(temporaryFolder(), 'both.properties')
  writeFileSync(file, seqToNull)
  const [one, other] = await Promise.all([engine.pipelines.open({ path: file }), engine.pipelines.open({ path: file })])
  expect(one!.id).toBe(other!.id)
})

test('what a closed pipeline left behind is its own: not another file’s of the same name, and there when it is opened again', async () => {
  const { client: engine } = await client()
  const named = (): string => {
    const file = join(temporaryFolder(), 'same.properties')
    writeFileSync(file, seqToNull)
    return file
  }
  const [first, second] = [named(), named()]
  const { id } = await engine.pipelines.open({ path: first })
  await engine.pipelines.close({ id })
  const other = await engine.pipelines.open({ path: second })
  expect(other.id).not.toBe(id)
  expect((await engine.pipelines.open({ path: first })).id).toBe(id)
  // A file that was moved is the same pipeline.
  await engine.pipelines.close({ id })
  await engine.pipelines.close({ id: other.id })
  rmSync(first)
  expect((await engine.pipelines.open({ path: named() })).id).toBe(id)
})

test('of two windows that save at once on the same text one is told of the other', async () => {
  const { client: engine } = await client()
  const { id, file } = await engine.pipelines.create({ name: 'both', text: seqToNull })
  const { version } = await firstValue(engine.pipelines.document({ id }))
  const texts = ['one', 'other'].map((who) => `# ${who}\n${seqToNull}`)
  const results = await Promise.allSettled(texts.map((text) => engine.pipelines.save({ id, text, baseVersion: version })))
  expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected'])
  expect(results[1]).toMatchObject({ reason: { code: 'CONFLICT' } })
  expect(readFileSync(file, 'utf8')).toBe(texts[0])
  expect(readdirSync(join(file, '..'))).toEqual(['both.properties'])
})

test.runIf(process.platform !== 'win32')('while a filter’s command thinks, the engine goes on', async () => {
  const { client: engine } = await client()
  const folder = temporaryFolder()
  const [command, asked, go] = ['say', 'asked', 'go'].map((name) => join(folder, name)) as [string, string, string]
  writeFileSync(command, `#!/bin/sh\ntouch ${asked}\nwhile [ ! -e ${go} ]; do sleep 0.05; done\necho 7\n`, { mode: 0o700 })
  const filtered = seqToNull.replace('totalEvents = 1000', "totalEvents = ${f1['count']}")
  const text = `a1.configfilters = f1\na1.configfilters.f1.type = external\na1.configfilters.f1.command = ${command}\n${filtered}`
  const { id } = await engine.pipelines.create({ name: 'filtered', text })
  const starting = engine.pipelines.start({ id })
  await until('the command runs', () => existsSync(asked))
  const { version } = await firstValue(engine.pipelines.document({ id }))
  await engine.pipelines.save({ id, text: `# later\n${text}`, baseVersion: version })
  writeFileSync(go, '')
  expect(await starting).toEqual({ asks: [] })
  await firstValue(engine.pipelines.watch({ id }), ({ components }) =>
    components.some(({ counters }) => counters['EventDrainSuccessCount'] === 7),
  )
  expect((await firstValue(engine.pipelines.document({ id }))).runningOlder).toBe(true)
})
