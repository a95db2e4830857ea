// Random pipelines, dozens in one agent, in a real Flume and in Millrace: what each leaves must be the same, but for what a named rule changes.
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { runFilterCommand } from '../../../../src-main/agent/configuration/filter-command.ts'
import { asFlume } from '../../../../src-shared/flume/as-flume/as-flume.ts'
import buildOnce from '../../../driver/build-once.ts'
import { type Random, randomFrom } from '../../../driver/random.ts'
import { startFlumeAgent, startMillraceAgent } from '../../../interop/real-flume.ts'
import { setup } from '../../../interop/real-flume-setup.ts'
import { hdfsClassPathFile } from '../../../interop/real-hdfs.ts'
import { setup as setupHdfs } from '../../../interop/real-hdfs-setup.ts'
import { type CaseResult, resultLine } from '../../runner/report.ts'
import { hdfsPipeline } from './hdfs-pipelines.ts'
import { hopPipeline, selectorPipeline } from './link-pipelines.ts'
import { counterPipeline, execPipeline, groupPipeline, rollPipeline, udpPipeline } from './other-pipelines.ts'
import type { Action, Pipeline } from './pipeline.ts'
import { spooldirPipeline } from './spooldir-pipelines.ts'
import { taildirPipeline } from './taildir-pipelines.ts'
import { type Product, Side } from './two-sides.ts'

const makers: Readonly<Record<string, (random: Random) => Pipeline>> = {
  spooldir: spooldirPipeline,
  taildir: taildirPipeline,
  group: groupPipeline,
  exec: execPipeline,
  counter: counterPipeline,
  udp: udpPipeline,
  roll: rollPipeline,
  hop: hopPipeline,
  selector: selectorPipeline,
  hdfs: hdfsPipeline,
}

/** Pipelines of one agent. */
const perAgent = 80
/** Longer than what an idle source or sink of Flume's sleeps. */
const quietMs = 7000

interface RandomAgentsOptions {
  readonly count: number
  readonly seed: number
  /** Where what differs is described. */
  readonly keep: string | undefined
}

/** `kinds`: which pipelines, separated by commas; `all`. */
export function runRandomAgents(kinds: string): (options: RandomAgentsOptions) => Promise<readonly CaseResult[]> {
  const names = kinds === 'all' ? Object.keys(makers) : kinds.split(',')
  const unknown = names.find((name) => makers[name] === undefined)
  if (unknown !== undefined) throw new Error(`There are no random pipelines ${unknown}: ${Object.keys(makers).join(', ')}, all.`)
  return async ({ count, seed, keep }) => {
    setup()
    if (names.includes('hdfs')) setupHdfs()
    buildOnce()
    const results: CaseResult[] = []
    for (let from = 0; from < count; from += perAgent) {
      const pipelines = Array.from({ length: Math.min(perAgent, count - from) }, (_, index) =>
        made(names, randomFrom(Math.imul(seed, 1_000_003) + from + index)),
      )
      const restarts = randomFrom(seed + from).chance(0.5)
      for (const result of await compared(pipelines, { id: `${seed}-${from}`, restarts, keep })) {
        results.push(result)
        if (result.status !== 'ok') console.log(resultLine(result))
      }
    }
    return results
  }
}

function made(names: readonly string[], random: Random): Pipeline {
  for (;;) {
    const pipeline = makers[random.pick(names)]!(random)
    // The model's Flume has no Hadoop, without which any hdfs sink ends it.
    if (pipeline.kind === 'hdfs' || !endsTheAgent(pipeline)) return pipeline
  }
}

/** Whether Flume would run nothing because of it, the other pipelines neither. */
function endsTheAgent(pipeline: Pipeline): boolean {
  const side = new Side(tmpdir(), [pipeline], millraceProduct)
  const verdict = asFlume(Buffer.from(side.configuration()), {
    agent: 'a1',
    env: {},
    systemProperties: {},
    now: new Date(),
    runFilterCommand,
    keystoreOpens: () => false,
    isReadable: () => true,
  })
  return !('instantiated' in verdict) || 'fatal' in verdict.instantiated
}

