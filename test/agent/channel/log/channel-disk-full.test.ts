import { execFileSync } from 'node:child_process'
import { existsSync, rmSync, statfsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { openThreadWriter } from '../../../../src-main/agent/channel/log/log-writer.ts'
import { logChannel, numbered, put, take } from '../../../driver/log-channel-driver.ts'
import { temporaryFolder } from '../../../driver/temporary-folder.ts'

const range = (from: number, to: number): number[] => Array.from({ length: to - from }, (_, index) => from + index)

describe('on a full disk (injected)', () => {
  test('a put is refused with a sentence, nothing is lost, takes go on, and puts go on when there is room', async () => {
    const room = new SharedArrayBuffer(4)
    const free = new Int32Array(room)
    Atomics.store(free, 0, 1)
    const channel = logChannel({ folder: temporaryFolder(), deps: { faults: { room }, openWriter: openThreadWriter } })
    await channel.start()
    await put(channel, numbered(0, 10))
    Atomics.store(free, 0, 0)
    await expect(put(channel, numbered(10, 10))).rejects.toMatchObject({
      code: 'DISK_FULL',
      message: `Writing to the log in ${channel.folder} failed: the disk is full. Nothing that was stored is lost; give the disk room and it goes on.`,
    })
    expect(channel.gauges().channelSize).toBe(10)
    expect(await take(channel, { events: 4, bytes: 1e9 })).toEqual(range(0, 4))
    Atomics.store(free, 0, 1)
    await put(channel, numbered(10, 10))
    expect(await take(channel)).toEqual(range(4, 20))
    await channel.stop()
  })
})

/** A file system of `bytes` in memory; only root can make one. */
function smallDisk(bytes: number): string {
  const folder = temporaryFolder()
  execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${bytes}`, 'tmpfs', folder])
  onTestFinished(() => void execFileSync('umount', [folder]))
  return folder
}

const canMount = process.platform === 'linux' && process.getuid?.() === 0

describe.runIf(canMount)('on a disk that is really full', () => {
  const size = 8 * 2 ** 20
  const options = { segmentBytes: 2 ** 20, retention: { bytes: 2 ** 30, ageMs: 1e9 }, reserveBytes: 2 ** 20 }
  const deps = { openWriter: openThreadWriter, faults: { roomFromBytes: 1 } }

  test('puts stop with DISK_FULL, everything that was stored is taken and committed, and stays consumed', async () => {
    const folder = join(smallDisk(size), 'log')
    const channel = logChannel({ folder, options, deps })
    await channel.start()
    let stored = 0
    let refusal: unknown
    while (refusal === undefined) {
      await put(channel, numbered(stored, 10, 5000)).then(
        () => {
          stored += 10
        },
        (error: unknown) => {
          refusal = error
        },
      )
    }
    expect(refusal).toMatchObject({ code: 'DISK_FULL' })
    expect(stored).toBeGreaterThan(500)
    writeFileSync(join(folder, '..', 'somebody-else'), '')
    while (fillWith(join(folder, '..', 'somebody-else'))) {}
    const taken: number[] = []
    while (taken.length < stored / 2) taken.push(...(await take(channel, { events: 7, bytes: 1e9 })))
    await channel.stop()
    const again = logChannel({ folder, options, deps })
    await again.start()
    while (taken.length < stored) taken.push(...(await take(again, { events: 100, bytes: 1e9 })))
    expect(taken).toEqual(range(0, stored))
    await again.stop()
  })

  // Whether it is a put or a cursor that finds no room depends on how the segments fill the disk.
  test.each([1, 0.9, 0.8, 0.7, 0.6])(
    'consumed events are given up first, the oldest first, and puts go on (segments of %d MiB)',
    async (mebibytes) => {
      const folder = join(smallDisk(size), 'log')
      const segmentBytes = mebibytes * 2 ** 20
      const channel = logChannel({ folder, options: { ...options, segmentBytes }, deps })
      await channel.start()
      // Four times what the disk holds: retention would keep all of it, the disk does not.
      for (let number = 0; number < 6000; number += 10) {
        await put(channel, numbered(number, 10, 5000))
        expect(await take(channel)).toEqual(range(number, number + 10))
      }
      expect(channel.extent().first).toBeGreaterThan(0)
      expect(channel.extent().next).toBe(6000)
      await channel.stop()
      rmSync(folder, { recursive: true })
    },
  )

  /** False when not one more kilobyte fits. */
  function fillWith(path: string): boolean {
    const { bavail, bsize } = statfsSync(path)
    if (bavail === 0) return false
    try {
      writeFileSync(path, Buffer.alloc(Math.max(1024, Math.floor((bavail * bsize) / 2))), { flag: 'a' })
      return true
    } catch {
      return existsSync(path) && statfsSync(path).bavail > 0 && bavail * bsize > 8192
    }
  }
})
