// Random configurations through a real Flume's loader, thousands in one JVM, and through Millrace's model of it; every difference is printed,
// and with a folder to keep them in written as a case of kind A, its expectation what that Flume said.
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { runFilterCommand } from '../../../src-main/agent/configuration/filter-command.ts'
import { isReadable } from '../../../src-main/agent/configuration/read-configuration-file.ts'
import { systemProperties as allSystemProperties } from '../../../src-main/agent/configuration/system-properties.ts'
import { keystoreOpens } from '../../../src-main/agent/network/open-keystore.ts'
import { asFlume } from '../../../src-shared/flume/as-flume/as-flume.ts'
import { randomFrom } from '../../driver/random.ts'
import { builtInDefinitions } from '../../fuzz/built-in-definitions.ts'
import { runFlumeClassIn } from '../../interop/real-flume.ts'
import { setup } from '../../interop/real-flume-setup.ts'
import { differencesOf, type Verdict } from '../runner/configuration-case.ts'
import { type CaseResult, resultLine } from '../runner/report.ts'
import { StructureMaker } from './odd-structure.ts'
import { type Surroundings, surroundings } from './odd-values.ts'
import { ConfigurationMaker } from './random-configuration.ts'

export interface RandomOptions {
  readonly count: number
  readonly seed: number
  /** Where configurations that differ are kept. */
  readonly keep: string | undefined
}

/** Configurations of one JVM. */
const perRun = 1000

export async function runRandomConfigurations({ count, seed, keep }: RandomOptions): Promise<readonly CaseResult[]> {
  setup()
  const definitions = await builtInDefinitions()
  const results: CaseResult[] = []
  for (let from = 0; from < count; from += perRun) {
    const made = Array.from({ length: Math.min(perRun, count - from) }, (_, index) => {
      const id = `${seed}-${from + index}`
      const random = randomFrom(Math.imul(seed, 1_000_003) + from + index)
      return { id, ...(index % 2 === 0 ? new ConfigurationMaker(definitions, random) : new StructureMaker(random)).make() }
    })
    const around = surroundings[(from / perRun) % surroundings.length]!
    const verdicts = await realVerdicts(made, around)
    for (const [index, { id, agent, properties }] of made.entries()) {
      const started = performance.now()
      const actual = asFlume(properties, {
        agent,
        env: around.environment,
        systemProperties: allSystemProperties(around.systemProperties),
        now: new Date(),
        runFilterCommand,
        keystoreOpens,
        isReadable,
      })
      const [detail] = differencesOf(verdicts[index]!, JSON.parse(JSON.stringify(actual)) as Verdict)
      const result = { id, title: 'a random file', ms: Math.round(performance.now() - started) }
      results.push(detail === undefined ? { ...result, status: 'ok' } : { ...result, status: 'not ok', detail })
      if (detail === undefined) continue
      console.log(resultLine(results.at(-1)!))
      if (keep !== undefined) keepCase(keep, { id, agent, properties, expect: verdicts[index]! }, around)
    }
  }
  return results
}

/** What Flume makes of each, in their order. */
async function realVerdicts(
  made: readonly { readonly agent: string; readonly properties: Buffer }[],
  { environment, systemProperties }: Surroundings,
): Promise<Verdict[]> {
  const folder = mkdtempSync(join(tmpdir(), 'millrace-random-'))
  try {
    const [asked, answered] = [join(folder, 'asked'), join(folder, 'answered')]
    writeFileSync(
      asked,
      made.map(({ agent, properties }) => `${JSON.stringify({ agent, bytes: properties.toString('base64') })}\n`).join(''),
    )
    const run = runFlumeClassIn(environment, { ...systemProperties, 'user.home': folder }, 'FlumeVerdicts', asked, answered)
    const code = await run.ended
    if (code !== 0) throw new Error(`Flume ended with ${code}: ${run.output()}`)
    return readFileSync(answered, 'utf8')
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as Verdict)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

interface Kept {
  readonly id: string
  readonly agent: string
  readonly properties: Buffer
  readonly expect: Verdict
}

function keepCase(folder: string, { id, agent, properties, expect }: Kept, { environment, systemProperties }: Surroundings): void {
  mkdirSync(folder, { recursive: true })
  const kept = {
    id,
    kind: 'config',
    group: 'random',
    title: 'a random file',
    agent,
    properties: properties.toString('utf8'),
    env: environment,
    systemProperties,
    expect,
  }
  writeFileSync(join(folder, `${id}.json`), `${JSON.stringify(kept, null, 1)}\n`)
}
