// taildir's files with the identities of other systems: Windows' file indexes, file systems that have none, names in any case.
import { appendFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { type FileRules, fileRules } from '../../../../src-main/agent/platform/file-rules.ts'
import { type Look, lookWith } from '../../../../src-main/agent/source/taildir/file-groups.ts'
import { PositionStore, type StoredPosition } from '../../../../src-main/agent/source/taildir/position-store.ts'
import { silentLogger } from '../../../../src-main/log.ts'
import { Tail } from '../../../driver/tail.ts'
import { temporaryFolder } from '../../../driver/temporary-folder.ts'

/** A fake provider of identities: `index` for a real inode. The paths are this machine's, the rules another's. */
function provider(platform: NodeJS.Platform, index: (inode: bigint) => bigint): { rules: FileRules; look: Look } {
  const own = fileRules()
  const other = fileRules(platform)
  const rules: FileRules = {
    ...other,
    splitPattern: own.splitPattern,
    identityOf: ({ ino }, path) => other.identityOf({ dev: 0xc0ffee01n, ino: index(ino) }, path),
  }
  const real = lookWith(rules)
  return {
    rules,
    look: (path) => {
      const found = real(path)
      return found && { ...found, inode: String(index(BigInt(found.inode))) }
    },
  }
}

const fileIndex = (inode: bigint): bigint => (1n << 60n) + inode
const noIndex = (): bigint => 0n

test('with Windows’ file indexes a renamed file is followed, while it is open and over a restart', async () => {
  const tail = new Tail(provider('win32', fileIndex))
  writeFileSync(tail.path('app.log'), '1\n')
  tail.start()
  expect(await tail.read()).toEqual(['1'])
  renameSync(tail.path('app.log'), tail.path('app.1.log'))
  appendFileSync(tail.path('app.1.log'), '2\n')
  writeFileSync(tail.path('app.log'), '3\n')
  expect((await tail.read()).sort()).toEqual(['2', '3'])
  await tail.stop()
  renameSync(tail.path('app.1.log'), tail.path('app.2.log'))
  appendFileSync(tail.path('app.2.log'), '4\n')
  tail.start()
  expect(await tail.read()).toEqual(['4'])
  await tail.stop()
})

test('without file indexes files of different paths stay apart, and each goes on where it was over a restart', async () => {
  const tail = new Tail(provider('win32', noIndex))
  writeFileSync(tail.path('a.log'), 'a1\n')
  writeFileSync(tail.path('b.log'), 'b1\n')
  tail.start()
  expect((await tail.read()).sort()).toEqual(['a1', 'b1'])
  await tail.stop()
  appendFileSync(tail.path('b.log'), 'b2\n')
  appendFileSync(tail.path('a.log'), 'a2\n')
  writeFileSync(tail.path('c.log'), 'c1\n')
  tail.start()
  expect((await tail.read()).sort()).toEqual(['a2', 'b2', 'c1'])
  await tail.stop()
})

test('without file indexes a file that was replaced under its name is read from its beginning, and nothing of a renamed one is missed', async () => {
  const tail = new Tail(provider('win32', noIndex))
  writeFileSync(tail.path('app.log'), 'one\n')
  tail.start()
  expect(await tail.read()).toEqual(['one'])
  appendFileSync(tail.path('app.log'), 'two\n')
  renameSync(tail.path('app.log'), tail.path('app.1.log'))
  writeFileSync(tail.path('app.log'), '3\n')
  const read = [...(await tail.read()), ...(await tail.read()), ...(await tail.read())]
  expect(new Set(read)).toEqual(new Set(['one', 'two', '3']))
  await tail.stop()
})

test.each(['win32', 'darwin'] as const)(
  'on %s a position is found again under another spelling of its path, and one of Flume’s without fingerprint too',
  async (platform) => {
    const { look, rules } = provider(platform, fileIndex)
    const tail = new Tail({ look, rules })
    writeFileSync(tail.path('App.log'), 'one\ntwo\n')
    const { inode } = look(tail.path('App.log'))!
    tail.start([{ inode, path: tail.path('app.LOG'), position: 4 }])
    expect(await tail.read()).toEqual(['two'])
    await tail.stop()
    const linux = new Tail(provider('linux', fileIndex))
    writeFileSync(linux.path('App.log'), 'one\ntwo\n')
    linux.start([{ inode: look(linux.path('App.log'))!.inode, path: linux.path('app.LOG'), position: 4 }])
    expect(await linux.read()).toEqual(['one', 'two'])
    await linux.stop()
  },
)

test('drive letters and backslashes come back from a position file as they were', async () => {
  const folder = temporaryFolder()
  const store = new PositionStore(join(folder, 'p.json'), join(folder, '.p.json.journal'), silentLogger, () => {})
  const positions: StoredPosition[] = [
    { id: '1:2', inode: '81985529216486895', path: 'C:\\Users\\Jörg\\logs\\app.log', position: 12, fingerprint: { length: 4, crc: 7 } },
    { id: '1:3', inode: '3', path: '\\\\server\\share\\a "b".log', position: 0, fingerprint: { length: 0, crc: 0 } },
  ]
  await store.save(() => positions)
  expect(store.load()).toEqual(positions)
  // Damaged at its end: what stands before counts, backslashes and all.
  rmSync(join(folder, '.p.json.journal'))
  writeFileSync(join(folder, 'p.json'), `[{"inode":9,"pos":5,"file":"C:\\\\logs\\\\a.log"},{"inode":1,"po`)
  expect(store.load()).toEqual([{ inode: '9', position: 5, path: 'C:\\logs\\a.log' }])
})
