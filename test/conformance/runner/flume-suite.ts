// The Flume suite: `config/*.json` (kind A: what Flume makes of a properties text) and `run/<id>/` (kind B: a whole agent), run several at
// once. A folder that has neither may hold the cases themselves, or be one.
import { type Dirent, existsSync, readdirSync } from 'node:fs'
import { basename, join, resolve } from 'node:path'
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
  /** Id of the named rule that explains all of them, as far as the run itself shows. */
  readonly rule?: string
}

interface PlannedCase {
  readonly id: string
  readonly run: () => Promise<CaseOutcome>
}

export async function runFlumeSuite({ cases, only, jobs, onResult }: SuiteOptions): Promise<readonly CaseResult[]> {
  const folder = resolve(cases)
  const planned = casesOf(folder).filter(({ id }) => only.length === 0 || only.some((text) => id.startsWith(text)))
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

function casesOf(folder: string): PlannedCase[] {
  const [config, run] = [join(folder, 'config'), join(folder, 'run')]
  if (existsSync(config) || existsSync(run)) return [...configurationCases(config), ...agentCases(run)]
  if (existsSync(join(folder, 'case.json'))) return [{ id: basename(folder), run: () => runAgentCase(folder) }]
  return [...configurationCases(folder), ...agentCases(folder)]
}

function configurationCases(folder: string): PlannedCase[] {
  return entries(folder)
    .filter((entry) => entry.isFile() && entry.name.endsWith('.json'))
    .map(({ name }) => ({ id: name.slice(0, -'.json'.length), run: () => runConfigurationCase(join(folder, name)) }))
}

/** Every folder: one without case.json cannot be run, and so has failed. */
function agentCases(folder: string): PlannedCase[] {
  return entries(folder)
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => ({ id: name, run: () => runAgentCase(join(folder, name)) }))
}

const entries = (folder: string): Dirent[] =>
  existsSync(folder)
    ? readdirSync(folder, { withFileTypes: true })
        .filter(({ name }) => !name.startsWith('.'))
        .sort((a, b) => (a.name < b.name ? -1 : 1))
    : []

async function judged({ id, run }: PlannedCase): Promise<CaseResult> {
  const started = performance.now()
  const outcome = await run().catch((error: unknown): CaseOutcome => ({ id, title: '', problems: [`cannot be run: ${String(error)}`] }))
  const ms = Math.round(performance.now() - started)
  const result = { id: outcome.id, title: outcome.title, ms }
  const [problem] = outcome.problems
  if (problem === undefined) return { ...result, status: 'ok' }
  const rule = outcome.rule ?? differences.find(({ cases }) => cases.includes(outcome.id))?.id
  return rule === undefined ? { ...result, status: 'not ok', detail: problem } : { ...result, status: 'differs', detail: rule }
}
