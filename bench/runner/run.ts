// `npm run bench -- NAME [--json] [--rounds N] [--record]`: runs a bench and prints machine, commit, medians and ratios. `--record` writes
// them to bench/RESULTS.md. Exit code 1 when a floor is not met.
import { execFileSync } from 'node:child_process'
import { existsSync, readdirSync } from 'node:fs'
import { cpus, tmpdir, totalmem } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { parseArgs } from 'node:util'
import type { Bench } from './bench.ts'
import { format, measure, type Report } from './measure.ts'
import { record } from './record.ts'

const folder = join(import.meta.dirname, '..')

const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: { json: { type: 'boolean' }, record: { type: 'boolean' }, rounds: { type: 'string' }, scratch: { type: 'string' } },
})

const names = readdirSync(folder)
  .filter((file) => file.endsWith('.ts'))
  .map((file) => file.slice(0, -3))
const name = positionals[0]
if (name === undefined || !names.includes(name)) {
  console.error(`${name === undefined ? 'Which bench?' : `There is no bench ${name}.`} There are: ${names.join(', ')}.`)
  process.exit(2)
}

const { bench } = (await import(pathToFileURL(join(folder, `${name}.ts`)).href)) as { bench: Bench }
const measured = await measure(bench, {
  rounds: Number(options.rounds ?? bench.rounds ?? 5),
  scratch: options.scratch ?? process.env['MILLRACE_BENCH_DIR'] ?? tmpdir(),
  progress: (text) => console.error(text),
})
const report: Report = {
  bench: name,
  summary: bench.summary,
  machine: machine(),
  commit: commit(),
  date: new Date().toISOString(),
  ...measured,
}
if (options.json) console.log(JSON.stringify(report, null, 2))
else print(report)
if (options.record) record(join(folder, 'RESULTS.md'), report)
process.exit(report.ratios.every((ratio) => ratio.met) ? 0 : 1)

function print(report: Report): void {
  console.log(`\n${report.bench}: ${report.summary}\n${report.machine}, commit ${report.commit}, medians of ${report.rounds}\n`)
  for (const [variant, value] of Object.entries(report.medians))
    console.log(`  ${variant.padEnd(48)} ${format(value).padStart(12)} ${report.unit}`)
  for (const ratio of report.ratios) {
    const bound = ratio.least !== undefined ? `at least ${ratio.least}` : ratio.most !== undefined ? `at most ${ratio.most}` : ''
    console.log(`  ${ratio.name.padEnd(48)} ${ratio.value.toFixed(2).padStart(12)} ${bound && `(${bound}${ratio.met ? '' : ': NOT MET'})`}`)
  }
}

function machine(): string {
  const model = cpus()[0]?.model.trim() ?? 'unknown processor'
  return `${model} × ${cpus().length}, ${Math.round(totalmem() / 2 ** 30)} GiB, ${process.platform} ${process.arch}, Node ${process.version}`
}

function commit(): string {
  if (!existsSync(join(folder, '..', '.git'))) return 'unknown'
  const git = (...args: string[]): string => execFileSync('git', args, { cwd: folder, encoding: 'utf8' }).trim()
  return git('rev-parse', '--short', 'HEAD') + (git('status', '--porcelain', '--untracked-files=no') === '' ? '' : ' and changes')
}
