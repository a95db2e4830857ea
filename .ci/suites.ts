// Runs every check and suite of the project one after another, until one fails, and closes with their true sums. Started by .ci/run.
// Exit code 0: all passed; 10: not all, and the sums are printed; anything else: it broke down itself.
import { spawn } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { failure, resultOfClosingLine, resultOfVitest, type SuiteResult } from './suite-result.ts'

interface Suite {
  readonly name: string
  /** The script of package.json and its arguments. */
  readonly script: readonly [string, ...string[]]
  /** How its result is read; a check counts for nothing when it passes and as one failure otherwise. */
  readonly result: 'check' | 'vitest' | 'closing line'
  /** One that hangs is ended after this. */
  readonly minutes: number
}

const suites: readonly Suite[] = [
  { name: 'tests', script: ['test'], result: 'vitest', minutes: 15 },
  { name: 'lint', script: ['lint'], result: 'check', minutes: 2 },
  { name: 'types', script: ['types'], result: 'check', minutes: 5 },
  { name: 'build', script: ['build'], result: 'check', minutes: 5 },
  {
    name: 'conformance',
    script: ['conformance', '--suite', 'flume', '--cases', 'test/conformance/flume'],
    result: 'closing line',
    minutes: 15,
  },
  {
    name: 'conformance, more cases',
    script: ['conformance', '--suite', 'flume', '--cases', 'test/conformance/flume-more', '--jobs', '6'],
    result: 'closing line',
    minutes: 15,
  },
  {
    name: 'conformance of streams',
    script: ['conformance', '--suite', 'streaming', '--cases', 'test/conformance/streaming'],
    result: 'closing line',
    minutes: 5,
  },
  { name: 'browser', script: ['test:browser'], result: 'vitest', minutes: 10 },
  { name: 'fuzz', script: ['fuzz', '--inputs', '3000'], result: 'closing line', minutes: 5 },
  { name: 'reliability', script: ['test:reliability'], result: 'vitest', minutes: 10 },
  { name: 'electron', script: ['test:electron'], result: 'vitest', minutes: 10 },
  { name: 'interop', script: ['test:interop'], result: 'vitest', minutes: 15 },
  {
    name: 'random configurations',
    script: ['conformance', '--suite', 'flume', '--random', '2000'],
    result: 'closing line',
    minutes: 5,
  },
  {
    name: 'random programs',
    script: ['conformance', '--suite', 'streaming', '--random', '300'],
    result: 'closing line',
    minutes: 10,
  },
]

const root = join(import.meta.dirname, '..')

async function main(): Promise<number> {
  const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { scripts: Record<string, string> }
  const reports = mkdtempSync(join(tmpdir(), 'millrace-ci-'))
  const summary: string[] = []
  const sum = { passed: 0, failed: 0, skipped: 0 }
  for (const [index, suite] of suites.entries()) {
    console.log(`\n=== ${suite.name}: npm run ${suite.script.join(' ')}`)
    const began = Date.now()
    const known = Object.hasOwn(scripts, suite.script[0])
    const result = known
      ? await run(suite, join(reports, `${suite.name}.json`))
      : failure(`package.json has no script "${suite.script[0]}"`)
    sum.passed += result.passed
    sum.failed += result.failed
    sum.skipped += result.skipped
    const counts = suite.result === 'check' ? (result.failed === 0 ? 'ok' : 'FAILED') : countsOf(result)
    const trouble = result.trouble === undefined ? '' : ` (${result.trouble})`
    summary.push(`${suite.name}: ${counts}, ${Math.round((Date.now() - began) / 1000)} s${trouble}`)
    if (result.failed === 0 && result.skipped === 0) continue
    for (const rest of suites.slice(index + 1)) summary.push(`${rest.name}: not run after this failure`)
    break
  }
  rmSync(reports, { recursive: true, force: true })
  console.log(`\n=== summary\n${summary.join('\n')}\n`)
  console.log(countsOf(sum))
  return sum.failed === 0 && sum.skipped === 0 && sum.passed > 0 ? 0 : 10
}

function countsOf(counts: SuiteResult): string {
  return `${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped`
}

async function run(suite: Suite, report: string): Promise<SuiteResult> {
  const [script, ...own] = suite.script
  const reporter = suite.result === 'vitest' ? ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`] : []
  const { exitCode, output, timedOut } = await npmRun(script, [...own, ...reporter], suite.minutes)
  if (timedOut) return failure(`it did not end within ${suite.minutes} minutes`)
  if (suite.result === 'vitest') return resultOfVitest(existsSync(report) ? readFileSync(report, 'utf8') : undefined, exitCode)
  if (suite.result === 'closing line') return resultOfClosingLine(output, exitCode)
  return exitCode === 0 ? { passed: 0, failed: 0, skipped: 0 } : failure(`exit code ${exitCode}`)
}

interface Ended {
  readonly exitCode: number | null
  /** The end of its standard output. */
  readonly output: string
  readonly timedOut: boolean
}

function npmRun(script: string, args: readonly string[], minutes: number): Promise<Ended> {
  return new Promise((resolve, reject) => {
    // A group of its own, so that whatever a hanging suite started can be ended with it.
    const child = spawn('npm', ['run', '-s', script, '--', ...args], { cwd: root, stdio: ['ignore', 'pipe', 'inherit'], detached: true })
    let output = ''
    let timedOut = false
    child.stdout.on('data', (chunk: Buffer) => {
      process.stdout.write(chunk)
      output = (output + chunk.toString()).slice(-100_000)
    })
    const limit = setTimeout(() => {
      timedOut = true
      process.kill(-child.pid!, 'SIGKILL')
    }, minutes * 60_000)
    child.on('error', reject)
    child.on('close', (exitCode) => {
      clearTimeout(limit)
      resolve({ exitCode, output, timedOut })
    })
  })
}

process.exitCode = await main()
