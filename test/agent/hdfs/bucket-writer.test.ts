import { expect, test } from 'vitest'
import { BucketWriter } from '../../../src-main/agent/hdfs/bucket-writer.ts'
import { batchOf } from '../../../src-shared/event/build-batch.ts'

test('a file whose ending cannot be written is closed all the same, and said', async () => {
  const calls: string[] = []
  const said: unknown[] = []
  const writer = new BucketWriter('/out', 'data', 0, {
    inUsePrefix: '',
    inUseSuffix: '.tmp',
    fileSuffix: '',
    rollCount: 0,
    rollSize: 0,
    rollIntervalMs: 0,
    idleTimeoutMs: 0,
    format: () => ({
      beginning: async () => Buffer.alloc(0),
      encode: async () => Buffer.from('events'),
      ending: async () => Buffer.from('ending'),
    }),
    fileSystem: {
      create: async (path) => ({
        path,
        append: async (bytes) => {
          if (Buffer.from(bytes).toString() === 'ending') throw new Error('no space left on device')
        },
        commit: () => {},
        rollback: async () => true,
        close: async () => void calls.push('close'),
      }),
      rename: async () => {},
      remove: async () => {},
    },
    monotonic: () => 0,
    finished: async () => void calls.push('finished'),
    leftBehind: (path, error) => said.push(path, (error as Error).message),
    opened: () => {},
    closed: () => {},
  })
  await writer.append(batchOf([{ headers: {}, body: Buffer.from('a') }]))
  writer.commit()
  await writer.close()
  expect(calls).toEqual(['close'])
  expect(said).toEqual(['/out/data.1.tmp', 'no space left on device'])
})
