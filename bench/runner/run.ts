// `npm run bench -- NAME… [--all] [--json] [--rounds N] [--only REGEXP] [--record]`: runs benches one after another and prints machine,
// commit, medians and ratios. `--record` writes them to bench/RESULTS.md; `--only` runs the variants whose names it matches, and is never
// recorded. Without a name it lists what there is. Exit code 1 when a floor is not met.
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
  options: {
    all: { type: 'boolean' },
    json: { type: 'boolean' },
    only: { type: 'string' },
    record: { type: 'boolean' },
    rounds: { type: 'string' },
    scratch: { type: 'string' },
  },
})

const files = readdirSync(folder).flatMap((file) => (file.endsWith('.ts') ? [file.slice(0, -'.ts'.length)] : []))
// A bench that is asked for by name does not share the process with what all the others import.
const byName = options.all !== true && positionals.length > 0 && positionals.every((name) => files.includes(name))
const benches = await load(byName ? positionals : files)
const unknown = positionals.filter((name) => !benches.has(name))
if (unknown.length > 0) {
  console.error(`There is no bench ${unknown.join(', ')}. npm run bench without a name lists what there is.`)
  process.exit(2)
}
const names = options.all === true ? [...benches.keys()] : positionals
if (names.length === 0) for (const [name, { summary }] of benches) console.log(`${name.padEnd(20)} ${summary}`)
let met = true
for (const name of names) {
  const report = await run(name, benches.get(name)!)
  if (options.json) console.log(JSON.stringify(report, null, 2))
  else print(report)
  if (options.record === true && options.only === undefined) record(join(folder, 'RESULTS.md'), report)
  met &&= report.ratios.every((ratio) => ratio.met)
}
process.exit(met ? 0 : 1)

/** By name. Files that export none are what several share. */
async function load(candidates: readonly string[]): Promise<Map<string, Bench>> {
  const benches = new Map<string, Bench>()
  for (const name of candidates) {
    const { bench } = (await import(pathToFileURL(join(folder, `${name}.ts`)).href)) as { readonly bench?: Bench }
    if (bench !== undefined) benches.set(name, bench)
  }
  return benches
}

/** The bench with the variants that are asked for, and the ratios between them. */
function narrowed(bench: Bench): Bench {
  if (options.only === undefined) return bench
  const asked = new RegExp(options.only)
  const variants = Object.fromEntries(Object.entries(bench.variants).filter(([name]) => asked.test(name)))
  const has = (figure: string): boolean => Object.keys(variants).some((name) => figure === name || figure.startsWith(`${name}: `))
  return { ...bench, variants, ratios: bench.ratios.filter(({ of, against }) => has(of) && has(against)) }
}

async function run(name: string, bench: Bench): Promise<Report> {
  const measured = await measure(narrowed(bench), {
    rounds: Number(options.rounds ?? bench.rounds ?? 5),
    scratch: options.scratch ?? process.env['MILLRACE_BENCH_DIR'] ?? tmpdir(),
    progress: (text) => console.error(text),
  })
  return { bench: name, summary: bench.summary, machine: machine(), commit: commit(), date: new Date().toISOString(), ...measured }
}

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
