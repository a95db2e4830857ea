// The Flume suite: `config/*.json` (kind A: what Flume makes of a properties text) and `run/<id>/` (kind B: a whole agent), run several at once.
import { existsSync, readdirSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { differences } from '../../../src-shared/flume/differences.ts'
import { runConfigurationCase } from './configuration-case.ts'
import type { SuiteOptions } from './conformance.ts'
import type { CaseResult } from './report.ts'
import { runAgentCase } from './run-case.ts'

/** What a case says of itself, and what was different: nothing when it passed. */
export interface CaseOutcome {
  readonly id: string
  readonly title: string
  readonly problems: readonly string[]
}

interface PlannedCase {
  readonly id: string
  readonly run: () => Promise<CaseOutcome>
}

export async function runFlumeSuite({ cases, only, jobs, onResult }: SuiteOptions): Promise<readonly CaseResult[]> {
  const folder = resolve(cases)
  const planned = [...configurationCases(join(folder, 'config')), ...agentCases(join(folder, 'run'))].filter(
    ({ id }) => only.length === 0 || only.some((text) => id.startsWith(text)),
  )
  const results = new Array<CaseResult>(planned.length)
  let next = 0
  let reported = 0
  const work = async (): Promise<void> => {
    for (let index = next++; index < planned.length; index = next++) {
      results[index] = await judged(planned[index]!)
      while (results[reported] !== undefined) onResult(results[reported++]!)
    }
  }
  await Promise.all(Array.from({ length: jobs }, work))
  return results
}

function configurationCases(folder: string): PlannedCase[] {
  return names(folder)
    .filter((name) => name.endsWith('.json'))
    .map((name) => ({ id: name.slice(0, -'.json'.length), run: () => runConfigurationCase(join(folder, name)) }))
}

function agentCases(folder: string): PlannedCase[] {
  return names(folder)
    .filter((name) => existsSync(join(folder, name, 'case.json')))
    .map((name) => ({ id: name, run: () => runAgentCase(join(folder, name)) }))
}

const names = (folder: string): string[] => (existsSync(folder) ? readdirSync(folder).sort() : [])

async function judged({ id, run }: PlannedCase): Promise<CaseResult> {
  const started = performance.now()
  const outcome = await run().catch(
    (error: unknown): CaseOutcome => ({ id, title: '', problems: [`cannot be run: ${(error as Error).stack}`] }),
  )
  const ms = Math.round(performance.now() - started)
  const result = { id: outcome.id, title: outcome.title, ms }
  const [problem] = outcome.problems
  if (problem === undefined) return { ...result, status: 'ok' }
  const rule = differences.find(({ cases }) => cases.includes(outcome.id))
  return rule === undefined ? { ...result, status: 'not ok', detail: problem } : { ...result, status: 'differs', detail: rule.id }
}
