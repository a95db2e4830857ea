import { appendFileSync, existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { lockFolder } from '../../src-main/agent/channel/log/folder-lock.ts'
import type { EngineConnection } from '../../src-shared/contract/client.ts'
import { decodeTapEvents, type TapEvent } from '../../src-shared/contract/tap-frame.ts'
import type { TapStatus } from '../../src-shared/contract/taps.ts'
import { temporaryFolder } from '../driver/temporary-folder.ts'
import { connect, firstValue, testEngine } from '../driver/test-engine.ts'
import { until } from '../driver/until.ts'

async function tailing(): Promise<{ connection: EngineConnection; id: string; log: string }> {
  const { engine } = await testEngine()
  const connection = connect(engine)
  const log = join(temporaryFolder(), 'in.log')
  writeFileSync(log, Array.from({ length: 50 }, (_, index) => `old ${index}\n`).join(''))
  const { id } = await connection.engine.pipelines.createFromLog({ path: log })
  await connection.engine.pipelines.start({ id })
  await firstValue(connection.engine.pipelines.watch({ id }), ({ components }) =>
    components.some(({ counters }) => counters['EventDrainSuccessCount'] === 50),
  )
  return { connection, id, log }
}

function tap(connection: EngineConnection, pipeline: string, wire: string, recent: number) {
  const events: TapEvent[] = []
  const statuses: TapStatus[] = []
  const transfer = connection.openTransfer((payload) => {
    events.push(...decodeTapEvents(payload, (bytes) => new TextDecoder().decode(bytes)))
  })
  const subscription = connection.subscribe((engine) => engine.taps.open({ pipeline, wire, recent, bulk: transfer.bulk }), {
    value: (status) => statuses.push(status),
  })
  return { bodies: () => events.map((event) => new TextDecoder().decode(event.body)), events, statuses, close: () => subscription.close() }
}

test.each(['a1.sources.r1->a1.channels.c1', 'a1.channels.c1->a1.sinks.k1'])(
  'a tap on %s shows the recent past at once, then what passes',
  async (wire) => {
    const { connection, id, log } = await tailing()
    const opened = tap(connection, id, wire, 3)
    await until('the recent past has come', () => opened.bodies().length === 3)
    expect(opened.bodies()).toEqual(['old 47', 'old 48', 'old 49'])
    expect(opened.events[0]!.headers).toMatchObject({ file: log })
    appendFileSync(log, 'new 1\n')
    await until('the new event has come', () => opened.bodies().length === 4)
    expect(opened.bodies().at(-1)).toBe('new 1')
  },
)

test('more events than a person could read are skipped and counted, the newest are shown', async () => {
  const { connection, id, log } = await tailing()
  const opened = tap(connection, id, 'a1.sources.r1->a1.channels.c1', 0)
  await until('the tap is open', () => opened.statuses.some(({ state }) => state === 'open'))
  appendFileSync(log, Array.from({ length: 5000 }, (_, index) => `burst ${index}\n`).join(''))
  const last = await until('all are shown or counted', () => opened.statuses.find(({ shown, skipped }) => shown + skipped === 5000))
  expect(last.skipped).toBeGreaterThan(0)
  await until('the newest is shown', () => opened.bodies().at(-1) === 'burst 4999')
  expect(opened.bodies().length).toBe(last.shown)
})

test('of large events the newest are shown, as many as one look may read', async () => {
  const { connection, id, log } = await tailing()
  appendFileSync(log, Array.from({ length: 60 }, (_, index) => `${`large ${index} `.padEnd(200_000, 'x')}\n`).join(''))
  await firstValue(connection.engine.pipelines.watch({ id }), ({ components }) =>
    components.some(({ counters }) => counters['EventDrainSuccessCount'] === 110),
  )
  const opened = tap(connection, id, 'a1.sources.r1->a1.channels.c1', 60)
  const last = await until('all are shown or counted', () => opened.statuses.find(({ shown, skipped }) => shown + skipped === 60))
  expect(last.shown).toBeGreaterThan(0)
  expect(last.skipped).toBeGreaterThan(0)
  await until('they have come', () => opened.bodies().length === last.shown)
  expect(opened.bodies().at(-1)).toMatch(/^large 59 /)
})

test('a tap waits while its pipeline stands still, and a wire that is none is refused', async () => {
  const { connection, id } = await tailing()
  await connection.engine.pipelines.stop({ id })
  const opened = tap(connection, id, 'a1.sources.r1->a1.channels.c1', 3)
  await until('the tap waits', () => opened.statuses.some(({ state }) => state === 'waiting'))
  const transfer = connection.openTransfer(() => {})
  const refused = firstValue(connection.engine.taps.open({ pipeline: id, wire: 'r1', recent: 0, bulk: transfer.bulk }))
  await expect(refused).rejects.toMatchObject({ code: 'BAD_ARGUMENT' })
})

test('a channel is described with its segments, checked sound, and its history can be given up', async () => {
  const { connection, id } = await tailing()
  const { channels } = connection.engine
  const [channel] = await firstValue(channels.list())
  expect(channel).toMatchObject({ pipeline: id, agent: 'a1', name: 'c1', type: 'sqlite', durable: true, open: true })
  const described = await channels.describe({ id: channel!.id })
  expect(described.segments).toMatchObject([{ firstOrdinal: 0, lastOrdinal: 49, state: 'open' }])
  expect(described.level.cursors).toMatchObject([{ consumer: 'sinks', ordinal: 50, behind: 0 }])
  expect(await channels.check({ id: channel!.id })).toMatchObject({
    ok: true,
    findings: [],
    sentence: expect.stringContaining('50 events'),
  })
  await channels.forgetHistory({ id: channel!.id })
  const after = await firstValue(channels.list(), ([one]) => one!.level.retainedEvents === 0)
  expect(after[0]!.level).toMatchObject({ oldestOrdinal: 50, nextOrdinal: 50 })
})

test('what cannot be asked of a channel is answered with why not and what to do', async () => {
  const { connection, id } = await tailing()
  const { channels, pipelines } = connection.engine
  const channel = `${id}/a1.channels.c1`
  await expect(channels.release({ id: channel, consumer: 'nobody' })).rejects.toThrow('has no consumer nobody')
  await expect(channels.skipToNow({ id: channel, consumer: 'sinks' })).rejects.toThrow('Sinks share one cursor')
  await pipelines.stop({ id })
  await expect(channels.forgetHistory({ id: channel })).rejects.toThrow('is not open. Start the pipeline')
  await expect(channels.describe({ id: 'none' })).rejects.toMatchObject({ code: 'NOT_FOUND' })
})

test('a channel whose pipeline stands still is shown as it lies on the disk, and can be checked', async () => {
  const { connection, id } = await tailing()
  const { channels, pipelines } = connection.engine
  await pipelines.stop({ id })
  const [closed] = await firstValue(channels.list(), ([one]) => one?.open === false)
  expect(closed).toMatchObject({
    durable: true,
    sentence: 'Closed: its pipeline does not run.',
    level: { size: 0, nextOrdinal: 50, retainedEvents: 50 },
  })
  expect(closed!.level.cursors).toMatchObject([{ consumer: 'sinks', ordinal: 50, running: false }])
  expect(await channels.check({ id: closed!.id })).toMatchObject({ ok: true, sentence: expect.stringContaining('50 events') })
})

test('a channel that cannot be opened says why, and everything that looks at its pipeline goes on', async () => {
  const { connection, id } = await tailing()
  const { channels, pipelines, workspace } = connection.engine
  await pipelines.stop({ id })
  const [closed] = await firstValue(channels.list(), ([one]) => one?.open === false)
  const lock = lockFolder(closed!.folder!, 'a test')
  onTestFinished(() => lock.release())
  await pipelines.start({ id })
  const { components } = await firstValue(pipelines.watch({ id }))
  expect(components.find(({ kind }) => kind === 'channel')).toMatchObject({ state: 'failed', sentence: expect.stringContaining('a test') })
  expect(await firstValue(channels.list())).toMatchObject([{ open: false, sentence: expect.stringContaining('a test') }])
  await firstValue(workspace.overview(), ({ running }) => running.pipelines === 1)
  const tapped = tap(connection, id, 'a1.sources.r1->a1.channels.c1', 3)
  await until('the tap waits', () => tapped.statuses.some(({ state }) => state === 'waiting'))
  await expect(channels.forgetHistory({ id: closed!.id })).rejects.toThrow('is not open')
})

test('a channel that is in memory has no files to look at while its pipeline stands still, whatever its type', async () => {
  const { engine } = await testEngine()
  const { channels, pipelines } = connect(engine).engine
  const file = join(temporaryFolder(), 'memory.properties')
  writeFileSync(
    file,
    'a1.sources = r1\na1.channels = c1\na1.sources.r1.type = seq\na1.sources.r1.channels = c1\na1.channels.c1.type = org.apache.flume.channel.PseudoTxnMemoryChannel\n',
  )
  await pipelines.open({ path: file })
  const [closed] = await firstValue(channels.list(), ([one]) => one !== undefined)
  expect(closed).toMatchObject({ durable: false, sentence: 'Closed: its pipeline does not run. What was in memory is gone.' })
  expect(closed).not.toHaveProperty('folder')
})

test('a damaged channel is repaired when its pipeline stands still: what cannot be read is given up and said, the damaged file is kept aside', async () => {
  const { connection, id } = await tailing()
  const { channels, pipelines } = connection.engine
  const [open] = await firstValue(channels.list())
  await expect(channels.repair({ id: open!.id })).rejects.toThrow('Stop it, then repair its channel.')
  await pipelines.stop({ id })
  expect(await channels.repair({ id: open!.id })).toEqual({ sentence: 'It is sound; nothing was changed.', lostEvents: 0, moved: [] })

  const segment = join(open!.folder!, readdirSync(open!.folder!).find((name) => /^segment|\d.*\.db$/.test(name))!)
  const bytes = readFileSync(segment)
  bytes[bytes.indexOf('old 25')] = 0x77
  writeFileSync(segment, bytes)
  expect(await channels.check({ id: open!.id })).toMatchObject({ ok: false, findings: [{ file: segment }] })
  const repaired = await channels.repair({ id: open!.id })
  expect(repaired).toMatchObject({ lostEvents: 50, sentence: expect.stringContaining('50 events are lost') })
  expect(repaired.moved.every((path) => existsSync(path))).toBe(true)
  expect(await channels.check({ id: open!.id })).toMatchObject({ ok: true })
  await pipelines.start({ id })
  await pipelines.stop({ id })
})
