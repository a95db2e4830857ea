// The streaming suite: `stream/ print/ rdd/ errors/` of a folder, recorded from Apache Spark; programs are built through the public API only.
// One context may be active in a process: cases run one after the other.
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { StreamingContext } from '../../../src-main/streaming/api.ts'
import type { SuiteOptions } from '../runner/conformance.ts'
import type { CaseResult } from '../runner/report.ts'
import { shapeProblem } from './case-shape.ts'
import { type ErrorCase, runErrorCase } from './error-case.ts'
import { type RddCase, runRddCase, type Verdict } from './rdd-case.ts'
import { runPrintCase, runStreamCase, type StreamCase } from './stream-case.ts'
import { parseCase } from './values.ts'

interface AnyCase {
  readonly id: string
  readonly title: string
}

const corpora: Readonly<Record<string, (test: AnyCase) => Promise<Verdict>>> = {
  stream: async (test) => verdict(await runStreamCase(test as StreamCase)),
  print: async (test) => verdict(await runPrintCase(test as StreamCase)),
  rdd: (test) => runRddCase(test as RddCase),
  errors: (test) => runErrorCase(test as ErrorCase),
}

/** A batch that never completes is a result too; the next case then starts afresh. */
const caseLimitMs = 60_000

const verdict = (difference: string | undefined): Verdict => (difference === undefined ? {} : { difference })

export async function runStreamingSuite({ cases, only, onResult }: SuiteOptions): Promise<readonly CaseResult[]> {
  const results: CaseResult[] = []
  for (const corpus of Object.keys(corpora)) {
    const folder = join(resolve(cases), corpus)
    const files = existsSync(folder) ? readdirSync(folder).filter((name) => name.endsWith('.json')) : []
    for (const file of files.sort()) {
      const id = file.slice(0, -'.json'.length)
      if (only.length > 0 && !only.some((text) => id.startsWith(text))) continue
      const result = await judge(id, corpus, join(folder, file))
      results.push(result)
      onResult(result)
    }
  }
  return results
}

async function judge(id: string, corpus: string, file: string): Promise<CaseResult> {
  const began = performance.now()
  let title = ''
  let outcome: Verdict
  try {
    const test = parseCase<AnyCase | null>(readFileSync(file, 'utf8'))
    title = String(test?.title ?? '')
    const problem = shapeProblem(corpus, test)
    outcome = problem === undefined ? await inTime(corpora[corpus]!(test as AnyCase)) : { difference: problem }
  } catch (thrown) {
    outcome = { difference: `cannot be run: ${(thrown as Error).stack ?? String(thrown)}` }
  }
  await StreamingContext.getActive()?.stop()
  const result = { id, title, ms: Math.round(performance.now() - began) }
  if (outcome.difference !== undefined) return { ...result, status: 'not ok', detail: outcome.difference }
  if (outcome.rule !== undefined) return { ...result, status: 'differs', detail: outcome.rule }
  return { ...result, status: 'ok' }
}

async function inTime(running: Promise<Verdict>): Promise<Verdict> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<Verdict>((resolve) => {
    timer = setTimeout(() => resolve({ difference: `did not end within ${caseLimitMs / 1000} s` }), caseLimitMs)
  })
  return Promise.race([running, late]).finally(() => clearTimeout(timer))
}
