// Files of a durable channel: check, repair, reading and starting answer with what is sound, or refuse with a code; the process lives on.
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { checkChannel } from '../../../src-main/agent/channel/log/check-channel.ts'
import { describeChannel } from '../../../src-main/agent/channel/log/describe-channel.ts'
import { openLogReader } from '../../../src-main/agent/channel/log/log-reader.ts'
import { repairChannel } from '../../../src-main/agent/channel/log/repair-channel.ts'
import { MillraceError } from '../../../src-shared/errors.ts'
import { everything, logChannel, memoryFolder, numbered, put, removeFolder } from '../../driver/log-channel-driver.ts'
import { assert, type FuzzTarget } from '../fuzz-target.ts'

/** A channel as it lies after a kill: index and segments with their write-ahead logs. */
async function channelFiles(): Promise<readonly (readonly [string, Buffer])[]> {
  const folder = memoryFolder()
  const channel = logChannel({ folder, options: { segmentBytes: 20_000 } })
  await channel.start()
  for (let batch = 0; batch < 8; batch++) await put(channel, numbered(batch * 20, 20, 200))
  const transaction = channel.transaction()
  transaction.begin()
  await transaction.take({ ...everything, events: 30 })
  await transaction.commit()
  const files = readdirSync(folder).map((name) => [name, readFileSync(join(folder, name))] as const)
  await channel.stop()
  removeFolder(folder)
  return files.filter(([name]) => !name.endsWith('-shm'))
}

const files = await channelFiles()
const parent = memoryFolder()
process.on('exit', () => rmSync(parent, { recursive: true, force: true }))

/** Which file an input is of is told by its first byte. */
export const target: FuzzTarget = {
  corpus: files.map(([, bytes], index) => Buffer.concat([Buffer.from([index]), bytes])),
  cost: 40,
  async run(input) {
    const folder = mkdtempSync(join(parent, 'c-'))
    mkdirSync(folder, { recursive: true })
    const damaged = (input[0] ?? 0) % files.length
    for (const [index, [name, bytes]] of files.entries()) writeFileSync(join(folder, name), index === damaged ? input.subarray(1) : bytes)
    try {
      refusal(() => checkChannel(folder))
      refusal(() => describeChannel(folder))
      refusal(() => {
        const reader = openLogReader(folder)
        try {
          for (const { batch } of reader.read({ from: reader.extent().first, to: reader.extent().next }))
            assert(batch.count > 0, 'A row is empty.')
        } finally {
          reader.close()
        }
      })
      await startAndTake(folder)
      refusal(() => repairChannel(folder))
      await startAndTake(folder)
    } finally {
      rmSync(folder, { recursive: true, force: true })
    }
  },
}

async function startAndTake(folder: string): Promise<void> {
  const channel = logChannel({ folder, options: { segmentBytes: 20_000 } })
  try {
    await channel.start()
    const transaction = channel.transaction()
    transaction.begin()
    try {
      await transaction.take(everything)
    } finally {
      await transaction.rollback()
      transaction.close()
    }
    await channel.stop()
  } catch (error) {
    refused(error)
    await channel.stop().catch(refused)
  }
}

function refusal(work: () => unknown): void {
  try {
    work()
  } catch (error) {
    refused(error)
  }
}

function refused(error: unknown): void {
  const known =
    error instanceof MillraceError && ['CHANNEL_DAMAGED', 'CHANNEL_EXCEPTION', 'NOT_FOUND', 'IO', 'CHANNEL_LOCKED'].includes(error.code)
  if (!known) throw error
}
