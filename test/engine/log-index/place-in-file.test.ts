import { appendFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { placeInFile } from '../../../src-main/engine/log-index/place-in-file.ts'
import { temporaryFolder } from '../../driver/temporary-folder.ts'

function log(): { path: string; folder: string; fileId: string } {
  const folder = temporaryFolder()
  const path = join(folder, 'a.log')
  writeFileSync(path, 'one\ntwo\nthree\n')
  const { dev, ino } = statSync(path, { bigint: true })
  return { path, folder, fileId: `${dev}:${ino}` }
}

test('the line that begins at a byte is found', async () => {
  const { path, fileId } = log()
  expect(await placeInFile({ path, fileId, offset: 0 })).toEqual({ path, line: 0 })
  expect(await placeInFile({ path, fileId, offset: 8 })).toEqual({ path, line: 2 })
})

test('a file that was renamed since is found beside the one that has its name now', async () => {
  const { path, folder, fileId } = log()
  renameSync(path, join(folder, 'a.log.1'))
  writeFileSync(path, 'new one\nnew two\n')
  expect(await placeInFile({ path, fileId, offset: 4 })).toEqual({ path: join(folder, 'a.log.1'), line: 1 })
})

test('a file that is gone is said, and one of the same name is not taken for it', async () => {
  const { path, fileId } = log()
  // Another file first: the place of a removed one may be given to the next.
  writeFileSync(`${path}.new`, 'one\ntwo\nthree\n')
  rmSync(path)
  renameSync(`${path}.new`, path)
  await expect(placeInFile({ path, fileId, offset: 4 })).rejects.toMatchObject({
    code: 'NOT_FOUND',
    message: expect.stringContaining('when the record was read is gone'),
  })
})

test('a file that was written anew is said where no line begins at that byte, or the file ends before it', async () => {
  const { path, fileId } = log()
  writeFileSync(path, 'entirely else\n')
  const anew = { code: 'NOT_FOUND', message: expect.stringContaining('was written anew since: no line begins at byte') }
  await expect(placeInFile({ path, fileId, offset: 4 })).rejects.toMatchObject(anew)
  await expect(placeInFile({ path, fileId, offset: 400 })).rejects.toMatchObject(anew)
  appendFileSync(path, 'more\n')
  expect(await placeInFile({ path, fileId, offset: 14 })).toEqual({ path, line: 1 })
})
