import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { freePort } from '../driver/free-port.ts'
import { temporaryFolder } from '../driver/temporary-folder.ts'
import { connect, firstValue, testEngine } from '../driver/test-engine.ts'

test('a receiver that cannot reach its sender is a trouble of its stream, and among the problems', async () => {
  const { engine } = await testEngine()
  const { streams, workspace } = connect(engine).engine
  const file = join(temporaryFolder(), 'words.ts')
  const port = await freePort()
  writeFileSync(
    file,
    `import { StreamingContext, seconds } from 'millrace'
const ssc = new StreamingContext({ appName: 'words', batchDuration: seconds(1) })
ssc.socketTextStream('127.0.0.1', ${port}).print()
ssc.start()
await ssc.awaitTermination()
`,
  )
  const { id } = await streams.open({ path: file })
  const { asks } = await streams.start({ id })
  await streams.start({ id, approve: asks.map(({ digest }) => digest) })
  const [stream] = await firstValue(streams.list(), ([one]) => one?.trouble !== undefined)
  expect(stream).toMatchObject({
    state: 'running',
    trouble: { severity: 'warning', message: expect.stringContaining(`127.0.0.1:${port}`) },
  })
  await firstValue(workspace.problems(), (all) => all.some((problem) => problem.stream === id))
})

test.each(['batches.db', 'stream.db'])(
  'a stream whose %s is spoilt keeps nobody else from starting, and is a problem until it is mended',
  async (name) => {
    const workspace = temporaryFolder()
    const file = join(temporaryFolder(), 'idle.ts')
    const program = "import { StreamingContext, seconds } from 'millrace'\n"
    writeFileSync(file, program)
    const first = await testEngine({ workspace })
    const before = connect(first.engine).engine
    const { id } = await before.streams.open({ path: file })
    const { asks } = await before.streams.start({ id })
    await before.streams.start({ id, approve: asks.map(({ digest }) => digest) })
    await first.engine.stop()
    const spoilt = join(workspace, 'state', `stream-${id}`, name)
    for (const part of ['', '-wal', '-shm']) rmSync(spoilt + part, { force: true })
    writeFileSync(spoilt, 'this is no database, however long one reads in it')

    const { engine } = await testEngine({ workspace })
    const { streams, workspace: views } = connect(engine).engine
    const [problem] = await firstValue(views.problems(), (all) => all.length > 0)
    expect(problem).toMatchObject({ severity: 'error', file, message: expect.stringContaining(spoilt) })
    await expect(streams.open({ path: file }).then(() => streams.start({ id }))).rejects.toMatchObject({ code: 'IO' })
    rmSync(spoilt)
    await streams.open({ path: file })
    await streams.start({ id })
    await firstValue(views.problems(), (all) => all.every(({ message }) => !message.includes(spoilt)))
    expect((await firstValue(streams.list())).map((stream) => stream.id)).toEqual([id])
  },
)

test('a stream whose folder cannot be written does not run, and says which folder', async () => {
  const { engine, workspace } = await testEngine()
  const { streams } = connect(engine).engine
  const file = join(temporaryFolder(), 'idle.ts')
  writeFileSync(file, "import { StreamingContext, seconds } from 'millrace'\n")
  const { id } = await streams.open({ path: file })
  const folder = join(workspace, 'state', `stream-${id}`)
  mkdirSync(join(folder, 'stream.json.new'))
  const { asks } = await streams.start({ id })
  const started = streams.start({ id, approve: asks.map(({ digest }) => digest) })
  await expect(started).rejects.toMatchObject({ code: 'IO', message: expect.stringContaining(folder) })
  await firstValue(streams.list(), ([stream]) => stream!.state === 'stopped')
  rmSync(join(folder, 'stream.json.new'), { recursive: true })
  await streams.start({ id })
})
