// The stream kill run alone (`npm run test:reliability -- --stream-kills N [--seed S]`). Exit code 1 when the outputs differ.
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { cpus, tmpdir, totalmem } from 'node:os'
import { join } from 'node:path'
import build from '../../driver/build-once.ts'
import { streamKills } from './stream-kills.ts'

export async function runStreamKills(kills: number, seed: number): Promise<number> {
  build()
  const folder = mkdtempSync(join(tmpdir(), 'millrace-stream-kills-'))
  console.log(`${kills} kills of a stream, seed ${seed}, in ${folder}`)
  const { killed, batches, outputs, differences, seconds } = await streamKills({
    kills,
    seed,
    folder,
    progress: (sentence) => console.log(`${new Date().toISOString()} ${sentence}`),
  })
  console.log(
    `\nkilled ${killed.engine + killed.program + killed.both} times (engine ${killed.engine}, program ${killed.program}, both ${killed.both}) in ${Math.round(seconds)} s; ${batches} batches with records, ${outputs} keyed outputs in files and SQLite; seed ${seed}.`,
  )
  const commit = spawnSync('git', ['rev-parse', '--short', 'HEAD'], { cwd: import.meta.dirname, encoding: 'utf8' }).stdout.trim()
  const machine = `${cpus().length} × ${cpus()[0]?.model ?? 'CPU'}, ${Math.round(totalmem() / 2 ** 30)} GiB, ${process.platform}, Node ${process.version}`
  console.log(`commit ${commit}; ${machine}; ${new Date().toISOString().slice(0, 10)}`)
  for (const difference of differences.slice(0, 20)) console.log(difference)
  console.log(
    differences.length === 0
      ? 'The outputs equal those of a run without kills.'
      : `${differences.length} OUTPUTS DIFFER. Everything is left in ${folder}.`,
  )
  if (differences.length === 0) rmSync(folder, { recursive: true, force: true })
  return differences.length === 0 ? 0 : 1
}
