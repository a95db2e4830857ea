import { appendFileSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { systemClock } from '../../src-main/clock.ts'
import { forkEngine } from '../../src-main/engine/fork-engine.ts'
import { type SupervisedEngine, superviseEngine } from '../../src-main/engine/supervise-engine.ts'
import { silentLogger } from '../../src-main/log.ts'
import { isAlive, startMillrace } from '../driver/millrace-process.ts'
import { temporaryFolder } from '../driver/temporary-folder.ts'
import { connectLinks, firstValue } from '../driver/test-engine.ts'
import { until } from '../driver/until.ts'

function supervised(workspace: string): SupervisedEngine {
  const engine = superviseEngine({ fork: () => forkEngine({ workspace, version: '0-test' }), clock: systemClock, log: silentLogger })
  onTestFinished(() => engine.stop())
  return engine
}

const pidOf = (engine: SupervisedEngine): number => (engine.state.state === 'ready' ? engine.state.pid! : 0)

/** Every line that file_roll wrote, over all its files. */
function written(folder: string): string[] {
  if (!existsSync(folder)) return []
  return readdirSync(folder)
    .sort((a, b) => Number(a.split('-')[1]) - Number(b.split('-')[1]))
    .flatMap((name) => readFileSync(join(folder, name), 'utf8').split('\n').slice(0, -1))
}

function tailToFiles(folder: string): { text: string; log: string; out: string } {
  const log = join(folder, 'in.log')
  const out = join(folder, 'out')
  mkdirSync(out)
  writeFileSync(log, '')
  const text = `a1.sources = r1
a1.channels = c1
a1.sinks = k1
a1.sources.r1.type = TAILDIR
a1.sources.r1.filegroups = g1
a1.sources.r1.filegroups.g1 = ${log}
a1.sources.r1.channels = c1
a1.channels.c1.type = sqlite
a1.sinks.k1.type = file_roll
a1.sinks.k1.sink.directory = ${out}
a1.sinks.k1.channel = c1
`
  return { text, log, out }
}

test('an engine that is killed is started again, goes on where it was, and loses no line', async () => {
  const folder = temporaryFolder()
  const engine = supervised(join(folder, 'workspace'))
  await engine.ready()
  const connection = connectLinks(() => engine.openLink())
  const { text, log, out } = tailToFiles(folder)
  const { id } = await connection.engine.pipelines.create({ name: 'tail', text })
  await connection.engine.pipelines.start({ id })
  const lines: string[] = []
  const append = (count: number): void => {
    const more = Array.from({ length: count }, (_, index) => `line ${lines.length + index}`)
    lines.push(...more)
    appendFileSync(log, `${more.join('\n')}\n`)
  }
  append(1000)
  await until('some lines are out', () => written(out).length > 0)
  for (let kills = 0; kills < 3; kills++) {
    append(500)
    const killed = pidOf(engine)
    process.kill(killed, 'SIGKILL')
    append(500)
    await until('another engine is ready', () => engine.state.state === 'ready' && pidOf(engine) !== killed)
  }
  const overview = await firstValue(connection.engine.workspace.overview(), (value) => value.recovered !== undefined)
  expect(overview.recovered).toContain('tail')
  await until('every line is out', () => new Set(written(out)).size === lines.length)
  // At least once: a line may come twice where the kill fell between delivery and its commit; none is missing, none is torn.
  expect([...new Set(written(out))].sort()).toEqual([...lines].sort())
})

test('the window’s subscriptions go on after the engine was killed', async () => {
  const folder = temporaryFolder()
  const engine = supervised(join(folder, 'workspace'))
  const connection = connectLinks(() => engine.openLink())
  const pids: number[] = []
  connection.subscribe((client) => client.workspace.overview(), { value: ({ pid }) => void (pids.includes(pid) || pids.push(pid)) })
  await until('the first engine has answered', () => pids.length === 1)
  process.kill(pids[0]!, 'SIGKILL')
  await until('the second engine has answered', () => pids.length === 2)
})

test('everything killed at once and started again: the pipeline runs again and nothing is lost', async () => {
  const folder = temporaryFolder()
  const workspace = join(folder, 'workspace')
  const { text, log, out } = tailToFiles(folder)
  const first = supervised(workspace)
  await first.ready()
  const { engine: client } = connectLinks(() => first.openLink())
  const { id } = await client.pipelines.create({ name: 'tail', text })
  await client.pipelines.start({ id })
  await first.stop()

  // A wanted pipeline starts with the engine; then face and engine are killed together.
  const serve = startMillrace(['serve', '--no-open', '--workspace', workspace])
  await until('the face is up', () => serve.stdout().includes('http://'))
  appendFileSync(log, 'one\ntwo\n')
  await until('the lines are out', () => written(out).length === 2)
  const enginePid = Number(readFileSync(join(workspace, 'workspace.lock.pid'), 'utf8'))
  process.kill(enginePid, 'SIGKILL')
  process.kill(serve.pid, 'SIGKILL')
  appendFileSync(log, 'three\n')
  await serve.exited

  const again = startMillrace(['serve', '--no-open', '--workspace', workspace])
  await until('the new line is out', () => written(out).includes('three'))
  expect(new Set(written(out))).toEqual(new Set(['one', 'two', 'three']))
  again.child.kill('SIGTERM')
  expect(await again.exited).toBe(0)
})

test('an engine whose parent is gone stops, and gives the workspace back', async () => {
  const workspace = join(temporaryFolder(), 'workspace')
  const serve = startMillrace(['serve', '--no-open', '--workspace', workspace])
  await until('the face is up', () => serve.stdout().includes('http://'))
  const enginePid = Number(readFileSync(join(workspace, 'workspace.lock.pid'), 'utf8'))
  expect(isAlive(enginePid)).toBe(true)
  process.kill(serve.pid, 'SIGKILL')
  await serve.exited
  await until('the engine is gone', () => !isAlive(enginePid))
})

test('a second engine on a workspace is refused with the one that has it and what to do', async () => {
  const workspace = join(temporaryFolder(), 'workspace')
  const engine = supervised(workspace)
  await engine.ready()
  const second = startMillrace(['serve', '--no-open', '--workspace', workspace])
  expect(await second.exited).toBe(1)
  expect(second.stderr()).toContain(`is in use by another engine (process ${pidOf(engine)})`)
  expect(second.stderr()).toContain('--workspace')
})

test('a workspace that cannot be used is refused with a sentence, and left as it is', async () => {
  const file = join(temporaryFolder(), 'a-file')
  writeFileSync(file, 'not a folder')
  const { exited, stderr } = startMillrace(['serve', '--no-open', '--workspace', file])
  expect(await exited).toBe(1)
  expect(stderr()).toContain(`The workspace ${file} cannot be used`)
  expect(readFileSync(file, 'utf8')).toBe('not a folder')
})
