// `npm run conformance -- --suite flume --cases DIR [--json] [--only ID] [--jobs N]`: cases recorded from the original, run against
// the built product through its public doors. A case that cannot be run has failed.
import { parseArgs } from 'node:util'
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

const suites: Readonly<
  Record<string, { readonly cases: string; readonly run: (options: SuiteOptions) => Promise<readonly CaseResult[]> }>
> = {
  flume: { cases: 'test/conformance/flume', run: runFlumeSuite },
  streaming: { cases: 'test/conformance/streaming', run: runStreamingSuite },
}

const { values } = parseArgs({
  options: {
    suite: { type: 'string' },
    cases: { type: 'string' },
    json: { type: 'boolean', default: false },
    only: { type: 'string', multiple: true, default: [] },
    jobs: { type: 'string', default: '4' },
  },
})
const suite = suites[values.suite ?? '']
if (suite === undefined) {
  console.error(`error: --suite is one of ${Object.keys(suites).join(', ')}`)
  process.exit(2)
}
buildOnce()
const results = await suite.run({
  cases: values.cases ?? suite.cases,
  only: values.only,
  jobs: Math.max(1, Number(values.jobs) || 1),
  onResult: (result) => {
    if (!values.json) console.log(resultLine(result))
  },
})
process.exitCode = finish(results, values.json)
