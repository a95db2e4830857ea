// What a power cut leaves: of segments everything that was fsynced, which is every answered put; of the index, which is not fsynced with
// each take, any state between its last fsync and now; behind what was fsynced, anything at all.
import { execFileSync } from 'node:child_process'
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { LogChannel } from '../../../../src-main/agent/channel/log/log-channel.ts'
import { logChannel, memoryFolder, numbered, put, removeFolder, take } from '../../../driver/log-channel-driver.ts'
import { type Random, randomFrom } from '../../../driver/random.ts'

const frameBytes = 16_384 + 24
const options = { segmentBytes: 150_000, retention: { bytes: 0, ageMs: 86_400_000 } }

test('after a power cut every answered put is there, and streams are where their last advance() left them', {
  timeout: 120_000,
}, async () => {
  let cuts = 0
  for (let seed = 1; seed <= 12; seed++) cuts += await runScene(randomFrom(seed))
  expect(cuts).toBeGreaterThanOrEqual(100)
})

/** Works on one log and keeps its files as they were after each answer; then cuts the power after each of some answers. */
async function runScene(random: Random): Promise<number> {
  const parent = memoryFolder()
  try {
    const folder = join(parent, 'log')
    // Commits grow the log, or write over room that was made for them.
    const roomMade = random.chance(0.5)
    const channel = logChannel({ folder, options, ...(roomMade && { deps: { faults: { roomFromBytes: 1 } } }) })
    await channel.start()
    const stream = channel.streamCursor('counts')
    await stream.advance(0)
    const answers: Answer[] = []
    let stored = 0
    let consumed = 0
    for (let step = 0; step < 30; step++) {
      let indexSynced = false
      if (random.chance(0.6)) {
        const count = 1 + random.below(40)
        await put(channel, numbered(stored, count, random.below(1500)))
        stored += count
      } else if (random.chance(0.7)) consumed += (await take(channel, { events: 1 + random.below(60), bytes: 1e9 })).length
      else {
        await stream.advance(stream.position + random.below(channel.extent().next - stream.position + 1))
        indexSynced = true
      }
      const files = join(parent, `answer-${step}`)
      // In a process of its own: closing a file that SQLite has open would end SQLite's locks on it.
      execFileSync('cp', ['-r', folder, files])
      answers.push({ files, stored, consumed, streamAt: stream.position, indexSynced })
    }
    await channel.stop()
    for (let cut = 0; cut < 9; cut++) await cutPower(join(parent, `cut-${cut}`), answers, 1 + random.below(answers.length - 1), random)
    return 9
  } finally {
    removeFolder(parent)
  }
}

interface Answer {
  readonly files: string
  readonly stored: number
  readonly consumed: number
  readonly streamAt: number
  readonly indexSynced: boolean
}

async function cutPower(folder: string, answers: readonly Answer[], last: number, random: Random): Promise<void> {
  const at = answers[last]!
  let oldest = last
  while (oldest > 0 && !answers[oldest]!.indexSynced) oldest--
  const index = answers[oldest + random.below(last - oldest + 1)]!
  mkdirSync(folder)
  for (const name of readdirSync(at.files)) {
    // Shared memory does not outlive the power; locks do not either.
    if (/^log-.*(\.db|-wal)$/.test(name)) writeFileSync(join(folder, name), readFileSync(join(at.files, name)))
  }
  for (const name of readdirSync(index.files)) {
    if (/^index\.db(-wal)?$/.test(name)) writeFileSync(join(folder, name), readFileSync(join(index.files, name)))
  }
  spoilWhatWasNotSynced(folder, answers[last + 1], random)
  const channel = logChannel({ folder, options })
  await channel.start()
  const held = await drain(channel)
  // Takes were in order, so what is left is a tail; it begins at or before the first event that was not consumed.
  expect(held.at(-1) ?? at.stored - 1).toBe(at.stored - 1)
  expect(held).toEqual(Array.from({ length: held.length }, (_, index) => at.stored - held.length + index))
  expect(held.length).toBeGreaterThanOrEqual(at.stored - at.consumed)
  expect(channel.streamCursor('counts').position).toBe(index.streamAt)
  await channel.stop()
  rmSync(folder, { recursive: true })
}

/** The commit that was under way, in part and garbled, behind the log that was synced. */
function spoilWhatWasNotSynced(folder: string, next: Answer | undefined, random: Random): void {
  const live = readdirSync(folder)
    .filter((name) => /^log-.*-wal$/.test(name))
    .sort()
    .at(-1)
  if (live === undefined) return
  const whole = readFileSync(join(folder, live))
  const synced = whole.subarray(0, endOfFrames(whole))
  let tail: Buffer = Buffer.from(Array.from({ length: random.below(3000) }, () => random.below(256)))
  const later = next && readdirSync(next.files).includes(live) ? readFileSync(join(next.files, live)) : undefined
  const committed = later?.subarray(synced.length, endOfFrames(later))
  if (committed && committed.length > 0) {
    // Up to its last frame, which alone would make it a commit.
    tail = Buffer.from(committed.subarray(0, random.below(committed.length - frameBytes + 1)))
    if (tail.length > 0 && random.chance(0.5)) tail[random.below(tail.length)]! ^= 0x55
  }
  const room = whole.subarray(synced.length + tail.length)
  writeFileSync(
    join(folder, live),
    Buffer.concat([synced, tail, random.chance(0.5) ? room : room.subarray(0, random.below(room.length + 1))]),
  )
}

/** Where the frames of a log end, and room for more begins. No frame is all zeros: its head has the salts. */
function endOfFrames(log: Buffer): number {
  const last = log.findLastIndex((byte) => byte !== 0)
  return 32 + Math.ceil(Math.max(0, last + 1 - 32) / frameBytes) * frameBytes
}

async function drain(channel: LogChannel): Promise<number[]> {
  const numbers: number[] = []
  for (let more = await take(channel); more.length > 0; more = await take(channel)) numbers.push(...more)
  return numbers
}
