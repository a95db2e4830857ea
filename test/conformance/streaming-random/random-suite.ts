// Random programs through a real Spark, hundreds in one JVM, and through Millrace. Those that differ are put to Spark once more: what it says
// differently each time is its own chance. The others are printed, and with a folder to keep them in written as cases.
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type CaseResult, resultLine } from '../runner/report.ts'
import { agree } from '../streaming-recorder/agreement.ts'
import { record, setup } from '../streaming-recorder/real-spark.ts'
import { runStreamingSuite } from '../streaming-runner/streaming-suite.ts'
import { errorCase } from './error-cases.ts'
import { printCase, valuesCase } from './print-cases.ts'
import { seed as beginAt } from './random.ts'
import { rddCase } from './rdd-cases.ts'
import type { Step } from './steps.ts'
import { streamCase } from './stream-cases.ts'

export interface RandomOptions {
  readonly count: number
  readonly seed: number
  /** Where programs that differ are kept. */
  readonly keep: string | undefined
}

/** What is made, in turn. */
const makers: readonly (readonly [kind: string, make: (id: string) => Step])[] = [
  ['rdd', rddCase],
  ['stream', streamCase],
  ['errors', errorCase],
  ['rdd', rddCase],
  ['print', printCase],
  ['stream', streamCase],
  ['print', valuesCase],
]

/** Programs of one JVM. */
const perRun = 500

export async function runRandomPrograms({ count, seed, keep }: RandomOptions): Promise<readonly CaseResult[]> {
  setup()
  const results: CaseResult[] = []
  for (let from = 0; from < count; from += perRun) {
    const work = mkdtempSync(join(tmpdir(), 'millrace-random-'))
    try {
      results.push(...(await compare(work, { from, until: Math.min(count, from + perRun), seed, keep })))
    } finally {
      rmSync(work, { recursive: true, force: true })
    }
  }
  return results
}

interface Piece {
  readonly from: number
  readonly until: number
  readonly seed: number
  readonly keep: string | undefined
}

async function compare(work: string, { from, until, seed, keep }: Piece): Promise<readonly CaseResult[]> {
  const [made, recorded, again, recordedAgain] = ['made', 'recorded', 'again', 'recorded-again'].map((name) => join(work, name)) as [
    string,
    string,
    string,
    string,
  ]
  for (let index = from; index < until; index++) {
    const [kind, make] = makers[index % makers.length]!
    beginAt(Math.imul(seed, 1_000_003) + index)
    const id = `${kind}-${seed}-${index}`
    write(made, kind, id, asText(make(id)))
  }
  // What Spark itself refuses has no results to compare with.
  for (const line of record(made, recorded)) console.error(line)
  const results = await runStreamingSuite({ cases: recorded, only: [], jobs: 1, onResult: () => {} })
  const suspects = results.filter(({ status }) => status === 'not ok')
  if (suspects.length === 0) return results
  const read = (folder: string, { id }: CaseResult): string => readFileSync(join(folder, kindOf(id), `${id}.json`), 'utf8')
  for (const suspect of suspects) write(again, kindOf(suspect.id), suspect.id, read(made, suspect))
  record(again, recordedAgain)
  const known = new Set(readdirSync(recordedAgain, { recursive: true }).map(String))
  const found = suspects.filter(
    (suspect) =>
      known.has(join(kindOf(suspect.id), `${suspect.id}.json`)) &&
      agree(kindOf(suspect.id), read(recorded, suspect), read(recordedAgain, suspect)),
  )
  for (const result of found) {
    console.log(resultLine(result))
    if (keep !== undefined) write(keep, kindOf(result.id), result.id, read(recorded, result))
  }
  return results.filter((result) => result.status !== 'not ok' || found.includes(result))
}

const kindOf = (id: string): string => id.slice(0, id.indexOf('-'))

function write(folder: string, kind: string, id: string, text: string): void {
  mkdirSync(join(folder, kind), { recursive: true })
  writeFileSync(join(folder, kind, `${id}.json`), `${text.trimEnd()}\n`)
}

/** Numbers that were made as `{"#": …}` stand as they were written: whole doubles need their point, and longs all their digits. */
function asText(test: Step): string {
  const spell = (_name: string, value: unknown): unknown => {
    if (typeof value === 'bigint') return { '#': String(value) }
    return Object.is(value, -0) ? { '#': '-0.0' } : value
  }
  return JSON.stringify(test, spell).replace(/\{"#":"([^"]+)"\}/g, '$1')
}
