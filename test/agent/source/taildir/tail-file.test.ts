import { renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { ownFileRules } from '../../../../src-main/agent/platform/file-rules.ts'
import { ChunkMemory } from '../../../../src-main/agent/source/taildir/chunk-memory.ts'
import { lookWith } from '../../../../src-main/agent/source/taildir/file-groups.ts'
import { noFingerprint } from '../../../../src-main/agent/source/taildir/fingerprint.ts'
import { TailFile } from '../../../../src-main/agent/source/taildir/tail-file.ts'
import { bodyAt } from '../../../../src-shared/event/event-batch.ts'
import { temporaryFolder } from '../../../driver/temporary-folder.ts'

const lookAtFile = lookWith(ownFileRules)
const options = {
  rules: ownFileRules,
  component: 'r1',
  headers: {},
  pathHeader: undefined,
  maxLineBytes: 1 << 20,
  memory: new ChunkMemory(),
  multiLine: undefined,
  onOther: () => {},
}

test('a file that was rotated between looking and opening is not mistaken for the one that has its name now', async () => {
  const folder = temporaryFolder()
  const path = join(folder, 'app.log')
  writeFileSync(path, 'old\n')
  const file = new TailFile(lookAtFile(path)!, 0, noFingerprint, 0, options)
  renameSync(path, join(folder, 'app-1.log'))
  writeFileSync(path, 'new\n')
  await expect(file.check()).rejects.toMatchObject({ code: 'ENOENT' })
  expect(file.open).toBe(false)
  file.seen(lookAtFile(join(folder, 'app-1.log'))!, 1)
  await file.check()
  const read = await file.read(10)
  expect(Buffer.from(bodyAt(read!.batch, 0)).toString()).toBe('old')
  await file.close()
})
