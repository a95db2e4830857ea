import { writeFileSync } from 'node:fs'
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
