// Kind A: the text of a case goes through `millrace validate --as-flume --json`; its verdict is compared with the recorded one.
import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { entryPoint } from '../../../src-main/entry-point.ts'
import type { CaseOutcome } from './flume-suite.ts'

type Params = Record<string, string>

export interface Verdict {
  readonly parseFailure?: string
  readonly valid?: boolean
  readonly agents?: readonly string[]
  readonly components?: Record<string, Record<string, { params?: Params; stub?: Params; sinks?: string[]; processor?: Params }>>
  readonly errors?: readonly { component: string; key: string; type: string; severity: string }[]
  readonly instantiated?: {
    fatal?: string
    channels?: string[]
    sources?: string[]
    sinkRunners?: Record<string, { processor: string; sinks: string[] }>
  }
  readonly [section: string]: unknown
}

interface ConfigurationCase {
  readonly id: string
  readonly title: string
  readonly agent: string
  readonly properties: string
  readonly env?: Record<string, string>
  readonly systemProperties?: Record<string, string>
  readonly expect: Verdict
}

export async function runConfigurationCase(file: string): Promise<CaseOutcome> {
  const testCase = JSON.parse(await readFile(file, 'utf8')) as ConfigurationCase
  for (const field of ['id', 'agent', 'properties', 'expect'] as const)
    if (testCase[field] === undefined) throw new Error(`it has no ${field}`)
  const folder = await mkdtemp(join(tmpdir(), 'millrace-config-case-'))
  try {
    const properties = join(folder, 'flume.properties')
    await writeFile(properties, testCase.properties, 'utf8')
    const actual = await verdictOf(testCase, properties)
    return { id: testCase.id, title: testCase.title, problems: differencesOf(testCase.expect, actual) }
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

async function verdictOf({ agent, env, systemProperties }: ConfigurationCase, properties: string): Promise<Verdict> {
  const definitions = Object.entries(systemProperties ?? {}).map(([key, value]) => `-D${key}=${value}`)
  const args = [entryPoint('cli'), 'validate', properties, '--name', agent, '--as-flume', '--json', ...definitions]
  const clean = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('FLUME_CASE_')))
  try {
    const { stdout } = await promisify(execFile)(process.execPath, args, { env: { ...clean, ...env }, maxBuffer: 64 * 1024 * 1024 })
    return JSON.parse(stdout) as Verdict
  } catch (error) {
    // Status 1 says that nothing would run; the verdict is printed all the same.
    const { stdout, code } = error as { stdout?: string; code?: number }
    if (code !== 1 || stdout === undefined) throw error
    return JSON.parse(stdout) as Verdict
  }
}

const sections = ['sources', 'channels', 'sinks', 'sinkgroups', 'configfilters']

/** Three marks, as the cases' README suggests: structure and parameters, errors, instantiated. */
export function differencesOf(expected: Verdict, actual: Verdict): string[] {
  const problems: string[] = []
  const compare = (what: string, a: unknown, b: unknown): void => {
    const [want, got] = [canonical(a), canonical(b)]
    if (want !== got) problems.push(`${what}: expected ${want} got ${got}`)
  }
  compare('structure', structure(expected), structure(actual))
  if (problems.length === 0) for (const [path, want, got] of componentPairs(expected, actual)) compare(path, want, got)
  const errors = (verdict: Verdict): string[] =>
    (verdict.errors ?? []).map(({ component, key, type, severity }) => JSON.stringify([component, key, type, severity])).sort()
  compare('errors', errors(expected), errors(actual))
  compare('instantiated', instantiated(expected), instantiated(actual))
  return problems
}

function structure(verdict: Verdict): unknown {
  if (verdict.parseFailure !== undefined) return 'parseFailure'
  const names = Object.fromEntries(sections.map((section) => [section, [...((verdict[section] as string[] | undefined) ?? [])].sort()]))
  return {
    valid: verdict.valid === true,
    ...(expectedAgents(verdict) && { agents: [...verdict.agents!].sort() }),
    ...(verdict.valid === true && names),
  }
}

const expectedAgents = (verdict: Verdict): boolean => verdict.agents !== undefined

function* componentPairs(expected: Verdict, actual: Verdict): Generator<[string, unknown, unknown]> {
  for (const [section, components] of Object.entries(expected.components ?? {})) {
    for (const [name, want] of Object.entries(components)) {
      const got = actual.components?.[section]?.[name] ?? {}
      const path = `${section}.${name}`
      if (section === 'sinkgroups')
        yield [
          path,
          { sinks: [...want.sinks!].sort(), processor: want.processor ?? {} },
          { sinks: [...(got.sinks ?? [])].sort(), processor: got.processor ?? {} },
        ]
      else if (want.stub !== undefined) yield [path, stub(want.stub), stub(got.stub ?? got.params ?? {})]
      else
        yield [
          path,
          section === 'sources' ? sourceParams(want.params!) : want.params,
          section === 'sources' ? sourceParams(got.params ?? {}) : got.params,
        ]
    }
  }
}

const stub = ({ type, channel, channels }: Params): unknown => ({
  type: type?.toLowerCase(),
  channel,
  channels: channels?.split(' ').sort(),
})

const sourceParams = (params: Params): unknown => ({ ...params, channels: params['channels']?.split(' ').sort() })

function instantiated({ parseFailure, instantiated: found }: Verdict): unknown {
  if (parseFailure !== undefined || found?.fatal !== undefined) return 'nothing runs'
  const runners = Object.entries(found?.sinkRunners ?? {}).map(([name, { processor, sinks }]) => [
    name,
    { processor, sinks: [...sinks].sort() },
  ])
  return {
    channels: [...(found?.channels ?? [])].sort(),
    sources: [...(found?.sources ?? [])].sort(),
    sinkRunners: Object.fromEntries(runners),
  }
}

/** JSON with sorted keys. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_, inner: unknown) =>
    inner !== null && typeof inner === 'object' && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  )
}
