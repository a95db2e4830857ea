// What Flume's TaildirSource does that random pipelines beside a real one had shown to differ.
import { appendFileSync, statSync, unlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { headersAt } from '../../../../src-shared/event/event-batch.ts'
import { taildirAgent } from '../../../driver/taildir-agent.ts'

const taildir = taildirAgent()
const { agent, path, batches, bodies, lines, stored } = taildir

describe('as in Flume', () => {
  test('groups come in the order of a Java hash map, and a file of two groups stands twice in the position file', async () => {
    writeFileSync(path('a.log'), 'a\n')
    writeFileSync(path('b.log'), 'b\n')
    await taildir.driver.start(
      agent(`a1.sources.r1.filegroups = g2 g1 g1
a1.sources.r1.filegroups.g1 = @DIR@/in/b.*
a1.sources.r1.filegroups.g2 = @DIR@/in/.*`),
    )
    await lines(2)
    expect(bodies()).toEqual(['b', 'a'])
    await taildir.driver.stop()
    expect(
      stored()
        .map(({ file }) => file)
        .sort(),
    ).toEqual([path('a.log'), path('b.log'), path('b.log')])
    expect(stored()[0]!.file).toBe(path('b.log'))
  })

  test('a group without a path is left out, with a word, while another has one', async () => {
    writeFileSync(path('a.log'), 'a\n')
    await taildir.driver.start(agent('a1.sources.r1.filegroups = g none'))
    await lines(1)
    expect(taildir.driver.log.some(({ sentence }) => /filegroups\.none does not say which files/.test(sentence))).toBe(true)
  })

  test('a header byteoffset of the group wins over the offset', async () => {
    writeFileSync(path('a.log'), 'a\nb\n')
    await taildir.driver.start(agent('a1.sources.r1.byteOffsetHeader = true\na1.sources.r1.headers.g.byteoffset = mine'))
    await lines(2)
    expect(headersAt(batches()[0]!, 1)).toEqual({ byteoffset: 'mine' })
  })

  test('a position before the beginning of a file ends the position file: entries before it count', async () => {
    for (const name of ['a.log', 'b.log', 'c.log']) writeFileSync(path(name), `${name} 1\n${name} 2\n`)
    const entry = (name: string, pos: number) => ({ inode: statSync(path(name)).ino, pos, file: path(name) })
    writeFileSync(join(taildir.driver.folder, 'pos.json'), JSON.stringify([entry('a.log', 8), entry('b.log', -1), entry('c.log', 8)]))
    await taildir.driver.start(agent())
    await lines(5)
    expect(bodies().sort()).toEqual(['a.log 2', 'b.log 1', 'b.log 2', 'c.log 1', 'c.log 2'])
  })

  test.each(['idleTimeout = 0', 'idleTimeout = -1', 'maxBatchCount = 0'])('%s is taken', async (setting) => {
    writeFileSync(path('a.log'), 'a\n')
    await taildir.driver.start(agent(`a1.sources.r1.${setting}`))
    await lines(1)
  })

  test('a line without end that was rewritten shorter, with one, is read', async () => {
    writeFileSync(path('a.log'), 'half a line that is long')
    writeFileSync(path('b.log'), 'b\n')
    await taildir.driver.start(agent())
    await lines(1)
    writeFileSync(path('a.log'), 't\n')
    await lines(2)
    expect(bodies()).toEqual(['b', 't'])
  })

  test('the position file is read as Gson reads it: numbers in quotes, with a fraction of 0, a name that is a number', async () => {
    for (const name of ['a.log', 'b.log']) writeFileSync(path(name), `${name} 1\n${name} 2\n`)
    const inode = (name: string) => statSync(path(name)).ino
    writeFileSync(
      join(taildir.driver.folder, 'pos.json'),
      `[{"inode":1,"pos":0,"file":7},{"inode":"${inode('a.log')}","pos":"8","file":${JSON.stringify(path('a.log'))}},{"inode":${inode('b.log')}.0,"pos":8.0,"file":${JSON.stringify(path('b.log'))}}]`,
    )
    await taildir.driver.start(agent())
    await lines(2)
    expect(bodies().sort()).toEqual(['a.log 2', 'b.log 2'])
  })

  test.each(['{"inode":1,"pos":0,"file":"x","more":1}', '{"inode":99999999999999999999,"pos":0,"file":"x"}'])(
    'a position file with %s is read, by a named rule',
    async (entry) => {
      writeFileSync(path('a.log'), 'a\n')
      writeFileSync(join(taildir.driver.folder, 'pos.json'), `[${entry}]`)
      await taildir.driver.start(agent())
      await lines(1)
      expect(taildir.driver.log.some(({ sentence }) => sentence.startsWith('A position file may say more than Flume reads'))).toBe(true)
    },
  )

  test('the position file has what is there: a deleted file is not in it, though it is still open', async () => {
    writeFileSync(path('a.log'), 'a\n')
    writeFileSync(path('b.log'), 'b\n')
    await taildir.driver.start(agent())
    await lines(2)
    unlinkSync(path('a.log'))
    appendFileSync(path('b.log'), 'c\n')
    await lines(3)
    await taildir.driver.stop()
    expect(stored().map(({ file }) => file)).toEqual([path('b.log')])
  })
})
