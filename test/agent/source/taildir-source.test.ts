import { appendFileSync, mkdirSync, readFileSync, renameSync, rmSync, statSync, truncateSync, unlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { MillraceError } from '../../../src-shared/errors.ts'
import { bodyAt, headersAt, originAt } from '../../../src-shared/event/event-batch.ts'
import { AgentTestDriver } from '../../driver/agent-test-driver.ts'
import { taildirAgent } from '../../driver/taildir-agent.ts'

const taildir = taildirAgent()
const { agent, path, channel, batches, bodies, lines, stored } = taildir

describe('lines', () => {
  test('are events without their line ends, in order, and the batch is the bytes of the file', async () => {
    writeFileSync(path('a.log'), 'one\n\ntwo\n')
    await taildir.driver.start(agent())
    await lines(3)
    expect(bodies()).toEqual(['one', '', 'two'])
    expect(batches()[0]!.terminated).toBe(true)
    expect(Buffer.from(batches()[0]!.bodies).toString()).toBe('one\n\ntwo\n')
  })

  test('end in LF or CR LF; a lone CR is part of the body', async () => {
    writeFileSync(path('a.log'), 'one\r\nlone\rcr\n\r\nlast\n')
    await taildir.driver.start(agent())
    await lines(4)
    expect(bodies()).toEqual(['one', 'lone\rcr', '', 'last'])
    const batch = batches()[0]!
    expect([0, 1, 2, 3].map((row) => originAt(batch, row)!.offset)).toEqual([0, 5, 13, 15])
  })

  test('are bytes: nothing is decoded', async () => {
    writeFileSync(path('a.log'), Buffer.from([0xff, 0x00, 0xfe, 0x0a, 0x80, 0x0a]))
    await taildir.driver.start(agent())
    await taildir.driver.until(() => (batches()[0]?.count ?? 0) === 2)
    expect([...bodyAt(batches()[0]!, 0)]).toEqual([0xff, 0x00, 0xfe])
  })

  test('that are appended come without a wait of seconds', async () => {
    writeFileSync(path('a.log'), 'one\n')
    await taildir.driver.start(agent())
    await lines(1)
    const before = taildir.driver.clock.monotonic()
    appendFileSync(path('a.log'), 'two\n')
    await lines(2)
    expect(taildir.driver.clock.monotonic() - before).toBeLessThan(1000)
  })

  test('without an end are held back until the file has been idle', async () => {
    writeFileSync(path('a.log'), 'one\nhalf')
    await taildir.driver.start(agent('a1.sources.r1.idleTimeout = 10000'))
    await lines(1)
    await taildir.driver.advance(500)
    appendFileSync(path('a.log'), ' and the rest\nmore')
    await lines(2)
    expect(bodies()).toEqual(['one', 'half and the rest'])
    await taildir.driver.until(() => bodies().length === 3)
    expect(bodies()[2]).toBe('more')
    expect(taildir.driver.clock.monotonic()).toBeGreaterThan(10_000)
    appendFileSync(path('a.log'), ' yet\n')
    await lines(4)
    expect(bodies()[3]).toBe(' yet')
  })

  test('longer than a chunk are one event', async () => {
    const long = 'x'.repeat(3_500_000)
    writeFileSync(path('a.log'), `a\n${long}\nb\n`)
    await taildir.driver.start(agent())
    await lines(3)
    expect(bodies().map((body) => body.length)).toEqual([1, 3_500_000, 1])
  })

  test('that grow slowly become one event at last', async () => {
    writeFileSync(path('a.log'), 'x'.repeat(1_500_000))
    await taildir.driver.start(agent())
    for (let n = 0; n < 5; n++) {
      await taildir.driver.advance(500)
      appendFileSync(path('a.log'), 'y')
    }
    appendFileSync(path('a.log'), '\nnext\n')
    await lines(2)
    expect(bodies().map((body) => body.length)).toEqual([1_500_005, 4])
  })

  test('longer than maxLineBytes are cut, and nothing of them is lost', async () => {
    writeFileSync(path('a.log'), `${'x'.repeat(2_500_000)}\nshort\n`)
    await taildir.driver.start(agent(`a1.sources.r1.maxLineBytes = ${1 << 20}`))
    await lines(4)
    expect(bodies().map((body) => body.length)).toEqual([1 << 20, 1 << 20, 2_500_000 - (2 << 20), 5])
  })

  test('a line of 100 MB passes in bounded memory', { timeout: 60_000 }, async () => {
    const piece = Buffer.alloc(1 << 20, 'z')
    for (let n = 0; n < 100; n++) appendFileSync(path('a.log'), piece)
    appendFileSync(path('a.log'), '\nafter\n')
    await taildir.driver.start(agent())
    let seen = 0
    let last = ''
    let most = 0
    await taildir.driver.until(() => {
      for (const batch of channel().queue.splice(0)) {
        seen += batch.ends.at(-1)!
        most = Math.max(most, batch.bodies.length)
        last = Buffer.from(bodyAt(batch, batch.count - 1)).toString()
      }
      return last === 'after'
    })
    expect(seen).toBeGreaterThanOrEqual((100 << 20) + 5)
    expect(most).toBeLessThanOrEqual(16 << 20)
  })
})

describe('batches', () => {
  test('have exactly batchSize events where the file gives it', async () => {
    writeFileSync(path('a.log'), 'x\n'.repeat(7))
    await taildir.driver.start(agent('a1.sources.r1.batchSize = 3'))
    await lines(7)
    expect(batches().map((batch) => batch.count)).toEqual([3, 3, 1])
    await taildir.driver.until(() => taildir.driver.counter('r1', 'EventAcceptedCount') === 7)
    expect(taildir.driver.counter('r1', 'AppendBatchAcceptedCount')).toBe(3)
  })

  test('have at most 100 events where it does not, as in Flume', async () => {
    writeFileSync(path('a.log'), 'x\n'.repeat(250))
    await taildir.driver.start(agent())
    await lines(250)
    expect(batches().map((batch) => batch.count)).toEqual([100, 100, 50])
  })

  test('have no more events than a transaction of the channel holds', async () => {
    writeFileSync(path('a.log'), 'x\n'.repeat(100))
    await taildir.driver.start(agent('a1.channels.c1.transactionCapacity = 40'))
    await lines(100)
    expect(batches().map((batch) => batch.count)).toEqual([40, 40, 20])
  })

  test('adapt with adaptiveBatch, and stay below the transactionCapacity', async () => {
    writeFileSync(path('a.log'), 'x\n'.repeat(25_000))
    await taildir.driver.start(agent('a1.sources.r1.adaptiveBatch = true\na1.channels.c1.transactionCapacity = 4000'))
    await taildir.driver.until(() => channel().size === 25_000)
    expect(Math.max(...batches().map((batch) => batch.count))).toBe(4000)
  })

  test('that the channel refuses are tried again until it takes them, without loss or duplicates', async () => {
    writeFileSync(path('a.log'), 'one\ntwo\n')
    await taildir.driver.start(agent())
    await lines(2)
    channel().failing = new MillraceError('CHANNEL_EXCEPTION', 'broken for the test')
    appendFileSync(path('a.log'), 'three\n')
    await taildir.driver.until(() => Number(taildir.driver.counter('r1', 'ChannelWriteFail')) >= 2)
    expect(taildir.driver.component('r1').status).toMatchObject({
      severity: 'warning',
      sentence: expect.stringContaining('broken for the test'),
    })
    channel().failing = undefined
    await lines(3)
    expect(bodies()).toEqual(['one', 'two', 'three'])
  })
})

describe('headers', () => {
  test('of the group, the path and the offset', async () => {
    writeFileSync(path('a.log'), 'one\ntwo\n')
    await taildir.driver.start(
      agent(`a1.sources.r1.headers.g.kind = web
a1.sources.r1.fileHeader = true
a1.sources.r1.byteOffsetHeader = true`),
    )
    await lines(2)
    expect(headersAt(batches()[0]!, 1)).toEqual({ kind: 'web', file: path('a.log'), byteoffset: '4' })
  })
})

describe('positions', () => {
  test('stand in a file as Flume writes it', async () => {
    writeFileSync(path('a.log'), 'one\n')
    await taildir.driver.start(agent())
    await lines(1)
    await taildir.driver.stop()
    const { ino } = statSync(path('a.log'))
    expect(readFileSync(join(taildir.driver.folder, 'pos.json'), 'utf8')).toBe(`[{"inode":${ino},"pos":4,"file":"${path('a.log')}"}]`)
  })

  test('are gone on from after a stop', async () => {
    writeFileSync(path('a.log'), 'one\n')
    await taildir.driver.start(agent())
    await lines(1)
    await taildir.driver.stop()
    appendFileSync(path('a.log'), 'two\n')
    await taildir.driver.start(agent())
    await lines(1)
    expect(bodies()).toEqual(['two'])
  })

  test('of a position file that Flume wrote are taken over', async () => {
    writeFileSync(path('a.log'), 'one\ntwo\n')
    const { ino } = statSync(path('a.log'))
    writeFileSync(join(taildir.driver.folder, 'pos.json'), `[{"inode":${ino},"pos":4,"file":"${path('a.log')}"}]`)
    await taildir.driver.start(agent())
    await lines(1)
    expect(bodies()).toEqual(['two'])
  })

  test('are known from the journal when the process was killed before the position file was written', async () => {
    writeFileSync(path('a.log'), 'one\n')
    await taildir.driver.start(agent())
    await taildir.driver.until(() => taildir.driver.counter('r1', 'EventAcceptedCount') === 1)
    // Nothing is stopped: as after a kill, the files are as they are now.
    const copy = new AgentTestDriver({ folder: taildir.driver.folder })
    expect(stored()[0]!.pos).toBe(0)
    await copy.start(agent())
    await copy.advance(200)
    expect(copy.fakeChannels.get('c1')!.size).toBe(0)
    await copy.stop()
  })

  test('begin anew when the position file is deleted', async () => {
    writeFileSync(path('a.log'), 'one\n')
    await taildir.driver.start(agent())
    await lines(1)
    await taildir.driver.stop()
    unlinkSync(join(taildir.driver.folder, 'pos.json'))
    await taildir.driver.start(agent())
    await lines(1)
    expect(bodies()).toEqual(['one'])
  })

  test('in a damaged file count up to the damage', async () => {
    writeFileSync(path('a.log'), 'one\ntwo\n')
    writeFileSync(path('b.log'), 'three\n')
    const { ino } = statSync(path('a.log'))
    writeFileSync(join(taildir.driver.folder, 'pos.json'), `[{"inode":${ino},"pos":4,"file":"${path('a.log')}"},{"ino`)
    await taildir.driver.start(agent())
    await lines(2)
    expect(bodies().sort()).toEqual(['three', 'two'])
    expect(taildir.driver.log.some((line) => line.level === 'error' && line.sentence.includes('is damaged'))).toBe(true)
  })

  test('in a file that lacks something stop the source with a sentence, until it is mended', async () => {
    writeFileSync(path('a.log'), 'one\n')
    writeFileSync(join(taildir.driver.folder, 'pos.json'), '[{"inode":1,"file":"/x"}]')
    await taildir.driver.start(agent())
    expect(taildir.driver.component('r1')).toMatchObject({
      state: 'ERROR',
      status: { severity: 'error', sentence: expect.stringContaining('lacks') },
    })
    unlinkSync(join(taildir.driver.folder, 'pos.json'))
    await lines(1)
    expect(taildir.driver.component('r1').state).toBe('START')
  })

  test('skipToEnd begins at the end of unknown files at the start only', async () => {
    writeFileSync(path('a.log'), 'old\n')
    await taildir.driver.start(agent('a1.sources.r1.skipToEnd = true'))
    appendFileSync(path('a.log'), 'new\n')
    await lines(1)
    writeFileSync(path('b.log'), 'later\n')
    await lines(2)
    expect(bodies()).toEqual(['new', 'later'])
  })
})

describe('files', () => {
  test('that are renamed within the pattern are not read again', async () => {
    writeFileSync(path('a.log'), 'one\n')
    await taildir.driver.start(agent())
    await lines(1)
    renameSync(path('a.log'), path('a1.log'))
    appendFileSync(path('a1.log'), 'two\n')
    writeFileSync(path('a.log'), 'three\n')
    await lines(3)
    expect(bodies().sort()).toEqual(['one', 'three', 'two'])
    await taildir.driver.stop()
    expect(Object.fromEntries(stored().map(({ pos, file }) => [file, pos]))).toEqual({ [path('a1.log')]: 8, [path('a.log')]: 6 })
  })

  test('that are renamed out of the pattern are read to their end', async () => {
    writeFileSync(path('a.log'), 'one\n')
    await taildir.driver.start(agent())
    await lines(1)
    renameSync(path('a.log'), path('a.log.1'))
    appendFileSync(path('a.log.1'), 'two\n')
    writeFileSync(path('a.log'), 'three\n')
    await lines(3)
    expect(bodies().sort()).toEqual(['one', 'three', 'two'])
  })

  test('that are renamed while the agent is down are gone on with', async () => {
    writeFileSync(path('a.log'), 'one\n')
    await taildir.driver.start(agent())
    await lines(1)
    await taildir.driver.stop()
    renameSync(path('a.log'), path('b.log'))
    appendFileSync(path('b.log'), 'two\n')
    await taildir.driver.start(agent())
    await lines(1)
    expect(bodies()).toEqual(['two'])
  })

  test('that are truncated are read from their beginning', async () => {
    writeFileSync(path('a.log'), 'one\ntwo\n')
    await taildir.driver.start(agent())
    await lines(2)
    truncateSync(path('a.log'), 0)
    appendFileSync(path('a.log'), 'new\n')
    await lines(3)
    expect(bodies()).toEqual(['one', 'two', 'new'])
    expect(taildir.driver.log.some((line) => line.sentence.includes('truncated'))).toBe(true)
  })

  test('that are truncated and grow past the old position are read from their beginning too', async () => {
    writeFileSync(path('a.log'), 'one\ntwo\n')
    await taildir.driver.start(agent())
    await lines(2)
    writeFileSync(path('a.log'), 'a new beginning, longer than before\n')
    await lines(3)
    expect(bodies()[2]).toBe('a new beginning, longer than before')
    expect(taildir.driver.log.some((line) => line.sentence.includes('has been replaced'))).toBe(true)
    expect(taildir.driver.log.filter((line) => line.sentence.startsWith('A file that was replaced in place'))).toHaveLength(1)
  })

  test('that are replaced by others of the same name are read too', async () => {
    writeFileSync(path('a.log'), 'one\n')
    await taildir.driver.start(agent())
    await lines(1)
    writeFileSync(path('new'), 'other\n')
    renameSync(path('new'), path('a.log'))
    await lines(2)
    expect(bodies()).toEqual(['one', 'other'])
  })

  test('that are deleted give what is left, also without a line end', async () => {
    writeFileSync(path('a.log'), 'one\n')
    await taildir.driver.start(agent())
    await lines(1)
    appendFileSync(path('a.log'), 'two\nhalf')
    await lines(2)
    unlinkSync(path('a.log'))
    await lines(3)
    expect(bodies()).toEqual(['one', 'two', 'half'])
  })

  test('in a directory that is not there yet are waited for', async () => {
    rmSync(join(taildir.driver.folder, 'in'), { recursive: true })
    await taildir.driver.start(agent())
    expect(taildir.driver.component('r1')).toMatchObject({
      state: 'START',
      status: { severity: 'warning', sentence: expect.stringContaining('does not exist') },
    })
    taildir.driver.mkdir('in')
    writeFileSync(path('a.log'), 'one\n')
    await lines(1)
    expect(taildir.driver.component('r1').status?.severity).toBe('info')
  })

  test('that cannot be opened are named, the others are read', async () => {
    mkdirSync(path('directory.log'))
    writeFileSync(path('b.log'), 'readable\n')
    await taildir.driver.start(agent())
    await lines(1)
    expect(bodies()).toEqual(['readable'])
    expect(taildir.driver.component('r1').state).toBe('START')
  })
})

test('filegroups without a path is refused with a sentence, and the rest of the agent runs', async () => {
  await taildir.driver.start(`
a1.sources = r1 r2
a1.channels = c1
a1.sources.r1.type = taildir
a1.sources.r1.channels = c1
a1.sources.r1.filegroups = g
a1.sources.r2.type = seq
a1.sources.r2.totalEvents = 3
a1.sources.r2.channels = c1
a1.channels.c1.type = fake
`)
  await taildir.driver.until(() => channel().size === 3)
  expect(taildir.driver.component('r1').status?.sentence).toContain('filegroups.g')
})
