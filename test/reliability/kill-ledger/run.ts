// `npm run test:reliability -- --kills N [--seed S]`: the kill run alone, N times, and its ledger. Exit code 1 when anything is lost or a
// duplicate is unexplained. `--stream-kills N` is the stream's kill run (../stream). Without either: the whole suite (vitest.config.ts), with fewer kills.
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { cpus, tmpdir, totalmem } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import build from '../../driver/build-once.ts'
import { runStreamKills } from '../stream/run.ts'
import { killRun } from './kill-run.ts'
import { isSound, ledgerTable } from './tally.ts'

const root = join(import.meta.dirname, '..', '..', '..')

async function ledger(kills: number, seed: number): Promise<number> {
  build()
  const folder = mkdtempSync(join(tmpdir(), 'millrace-kills-'))
  console.log(`${kills} kills, seed ${seed}, in ${folder}`)
  const result = await killRun({ kills, seed, folder, progress: (sentence) => console.log(`${new Date().toISOString()} ${sentence}`) })
  const sound = result.ledgers.every(isSound) && result.exitCodes.every((code) => code === 0)
  console.log(`\n${ledgerTable(result.ledgers)}\n`)
  console.log(
    `${kills} kills of ${result.killed} processes in ${Math.round(result.seconds)} s; Avro transactions: ${result.transactions.ok} answered OK, ${result.transactions.failed} FAILED; last exit codes ${result.exitCodes.join(' ')}; seed ${seed}.`,
  )
  const commit = spawnSync('git', ['rev-parse', '--short', 'HEAD'], { cwd: root, encoding: 'utf8' }).stdout.trim()
  const machine = `${cpus().length} × ${cpus()[0]?.model ?? 'CPU'}, ${Math.round(totalmem() / 2 ** 30)} GiB, ${process.platform}, Node ${process.version}`
  console.log(`commit ${commit}; ${machine}; ${new Date().toISOString().slice(0, 10)}`)
  console.log(sound ? 'Nothing is lost, and every duplicate is explained.' : `NOT SOUND. Everything is left in ${folder}.`)
  if (sound) rmSync(folder, { recursive: true, force: true })
  return sound ? 0 : 1
}

function suite(args: readonly string[]): number {
  const vitest = join(root, 'node_modules/vitest/vitest.mjs')
  const config = join(root, 'test/reliability/vitest.config.ts')
  return spawnSync(process.execPath, [vitest, 'run', '--config', config, ...args], { cwd: root, stdio: 'inherit' }).status ?? 1
}

function number(name: string, text: string): number {
  if (!/^\d+$/.test(text)) throw new Error(`--${name} ${text} is not a number.`)
  return Number(text)
}

const { values } = parseArgs({
  options: { kills: { type: 'string' }, 'stream-kills': { type: 'string' }, seed: { type: 'string', default: '20240101' } },
  strict: false,
})
const streamKillsAsked = values['stream-kills']
process.exitCode =
  typeof streamKillsAsked === 'string'
    ? await runStreamKills(number('stream-kills', streamKillsAsked), number('seed', String(values.seed)))
    : typeof values.kills === 'string'
      ? await ledger(number('kills', values.kills), number('seed', String(values.seed)))
      : suite(process.argv.slice(2))
