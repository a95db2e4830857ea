// The streaming suite: `stream/ print/ rdd/ errors/` of a folder, recorded from Apache Spark; programs are built through the public API only.
// One context may be active in a process: cases run one after the other.
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import type { SuiteOptions } from '../runner/conformance.ts'
import type { CaseResult } from '../runner/report.ts'
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

const verdict = (difference: string | undefined): Verdict => (difference === undefined ? {} : { difference })

export async function runStreamingSuite({ cases, only, onResult }: SuiteOptions): Promise<readonly CaseResult[]> {
  const results: CaseResult[] = []
  for (const [corpus, run] of Object.entries(corpora)) {
    const folder = join(resolve(cases), corpus)
    const files = existsSync(folder) ? readdirSync(folder).filter((name) => name.endsWith('.json')) : []
    for (const file of files.sort()) {
      const id = file.slice(0, -'.json'.length)
      if (only.length > 0 && !only.some((text) => id.startsWith(text))) continue
      const result = await judge(id, join(folder, file), run)
      results.push(result)
      onResult(result)
    }
  }
  return results
}

async function judge(id: string, file: string, run: (test: AnyCase) => Promise<Verdict>): Promise<CaseResult> {
  const began = performance.now()
  let title = ''
  let outcome: Verdict
  try {
    const test = parseCase<AnyCase>(readFileSync(file, 'utf8'))
    title = test.title
    outcome = await run(test)
  } catch (thrown) {
    outcome = { difference: `cannot be run: ${(thrown as Error).stack ?? String(thrown)}` }
  }
  const result = { id, title, ms: Math.round(performance.now() - began) }
  if (outcome.difference !== undefined) return { ...result, status: 'not ok', detail: outcome.difference }
  if (outcome.rule !== undefined) return { ...result, status: 'differs', detail: outcome.rule }
  return { ...result, status: 'ok' }
}
