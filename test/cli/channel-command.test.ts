import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { runMillrace } from '../driver/millrace-process.ts'
import { temporaryFolder } from '../driver/temporary-folder.ts'
import { connect, firstValue, testEngine } from '../driver/test-engine.ts'

/** A workspace whose pipeline moved 50 events through a durable channel and was stopped; answers the channel's folder. */
async function channelOnDisk(): Promise<{ workspace: string; folder: string }> {
  const { engine, workspace } = await testEngine()
  const { engine: client } = connect(engine)
  const log = join(temporaryFolder(), 'in.log')
  writeFileSync(log, 'a line of some length, so that the channel has something to hold\n'.repeat(50))
  const { id } = await client.pipelines.createFromLog({ path: log })
  await client.pipelines.start({ id })
  await firstValue(client.pipelines.watch({ id }), ({ components }) =>
    components.some(({ counters }) => counters['EventDrainSuccessCount'] === 50),
  )
  const [channel] = await firstValue(client.channels.list())
  await engine.stop()
  return { workspace, folder: channel!.folder! }
}

test('channels are listed, shown and found sound', async () => {
  const { workspace, folder } = await channelOnDisk()
  const list = await runMillrace(['channel', 'list', workspace, '--json'])
  expect(JSON.parse(list.stdout)).toMatchObject([{ folder, extent: { first: 0, next: 50 }, segments: 1 }])
  const show = await runMillrace(['channel', 'show', folder])
  expect(show.stdout).toContain('sinks sinks at 50, 0 events not consumed')
  const check = await runMillrace(['channel', 'check', folder])
  expect(check).toMatchObject({ code: 0, stdout: expect.stringContaining('is sound: 50 events in 1 segments') })
})

test('damage is said, left untouched by check, and mended by repair with the damaged file kept', async () => {
  const { folder } = await channelOnDisk()
  const segment = readdirSync(folder).find((name) => /^log-\d+\.db$/.test(name))!
  const bytes = readFileSync(join(folder, segment))
  const at = bytes.indexOf('something to hold')
  bytes.write('SOMETHING', at)
  writeFileSync(join(folder, segment), bytes)
  const check = await runMillrace(['channel', 'check', folder])
  expect(check.code).toBe(1)
  expect(check.stdout).toContain(segment)
  expect(check.stdout).toContain(`millrace channel repair ${folder}`)
  expect(readFileSync(join(folder, segment)).equals(bytes)).toBe(true)
  const repair = await runMillrace(['channel', 'repair', folder, '--json'])
  expect(repair.code).toBe(0)
  expect(JSON.parse(repair.stdout)).toMatchObject({ lostEvents: 50, cursorsLost: false })
  expect((await runMillrace(['channel', 'check', folder])).code).toBe(0)
})

test('a folder without a channel is one sentence', async () => {
  const none = temporaryFolder()
  for (const what of ['show', 'check', 'repair']) {
    const { code, stderr } = await runMillrace(['channel', what, none])
    expect(code).toBe(1)
    expect(stderr).toContain(`There is no durable channel in ${none}`)
  }
})
