import { appendFileSync, mkdirSync, renameSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { SearchProgress } from '../../src-shared/contract/logs.ts'
import { temporaryFolder } from '../driver/temporary-folder.ts'
import { connect, firstValue, testEngine } from '../driver/test-engine.ts'
import { until } from '../driver/until.ts'

const plain = { regex: false, caseSensitive: true, wholeWord: false }

test('a search tells hits as it finds them, and follows the file when asked to', async () => {
  const { engine } = await testEngine()
  const connection = connect(engine)
  const path = join(temporaryFolder(), 'a.log')
  writeFileSync(path, 'error 1\nfine\nerror 2\n')
  const { id } = await connection.engine.logs.open({ path })
  const hits: number[] = []
  let last: SearchProgress | undefined
  connection.subscribe((client) => client.logs.search({ id, query: { ...plain, text: 'error' }, follow: true }), {
    value: (progress) => {
      hits.push(...progress.hits)
      last = progress
    },
  })
  await until('the search has caught up', () => last?.done)
  expect(hits).toEqual([0, 2])
  appendFileSync(path, 'fine\nerror 3\n')
  await until('the new hit has come', () => hits.length === 3)
  expect(hits).toEqual([0, 2, 4])
  expect(last).toMatchObject({ total: 3, searchedLines: 5 })
})

test('from the byte where a record was read to its line: the log is opened under the name that the file has now', async () => {
  const { engine } = await testEngine()
  const { engine: client } = connect(engine)
  const path = join(temporaryFolder(), 'a.log')
  writeFileSync(path, 'one\ntwo\nthree\n')
  const { dev, ino } = statSync(path, { bigint: true })
  renameSync(path, `${path}.1`)
  const { log, line } = await client.logs.openAt({ path, fileId: `${dev}:${ino}`, offset: 8 })
  expect([log.path, line]).toEqual([`${path}.1`, 2])
  await expect(client.logs.openAt({ path, fileId: '1:1', offset: 8 })).rejects.toMatchObject({ code: 'NOT_FOUND' })
})

test('a search that does not follow ends when it is through; more hits than wanted are counted only', async () => {
  const { engine } = await testEngine()
  const { engine: client } = connect(engine)
  const path = join(temporaryFolder(), 'a.log')
  writeFileSync(path, 'hit\n'.repeat(5000))
  const { id } = await client.logs.open({ path })
  const hits: number[] = []
  let total = 0
  for await (const progress of await client.logs.search({ id, query: { ...plain, text: 'hit' }, follow: false, maxHits: 1000 })) {
    hits.push(...progress.hits)
    total = progress.total
  }
  expect(total).toBe(5000)
  expect(hits).toEqual(Array.from({ length: 1000 }, (_, line) => line))
})

test('a pattern that would run for years is cancelled by leaving the search, and others go on', async () => {
  const { engine } = await testEngine()
  const connection = connect(engine)
  const path = join(temporaryFolder(), 'a.log')
  writeFileSync(path, `${'a'.repeat(60)}!\nfine\n`)
  const { id } = await connection.engine.logs.open({ path })
  const evil = connection.subscribe(
    (client) => client.logs.search({ id, query: { text: '^(a+)+$', regex: true, caseSensitive: true, wholeWord: false }, follow: false }),
    { value: () => {} },
  )
  const { generation } = await firstValue(connection.engine.logs.watch({ id }))
  expect(await connection.rows({ id, generation, from: 1, count: 1 })).toMatchObject([{ line: 1 }])
  evil.close()
  const found = await firstValue(
    connection.engine.logs.search({ id, query: { ...plain, text: 'fine' }, follow: false }),
    ({ done }) => done,
  )
  expect(found.total).toBe(1)
})

test('a bad pattern is refused with what is wrong with it', async () => {
  const { engine } = await testEngine()
  const { engine: client } = connect(engine)
  const path = join(temporaryFolder(), 'a.log')
  writeFileSync(path, 'x\n')
  const { id } = await client.logs.open({ path })
  const search = firstValue(
    client.logs.search({ id, query: { text: '[', regex: true, caseSensitive: true, wholeWord: false }, follow: false }),
  )
  await expect(search).rejects.toMatchObject({ code: 'BAD_ARGUMENT', message: expect.stringContaining('[ is not a regular expression') })
})

test('logs that were open are open again in the next engine; settings and window state are kept', async () => {
  const first = await testEngine()
  const path = join(temporaryFolder(), 'kept.log')
  writeFileSync(path, 'x\n')
  const { engine: client } = connect(first.engine)
  await client.logs.open({ path })
  await client.settings.change({ theme: 'dark', timeZone: 'UTC' })
  await client.settings.saveWindowState({ key: 'tabs', state: { open: [path], scroll: 12 } })
  await first.engine.stop()
  const second = await testEngine({ workspace: first.workspace })
  const { engine: again } = connect(second.engine)
  const logs = await firstValue(again.logs.list(), (list) => list.length === 1)
  expect(logs[0]).toMatchObject({ path, lines: 1 })
  expect(await firstValue(again.settings.values())).toMatchObject({ theme: 'dark', timeZone: 'UTC', fontSize: 13 })
  expect(await again.settings.windowState({ key: 'tabs' })).toEqual({ open: [path], scroll: 12 })
  expect(await again.settings.windowState({ key: 'other' })).toBeNull()
  expect(await firstValue(again.workspace.recent())).toMatchObject([{ path, kind: 'log' }])
})

test('a log keeps its id over a restart, and a window may ask for it before it is open again', async () => {
  const folder = temporaryFolder()
  const paths = ['b.log', 'a.log'].map((name) => join(folder, name))
  for (const path of paths) writeFileSync(path, `${path}\n`)
  const first = await testEngine()
  const ids: string[] = []
  for (const path of paths) ids.push((await connect(first.engine).engine.logs.open({ path })).id)
  await first.engine.stop()
  const { engine } = connect((await testEngine({ workspace: first.workspace })).engine)
  for (const [index, id] of ids.entries()) {
    const length = await firstValue(engine.logs.watch({ id }), (value) => value.lines === 1)
    expect(length.bytes).toBe(paths[index]!.length + 1)
  }
  expect(new Set(ids).size).toBe(2)
})

test('a folder is listed for the open dialog, folders first; one that cannot be read is said so', async () => {
  const { engine } = await testEngine()
  const { engine: client } = connect(engine)
  const folder = temporaryFolder()
  mkdirSync(join(folder, 'z-folder'))
  writeFileSync(join(folder, 'a.log'), 'xyz')
  const listed = await client.workspace.listFolder({ path: folder })
  expect(listed.entries).toMatchObject([
    { name: 'z-folder', kind: 'folder' },
    { name: 'a.log', kind: 'file', bytes: 3 },
  ])
  await expect(client.workspace.listFolder({ path: join(folder, 'none') })).rejects.toMatchObject({ code: 'NOT_FOUND' })
})

test('the overview says that nothing was ever opened, until something is', async () => {
  const { engine, workspace } = await testEngine()
  const { engine: client } = connect(engine)
  expect(await firstValue(client.workspace.overview())).toMatchObject({ state: 'ready', firstRun: true, workspace })
  await client.pipelines.create({ name: 'one' })
  expect(await firstValue(client.workspace.overview(), (overview) => !overview.firstRun)).toMatchObject({
    running: { pipelines: 0, streams: 0 },
  })
})

test('the engine’s output is told from any line on, without gaps', async () => {
  const { engine } = await testEngine()
  const { engine: client } = connect(engine)
  const all = await firstValue(client.workspace.output({ after: 0 }), (lines) => lines.length > 0)
  expect(all.map((line) => line.seq)).toEqual(all.map((_, index) => index + 1))
  expect(all[0]).toMatchObject({ from: 'engine', sentence: 'The engine is ready.' })
})

test('diagnostics hold versions, states and the last output', async () => {
  const { engine } = await testEngine()
  const { engine: client } = connect(engine)
  const text = await client.workspace.diagnostics()
  expect(text).toContain('Millrace 0-test, Node ')
  expect(text).toContain('The engine is ready.')
})
