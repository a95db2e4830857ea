// `npm run conformance -- --suite flume --cases DIR [--json] [--only ID] [--jobs N]`: cases recorded from the original, run against
// the built product through its public doors. A case that cannot be run has failed.
// `npm run conformance -- --suite SUITE --random N [--seed S] [--keep DIR]`: N random configurations beside a real Flume's loader, or N random
// programs beside a real Spark, which needs Java and Maven; those that differ are kept as cases in DIR.
// `npm run conformance -- --suite flume --random N --agents KINDS`: N random pipelines, run by a real Flume and by Millrace; KINDS as in
// flume-random/agents (`spooldir,taildir`, `all`).
// `npm run conformance -- --suite flume --random N --wire KINDS`: N random connections to sources of both; KINDS as in flume-random/wire.
import { parseArgs } from 'node:util'
import { messageOf } from '../../../src-shared/errors.ts'
import buildOnce from '../../driver/build-once.ts'
import { runStreamingSuite } from '../streaming-runner/streaming-suite.ts'
import { runFlumeSuite } from './flume-suite.ts'
import { type CaseResult, finish, resultLine } from './report.ts'

export interface SuiteOptions {
  readonly cases: string
  /** Only cases whose id begins with one of these. */
  readonly only: readonly string[]
  readonly jobs: number
  /** Called as each case ends, in the order of ids. */
  readonly onResult: (result: CaseResult) => void
}

interface Suite {
  readonly cases: string
  readonly run: (options: SuiteOptions) => Promise<readonly CaseResult[]>
  /** Imported when asked for: nothing else needs what it needs. */
  readonly random: () => Promise<(options: RandomOptions) => Promise<readonly CaseResult[]>>
}

interface RandomOptions {
  readonly count: number
  readonly seed: number
  readonly keep: string | undefined
}

const suites: Readonly<Record<string, Suite>> = {
  flume: {
    cases: 'test/conformance/flume',
    run: runFlumeSuite,
    random: async () => {
      if (values.agents !== undefined) return (await import('../flume-random/agents/agents-suite.ts')).runRandomAgents(values.agents)
      if (values.wire !== undefined) return (await import('../flume-random/wire/wire-suite.ts')).runRandomMessages(values.wire)
      return (await import('../flume-random/random-suite.ts')).runRandomConfigurations
    },
  },
  streaming: {
    cases: 'test/conformance/streaming',
    run: runStreamingSuite,
    random: async () => (await import('../streaming-random/random-suite.ts')).runRandomPrograms,
  },
}

const values = given()
const suite = suites[values.suite ?? '']
if (suite === undefined) {
  console.error(`error: --suite is one of ${Object.keys(suites).join(', ')}`)
  process.exit(2)
}
const results = values.random === undefined ? await recorded(suite) : await random(suite, Number(values.random))
process.exitCode = finish(results, values.json)

function given() {
  try {
    return parseArgs({
      options: {
        suite: { type: 'string' },
        cases: { type: 'string' },
        json: { type: 'boolean', default: false },
        only: { type: 'string', multiple: true, default: [] },
        jobs: { type: 'string', default: '4' },
        random: { type: 'string' },
        seed: { type: 'string', default: '1' },
        keep: { type: 'string' },
        agents: { type: 'string' },
        wire: { type: 'string' },
      },
    }).values
  } catch (error) {
    console.error(`error: ${messageOf(error)}`)
    process.exit(2)
  }
}

async function recorded({ cases, run }: Suite): Promise<readonly CaseResult[]> {
  buildOnce()
  return run({
    cases: values.cases ?? cases,
    only: values.only,
    jobs: Math.max(1, Number(values.jobs) || 1),
    onResult: (result) => {
      if (!values.json) console.log(resultLine(result))
    },
  })
}

async function random(of: Suite, count: number): Promise<readonly CaseResult[]> {
  const run = await of.random()
  return run({ count, seed: Number(values.seed), keep: values.keep })
}