async function compared(
  pipelines: readonly Pipeline[],
  { id, restarts, keep }: { readonly id: string; readonly restarts: boolean; readonly keep: string | undefined },
): Promise<CaseResult[]> {
  const root = mkdtempSync(join(tmpdir(), 'millrace-agents-'))
  const flume = new Side(join(root, 'f'), pipelines, pipelines.some(({ kind }) => kind === 'hdfs') ? flumeWithHadoop : flumeProduct)
  const millrace = new Side(join(root, 'm'), pipelines, millraceProduct)
  const sides = [flume, millrace]
  const started = performance.now()
  try {
    await Promise.all(sides.map((side) => runThrough(side, pipelines, restarts)))
  } finally {
    await Promise.all(sides.map((side) => side.stop()))
  }
  const ms = Math.round(performance.now() - started)
  const results = pipelines.map((pipeline, index): CaseResult => {
    const [wanted, had] = [flume.left(index), millrace.left(index)]
    const different = Object.keys(wanted).filter((key) => wanted[key] !== had[key])
    const about = { id: `${id}-${index}`, title: pipeline.kind, ms }
    if (different.length === 0) return { ...about, status: 'ok' }
    const rules = millrace.rules(index)
    const detail = different.map((key) => `${key}: ${firstDifference(wanted[key]!, had[key]!)}`).join('; ')
    if (keep !== undefined && rules.length === 0) {
      mkdirSync(keep, { recursive: true })
      writeFileSync(join(keep, `${id}-${index}.txt`), described(pipeline, [flume, millrace], index))
    }
    return { ...about, status: rules.length > 0 ? 'differs' : 'not ok', detail: rules.length > 0 ? `${rules.join(' ')} ${detail}` : detail }
  })
  if (keep !== undefined && results.some(({ status }) => status === 'not ok')) {
    writeFileSync(join(keep, `${id}-flume.log`), flume.log)
    writeFileSync(join(keep, `${id}-millrace.log`), millrace.log)
  }
  rmSync(root, { recursive: true, force: true })
  return results
}

const flumeStarts =
  (classPath: () => string[]): Product['start'] =>
  (file, home, port) =>
    startFlumeAgent('a1', file, port, [`-Duser.home=${home}`, '-XX:TieredStopAtLevel=1'], classPath())

const flumeProduct: Product = {
  start: flumeStarts(() => []),
  // Sources are started in the end, all of them at once.
  isStarted: (output) => /Starting Source /.test(output),
}

const flumeWithHadoop: Product = { ...flumeProduct, start: flumeStarts(() => [readFileSync(hdfsClassPathFile, 'utf8')]) }

const millraceProduct: Product = {
  start: (file, home, port) => startMillraceAgent('a1', file, join(home, 'millrace'), port),
  isStarted: (output) => output.length > 0,
}

async function runThrough(side: Side, pipelines: readonly Pipeline[], restarts: boolean): Promise<void> {
  const stages = Math.max(...pipelines.map((pipeline) => pipeline.stages.length))
  const hops = pipelines.some(({ kind }) => kind === 'hop')
  await side.prepare()
  side.start()
  await side.started()
  // A hop that was not there at first is tried again after 5 s, and its channel looked at after 5 s.
  await side.quiet(quietMs + (hops ? 5000 : 0))
  await side.endStage()
  for (let stage = 0; stage < stages; stage++) {
    if (restarts && stage === 0) await side.stop()
    await side.stage(stage)
    if (restarts && stage === 0) {
      side.start()
      await side.started()
    }
    await side.quiet(quietMs)
    await side.endStage()
  }
  await side.stop()
}

function firstDifference(wanted: string, had: string): string {
  let at = 0
  while (at < wanted.length && wanted[at] === had[at]) at++
  const from = Math.max(0, at - 30)
  return `at ${at} of ${wanted.length}/${had.length} Flume ${JSON.stringify(wanted.slice(from, at + 60))} Millrace ${JSON.stringify(had.slice(from, at + 60))}`
}

/** What a person needs to see of a pipeline that differs. */
function described(pipeline: Pipeline, [flume, millrace]: readonly Side[], index: number): string {
  const shown = (action: Action): string =>
    JSON.stringify(action, (_, inner: unknown) =>
      inner !== null && typeof inner === 'object' && 'type' in inner && inner.type === 'Buffer' && 'data' in inner
        ? Buffer.from(inner.data as number[]).toString('latin1')
        : inner,
    )
  return [
    ...pipeline.lines,
    ...pipeline.before.map(shown),
    ...pipeline.stages.flatMap((stage) => ['then', ...stage.map(shown)]),
    ...[flume!, millrace!].flatMap((side, which) => [
      which === 0 ? 'Flume:' : 'Millrace:',
      ...Object.entries(side.left(index)).map(([key, text]) => `${key}: ${text}`),
      side.said(index),
    ]),
    '',
  ].join('\n')
}
