import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { EngineClient } from '../../src-shared/contract/client.ts'
import { temporaryFolder } from '../driver/temporary-folder.ts'
import { connect, firstValue, testEngine } from '../driver/test-engine.ts'
import { until } from '../driver/until.ts'

const execTo = (marker: string): string => `a1.sources = r1
a1.channels = c1
a1.sinks = k1
a1.sources.r1.type = exec
a1.sources.r1.shell = /bin/sh -c
a1.sources.r1.command = echo ran >> ${marker}
a1.sources.r1.channels = c1
a1.channels.c1.type = memory
a1.sinks.k1.type = null
a1.sinks.k1.channel = c1
`

async function client(workspace?: string): Promise<{ client: EngineClient; workspace: string; stop: () => Promise<void> }> {
  const { engine, workspace: folder } = await testEngine(workspace === undefined ? {} : { workspace })
  return { client: connect(engine).engine, workspace: folder, stop: () => engine.stop() }
}

function foreign(text: (marker: string) => string = execTo): { file: string; marker: string } {
  const folder = temporaryFolder()
  const marker = join(folder, 'marker')
  const file = join(folder, 'foreign.properties')
  writeFileSync(file, text(marker))
  return { file, marker }
}

test('a pipeline from elsewhere says what it would run, and runs once a person has agreed to it', async () => {
  const { client: engine } = await client()
  const { file, marker } = foreign()
  const { id } = await engine.pipelines.open({ path: file })
  const { asks } = await engine.pipelines.start({ id })
  expect(asks).toMatchObject([{ kind: 'command', where: 'a1.sources.r1', text: `/bin/sh -c echo ran >> ${marker}` }])
  expect((await firstValue(engine.pipelines.list()))[0]!.state).toBe('stopped')
  expect(await engine.pipelines.start({ id, approve: asks.map(({ digest }) => digest) })).toEqual({ asks: [] })
  await until('the command ran', () => existsSync(marker))
  await engine.pipelines.stop({ id })
  expect(await engine.pipelines.start({ id })).toEqual({ asks: [] })
})

test('agreement to one command is none to another that the file has later', async () => {
  const { client: engine } = await client()
  const { file, marker } = foreign()
  const { id } = await engine.pipelines.open({ path: file })
  const { asks } = await engine.pipelines.start({ id })
  writeFileSync(file, execTo(`${marker}-2`))
  const again = await engine.pipelines.start({ id, approve: asks.map(({ digest }) => digest) })
  expect(again.asks).toMatchObject([{ text: `/bin/sh -c echo ran >> ${marker}-2` }])
  expect(existsSync(marker)).toBe(false)
})

test('what a person writes here does not ask, but saving leaves what came from elsewhere unapproved', async () => {
  const { client: engine } = await client()
  const { file, marker } = foreign()
  const { id } = await engine.pipelines.open({ path: file })
  const { version } = await firstValue(engine.pipelines.document({ id }))
  await engine.pipelines.save({ id, text: `# a remark\n${execTo(marker)}`, baseVersion: version })
  expect((await engine.pipelines.start({ id })).asks).toHaveLength(1)
  const { version: saved } = await firstValue(engine.pipelines.document({ id }))
  await engine.pipelines.save({ id, text: execTo(`${marker}-mine`), baseVersion: saved })
  expect(await engine.pipelines.start({ id })).toEqual({ asks: [] })
  await until('the command ran', () => existsSync(`${marker}-mine`))
  expect(existsSync(marker)).toBe(false)
})

test('an external filter’s command asks too, is not run to look at the file, and its value reaches the component alone', async () => {
  const { client: engine } = await client()
  const { file, marker } = foreign(
    (path) => `a1.configfilters = f1
a1.configfilters.f1.type = external
a1.configfilters.f1.command = answers
${execTo(path).replace('echo ran', 'echo ${f1["key"]}')}`,
  )
  const script = join(temporaryFolder(), 'answer.sh')
  writeFileSync(script, `#!/bin/sh\necho "asked $1" >> ${marker}-filter\necho secret\n`, { mode: 0o755 })
  writeFileSync(file, readFileSync(file, 'utf8').replace('command = answers', `command = ${script}`))
  const { id } = await engine.pipelines.open({ path: file })
  const { asks } = await engine.pipelines.start({ id })
  expect(asks.map(({ text }) => text)).toEqual([script, `/bin/sh -c echo \${f1["key"]} >> ${marker}`])
  expect(existsSync(`${marker}-filter`)).toBe(false)
  await engine.pipelines.start({ id, approve: asks.map(({ digest }) => digest) })
  await until('the command ran', () => existsSync(marker) && readFileSync(marker, 'utf8') === 'secret\n')
  const document = await firstValue(engine.pipelines.document({ id }))
  expect(JSON.stringify(document)).not.toContain('secret')
})

test('after a restart of the engine a pipeline whose file was changed elsewhere does not run, and says why', async () => {
  const first = await client()
  const { file, marker } = foreign()
  const { id } = await first.client.pipelines.open({ path: file })
  const { asks } = await first.client.pipelines.start({ id })
  await first.client.pipelines.start({ id, approve: asks.map(({ digest }) => digest) })
  await until('the command ran', () => existsSync(marker))
  await first.stop()
  writeFileSync(file, execTo(`${marker}-2`))
  const second = await client(first.workspace)
  const [summary] = await firstValue(second.client.pipelines.list())
  expect(summary).toMatchObject({ state: 'failed' })
  expect(summary!.sentence).toContain(`/bin/sh -c echo ran >> ${marker}-2`)
  expect(existsSync(`${marker}-2`)).toBe(false)
})

test('a stream program asks with its whole text; saving one that was agreed to agrees to the new text', async () => {
  const { client: engine } = await client()
  const file = join(temporaryFolder(), 'program.ts')
  const text = "import { StreamingContext, seconds } from 'millrace'\nnew StreamingContext({ appName: 'a', batchDuration: seconds(1) })\n"
  writeFileSync(file, text)
  const { id } = await engine.streams.open({ path: file })
  const { asks } = await engine.streams.start({ id })
  expect(asks).toMatchObject([{ kind: 'program', where: file, text }])
  const save = async (to: string) => {
    const { version } = await firstValue(engine.streams.program({ id }))
    await engine.streams.saveProgram({ id, text: to, baseVersion: version, restart: false })
  }
  await save(`${text}// one word\n`)
  const changed = await engine.streams.start({ id })
  expect(changed.asks).toHaveLength(1)
  await engine.streams.start({ id, approve: changed.asks.map(({ digest }) => digest) })
  await engine.streams.stop({ id })
  await save(`${text}// mine\n`)
  expect(await engine.streams.start({ id })).toEqual({ asks: [] })
  await engine.streams.stop({ id })
})
