import { execFileSync, spawn } from 'node:child_process'
import { mkdirSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type CommitPoint, commitPoints, type FaultPlan } from '../../../../src-main/agent/channel/log/faults.ts'
import { logChannel, memoryFolder, numbersOf, removeFolder } from '../../../driver/log-channel-driver.ts'
import { randomFrom } from '../../../driver/random.ts'
import type { CrashChildOptions } from './crash-child.ts'
import { CrashLedger } from './crash-ledger.ts'

const child = join(import.meta.dirname, 'crash-child.ts')
let parent: string
// Hundreds of processes compile the same modules.
const env = { ...process.env, NODE_COMPILE_CACHE: join(tmpdir(), 'millrace-compile-cache') }
beforeAll(() => {
  parent = memoryFolder()
  const warmUp: CrashChildOptions = { folder: join(parent, 'warm-up'), ledger: join(parent, 'none'), firstNumber: 0, warmUp: true }
  execFileSync(process.execPath, [child, JSON.stringify(warmUp)], { env })
})
afterAll(() => removeFolder(parent))

test('a process killed 100 times at random loses no stored event and none that was consumed comes back', { timeout: 300_000 }, async () => {
  const random = randomFrom(20_240)
  const scene = new CrashScene('random')
  for (let kill = 0; kill < 100; kill++) {
    const killAfterMs = 1 + random.below(kill % 4 === 0 ? 250 : 60)
    await scene.round({ killAfterMs, ...(kill % 2 === 0 && { faults: { roomFromBytes: 1 } }) })
  }
  console.log(`100 random kills: ${scene.ledger.storedEvents} events stored, ${scene.ledger.consumedEvents} consumed`)
  expect(scene.ledger.storedEvents).toBeGreaterThan(1000)
})

test('a process killed before and after every write of the commit path, 10 times each, loses nothing either', {
  timeout: 300_000,
}, async () => {
  const random = randomFrom(7)
  const scene = new CrashScene('points')
  const hits = new Map<CommitPoint, number>(commitPoints.map((point) => [point, 0]))
  for (const point of commitPoints) {
    const rare = /^(roll|drop|room|checkpoint)/.test(point)
    while (hits.get(point)! < 10) {
      await scene.round({ faults: { killAt: { point, hit: 1 + random.below(rare ? 2 : 12) }, indexCheckpointEvery: 5, roomFromBytes: 1 } })
      hits.set(point, hits.get(point)! + 1)
    }
  }
  console.log(`killed at: ${[...hits].map(([point, count]) => `${point} ${count}`).join(', ')}`)
  expect([...hits.values()].every((count) => count >= 10)).toBe(true)
})

/** One log over many lives of a process. */
class CrashScene {
  readonly ledger = new CrashLedger()
  readonly #folder: string
  readonly #ledgers: string
  #lives = 0

  constructor(name: string) {
    this.#folder = join(parent, name)
    this.#ledgers = join(parent, `${name}-ledgers`)
    mkdirSync(this.#ledgers, { recursive: true })
  }

  /** One life: killed after so many milliseconds of work, or by itself. Then the channel is opened here and compared with the ledger. */
  async round(how: { readonly killAfterMs?: number; readonly faults?: FaultPlan }): Promise<void> {
    const ledger = join(this.#ledgers, String(this.#lives++))
    const options: CrashChildOptions = {
      folder: this.#folder,
      ledger,
      firstNumber: this.ledger.nextNumber,
      ...(how.faults && { faults: how.faults }),
    }
    await lifeOf(options, how.killAfterMs)
    this.ledger.read(ledger)
    this.ledger.compare(await heldBy(this.#folder))
  }
}

async function lifeOf(options: CrashChildOptions, killAfterMs: number | undefined): Promise<void> {
  const life = spawn(process.execPath, [child, JSON.stringify(options)], { stdio: ['ignore', 'pipe', 'pipe'], env })
  let errors = ''
  life.stderr.on('data', (data: Buffer) => {
    errors += String(data)
  })
  if (killAfterMs !== undefined) life.stdout.once('data', () => setTimeout(() => life.kill('SIGKILL'), killAfterMs))
  const signal = await new Promise((resolve) => life.once('close', (_code, by) => resolve(by)))
  expect(signal, errors).toBe('SIGKILL')
}

/** Everything that the channel in `folder` would still deliver; nothing is consumed. */
async function heldBy(folder: string): Promise<number[]> {
  const channel = logChannel({ folder, options: { segmentBytes: 150_000, retention: { bytes: 0, ageMs: 86_400_000 } } })
  await channel.start()
  const transaction = channel.transaction()
  transaction.begin()
  const numbers = numbersOf(await transaction.take({ events: 999_999, bytes: 2 ** 40 }))
  await transaction.rollback()
  transaction.close()
  await channel.stop()
  return numbers
}
