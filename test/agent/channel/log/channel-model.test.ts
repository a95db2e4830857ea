import { randomInt } from 'node:crypto'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { runModel } from './channel-model.ts'

const operationsPerSeed = 2000
const freshSeeds = 50
/** Seeds that failed once; they are run first, for ever. */
const seedsFile = join(import.meta.dirname, 'channel-model-seeds.json')
const keptSeeds = existsSync(seedsFile) ? (JSON.parse(readFileSync(seedsFile, 'utf8')) as number[]) : []

test('100,000 random operations with crashes and reopenings leave channel and model in the same state', { timeout: 300_000 }, async () => {
  const totals: Record<string, number> = {}
  for (const seed of [...keptSeeds, ...Array.from({ length: freshSeeds }, () => randomInt(2 ** 32))]) {
    const done = await runModel(seed, operationsPerSeed).catch((error) => {
      if (!keptSeeds.includes(seed)) writeFileSync(seedsFile, `${JSON.stringify([...keptSeeds, seed])}\n`)
      throw new Error(`Seed ${seed} (kept in ${seedsFile}) fails`, { cause: error })
    })
    for (const [name, count] of Object.entries(done)) totals[name] = (totals[name] ?? 0) + count
  }
  const operations = Object.values(totals).reduce((sum, count) => sum + count, 0)
  console.log(
    `${operations} operations: ${Object.entries(totals)
      .map(([name, count]) => `${name} ${count}`)
      .join(', ')}`,
  )
  expect(operations).toBeGreaterThanOrEqual(100_000)
})
