// `millrace stream` and `millrace batch` as a person uses them, on the built command and the example program.
import { execFileSync, spawn } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { entryPoint } from '../../src-main/entry-point.ts'
import { type LogBench, logBench } from '../driver/log-bench.ts'

const statusCount = join(import.meta.dirname, '../../examples/status-count.ts')
let folder: string
let log: LogBench

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'millrace-stream cli-'))
  log = await logBench(folder)
})

afterAll(async () => {
  await log.channel.stop()
  rmSync(folder, { recursive: true, force: true })
})

interface Command {
  readonly out: () => string
  readonly err: () => string
  readonly pid: number
  readonly ended: Promise<number | string>
}

function millrace(...args: readonly string[]): Command {
  const child = spawn(process.execPath, [entryPoint('cli'), ...args], {
    cwd: folder,
    env: { ...process.env, MILLRACE_WORKSPACE: join(folder, 'workspace') },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const texts = { stdout: '', stderr: '' }
  for (const name of ['stdout', 'stderr'] as const) child[name].setEncoding('utf8').on('data', (text: string) => (texts[name] += text))
  return {
    out: () => texts.stdout,
    err: () => texts.stderr,
    pid: child.pid!,
    ended: new Promise((resolve) => child.once('close', (code, signal) => resolve(code ?? signal!))),
  }
}

const line = (status: number): string => `10.0.0.1 - - [22/Nov/2026:22:00:00 +0000] "GET / HTTP/1.1" ${status} 512 "-" "curl/8"`

test('the example counts status codes, is stopped by SIGTERM, and its batches can be listed, shown and replayed', async () => {
  await log.put([line(200), line(404), line(200), 'no access log'])
  const stream = millrace('stream', statusCount, '--channel', 'c1')
  await expect.poll(stream.out).toMatch(/^-{43}\nTime: \d{13} ms\n-{43}\n\(200,2\)\n\(404,1\)\n\(none,1\)\n\n/)
  await expect.poll(() => log.channel.cursors().some((cursor) => cursor.kind === 'stream')).toBe(true)
  process.kill(stream.pid, 'SIGTERM')
  expect(await stream.ended).toBe(0)
  expect(stream.err()).toBe('')

  const list = millrace('batch', 'list', statusCount, '--json')
  expect(await list.ended).toBe(0)
  const batches = JSON.parse(list.out()) as { id: string; records: number; status: string }[]
  const { id } = batches.find((batch) => batch.records === 4)!
  expect(id).toMatch(/^status-count-[0-9a-f]{8}\/\d{13}$/)

  const table = millrace('batch', 'list')
  await table.ended
  expect(table.out()).toContain(id)

  const show = millrace('batch', 'show', id)
  await show.ended
  expect(show.out()).toContain('channel c1: events 0 to 3 (4)')
  expect(show.out()).toContain('    > (404,1)')

  const replay = millrace('batch', 'replay', id)
  expect(await replay.ended).toBe(0)
  expect(replay.out()).toContain('(200,2)\n(404,1)\n(none,1)\n')
  expect(replay.out()).toContain('The same output as before.')
})

test('a batch that is shown says which lines a format could not read, and what alerted', async () => {
  const program = `import { milliseconds, StreamingContext } from 'millrace'
const ssc = new StreamingContext({ appName: 'x', batchDuration: milliseconds(50) })
const requests = ssc.channelStream('c1').structured().parse('combined')
requests.alert({ name: 'failed', when: (row) => row.status.ge(500), message: '{path} gave {status}' })
requests.print()
ssc.start()
await ssc.awaitTermination()
`
  writeFileSync(join(folder, 'alerting.ts'), program)
  await log.put([line(200), line(503), 'no access log'])
  const stream = millrace('stream', 'alerting.ts', '--channel', 'c1')
  await expect.poll(stream.err).toContain('ALERT warning failed: / gave 503\n')
  process.kill(stream.pid, 'SIGTERM')
  expect(await stream.ended).toBe(0)

  const list = millrace('batch', 'list', 'alerting.ts', '--json')
  await list.ended
  const batch = (JSON.parse(list.out()) as { id: string; records: number }[]).find(({ records }) => records > 0)!
  expect(batch).toMatchObject({ alertsRaised: expect.any(Number), rowsLeftOut: expect.any(Number) })
  const show = millrace('batch', 'show', batch.id)
  await show.ended
  expect(show.out()).toMatch(
    /^parse at alerting\.ts:3: (\d+) in, .*\n(?: {4}[<>] .*\n)+ {2}left out \d+: there is no \[time\] after the user\n {4}< no access log\n/m,
  )
  expect(show.out()).toMatch(/^Output alert at alerting\.ts:4: completed, .*\n {4}ALERT warning failed: \/ gave 503\n/m)
})

test('a program that fails ends with 1, its place, the line and what to do', async () => {
  writeFileSync(join(folder, 'broken.ts'), 'const a = 1\nconst b = (a;\nconsole.log(b)\n')
  const stream = millrace('stream', 'broken.ts')
  expect(await stream.ended).toBe(1)
  expect(stream.err()).toMatch(/^\/.*broken\.ts:2:13\n {4}const b = \(a;\n {16}\^\nThe program does not compile: /)
})

test('a batch that fails on a record says so while the program ends', async () => {
  const program = `import { milliseconds, StreamingContext } from 'millrace'
const ssc = new StreamingContext({ appName: 'x', batchDuration: milliseconds(50) })
ssc.channelStream('c1').text().map((text) => JSON.parse(text)).print()
ssc.start()
await ssc.awaitTermination()
`
  writeFileSync(join(folder, 'poison.ts'), program)
  const stream = millrace('stream', 'poison.ts', '--channel', 'c1', '--max-failures', '1')
  expect(await stream.ended).toBe(1)
  expect(stream.err()).toMatch(
    /The batch poison-[0-9a-f]{8}\/\d+ failed: .*poison\.ts:3:\d+; the record: .*Its range is kept and runs again/,
  )
  expect(stream.err()).toMatch(/poison\.ts:3:\d+\n.*JSON\.parse.*\n +\^\nSyntaxError: .*\nrecord: 10\.0\.0\.1 - -/)
})

test('two runs of one stream: the second ends with a sentence', async () => {
  const first = millrace('stream', statusCount, '--channel', 'c1', '--work-dir', 'one')
  await expect.poll(first.out).toContain('Time:')
  const second = millrace('stream', statusCount, '--channel', 'c1', '--work-dir', 'one')
  expect(await second.ended).toBe(1)
  expect(second.err()).toContain(`is run by another process (pid ${first.pid})`)
  process.kill(first.pid, 'SIGINT')
  expect(await first.ended).toBe(0)
})

test('killed with its program at work, a stream leaves no process behind', async () => {
  const source = `import { execSync } from 'node:child_process'
console.log('program', process.pid)
setTimeout(() => execSync('sleep 60'), 100)
await new Promise(() => {})
`
  writeFileSync(join(folder, 'sleeper.ts'), source)
  const stream = millrace('stream', 'sleeper.ts')
  await expect.poll(stream.out).toMatch(/program \d+/)
  const pid = Number(stream.out().split(' ')[1])
  process.kill(stream.pid, 'SIGKILL')
  await expect.poll(() => living(pid)).toEqual([])
})

test('usage errors end with 2, unknown things with a sentence', async () => {
  for (const args of [
    ['stream'],
    ['stream', 'gone.ts'],
    ['stream', statusCount, '--memory', 'x'],
    ['batch', 'show', 'x'],
    ['batch', 'list', '--limit', '0'],
  ]) {
    expect(await millrace(...args).ended, args.join(' ')).toBe(2)
  }
  const noChannel = millrace('stream', statusCount, '--channel', 'nowhere')
  expect(await noChannel.ended).toBe(1)
  expect(noChannel.err()).toContain('There is no durable channel in')
  const unnamed = millrace('stream', statusCount, '--work-dir', 'two')
  expect(await unnamed.ended).toBe(1)
  expect(unnamed.err()).toContain('this stream was given no channel. Name one with --channel DIR')
  const unknown = millrace('batch', 'show', 'status-count-00000000/17')
  expect(await unknown.ended).toBe(1)
  expect(unknown.err()).toContain('No batches are recorded in')
})

test('--help says what comes where and which exit codes there are', () => {
  for (const command of ['stream', 'batch']) {
    const help = execFileSync(process.execPath, [entryPoint('cli'), command, '--help'], { encoding: 'utf8' })
    expect(help).toMatch(/Exit codes?: 0 /)
  }
})

/** Processes of the group that have not ended. */
function living(group: number): string[] {
  const processes = execFileSync('sh', ['-c', 'cat /proc/[0-9]*/stat 2>/dev/null || true'], { encoding: 'utf8' })
  return processes.split('\n').filter((stat) => {
    const [, state, , pgrp] = /\) (\S) (\d+) (\d+)/.exec(stat) ?? []
    return Number(pgrp) === group && state !== 'Z'
  })
}

test.each([
  ['', 'is a folder. Name the .ts file in it.'],
  ['notes.txt', 'is no program: its name must end in .ts or .js. Nothing of it was run.'],
  ['none.ts', 'There is no program'],
])('%j instead of a program is one sentence and exit code 2', async (name, sentence) => {
  writeFileSync(join(folder, 'notes.txt'), 'process.exit(0)\n')
  const stream = millrace('stream', join(folder, name))
  expect([await stream.ended, stream.err()]).toEqual([2, expect.stringContaining(sentence)])
})
