// What a person does: `npm start -- --demo`, and then the machine loses every process of it at once, at any moment. After each start it
// goes on where it was; in the end a ledger of every line and of every batch's range is drawn up.
import { execFileSync, spawn } from 'node:child_process'
import { appendFileSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterAll, expect, test } from 'vitest'
import type { BatchRecord, BatchSummary } from '../../src-shared/contract/streams.ts'
import { until } from '../driver/until.ts'
import { killAll, processesOf } from './process-tree.ts'

const root = join(import.meta.dirname, '..', '..')
const kills = Number(process.env['KILLS'] ?? 10)
const folder = mkdtempSync(join(tmpdir(), 'millrace kills '))
const workspace = join(folder, 'workspace')
const log = join(workspace, 'demo', 'access.log')
const out = join(workspace, 'demo', 'out')
const started: number[] = []

afterAll(() => {
  for (const pid of started) killAll(processesOf(pid, workspace))
  rmSync(folder, { recursive: true, force: true })
})

function start(): number {
  const args = ['src-main/app/start/start.ts', '--browser', '--demo', '--workspace', workspace]
  const child = spawn(process.execPath, args, {
    cwd: root,
    detached: true,
    stdio: ['ignore', 'ignore', 'inherit'],
    env: { ...process.env, DISPLAY: '' },
  })
  child.unref()
  started.push(child.pid!)
  return child.pid!
}

/** file_roll's files in the order in which they were made. */
function outFiles(): string[] {
  if (!existsSync(out)) return []
  const number = (name: string): number[] => name.split('-').map(Number)
  return readdirSync(out).sort((a, b) => number(a)[0]! - number(b)[0]! || number(a)[1]! - number(b)[1]!)
}

const outBytes = (): number => outFiles().reduce((sum, name) => sum + statSync(join(out, name)).size, 0)
const outText = (): string =>
  outFiles()
    .map((name) => readFileSync(join(out, name), 'utf8'))
    .join('')

const streamFolder = (): string =>
  join(workspace, 'state', readdirSync(join(workspace, 'state')).find((name) => name.startsWith('stream-'))!)

/** What the stream wrote down of its batches before they ran: the truth. Records for looking at are written a moment after a batch has ended. */
function plannedRanges(): { from: number; until: number }[] {
  const database = new DatabaseSync(join(streamFolder(), 'stream.db'), { readOnly: true })
  try {
    const all = 'SELECT from_ordinal AS "from", until_ordinal AS until FROM range ORDER BY time'
    return database.prepare(all).all() as { from: number; until: number }[]
  } finally {
    database.close()
  }
}

function batchCommand(...args: readonly string[]): unknown {
  const all = [join(root, 'out', 'node', 'cli.js'), 'batch', ...args, '--work-dir', streamFolder(), '--json']
  return JSON.parse(execFileSync(process.execPath, all, { encoding: 'utf8', maxBuffer: 1 << 28 }))
}

test(`everything that \`npm start -- --demo\` started is killed ${kills} times at random moments: no line is lost, and batches follow one another without gap or overlap`, async () => {
  let killed = 0
  for (let round = 0; round < kills; round++) {
    const before = outBytes()
    const pid = start()
    const more = Math.random() * 20_000
    await until('the output grows', () => outBytes() > before + more, 120_000)
    killed += killAll(processesOf(pid, workspace))
    await until('the killed processes are gone', () => processesOf(pid, workspace).length === 0)
  }

  const last = start()
  const sentinel = `sentinel-${Math.random().toString(36).slice(2)}`
  await until('the log is there', () => outBytes() > 0 && existsSync(log), 120_000)
  appendFileSync(log, `${sentinel}\n`)
  await until('the last line is delivered', () => outText().includes(`${sentinel}\n`), 120_000)
  process.kill(last, 'SIGTERM')
  await until('everything has stopped', () => processesOf(last, workspace).length === 0)

  const wanted = linesUntil(readFileSync(log, 'utf8'), sentinel)
  const got = linesUntil(outText(), sentinel)
  const ledger = compare(wanted, got)
  const ids = (batchCommand('list', '--limit', '1000000') as BatchSummary[]).map((batch) => batch.id).reverse()
  const recorded = ids.map((id) => batchCommand('show', id) as BatchRecord).flatMap((batch) => batch.ranges)
  const ranges = plannedRanges()
  console.log(
    `${kills} kills of ${killed} processes: ${wanted.length} lines written, ${got.length} delivered, ${ledger.duplicates} duplicates, ${ledger.lost} lost, ${ledger.unknown} unknown; ${ids.length} batches, ordinals ${ranges[0]?.from} to ${ranges.at(-1)?.until}`,
  )
  expect(killed).toBeGreaterThanOrEqual(kills * 2)
  expect(ledger).toMatchObject({ lost: 0, unknown: 0 })
  // At least once: a line may come again only when its transaction was under way at a kill.
  expect(ledger.repeats).toBeLessThanOrEqual(kills)
  expect(ranges[0]?.from).toBe(0)
  const broken = ranges.filter((range, index) => index > 0 && range.from !== ranges[index - 1]!.until)
  expect(broken).toEqual([])
  const planned = new Set(ranges.map(({ from, until }) => `${from} ${until}`))
  expect(recorded.filter(({ from, until }) => !planned.has(`${from} ${until}`))).toEqual([])
  expect(recorded.length).toBeGreaterThan(0)
  expect(new Set(ids).size).toBe(ids.length)
})

function linesUntil(text: string, sentinel: string): string[] {
  return text.slice(0, text.indexOf(sentinel)).split('\n').slice(0, -1)
}

/** `repeats`: runs of lines that came again. */
function compare(
  wanted: readonly string[],
  got: readonly string[],
): { lost: number; unknown: number; duplicates: number; repeats: number } {
  const left = new Map<string, number>()
  for (const line of wanted) left.set(line, (left.get(line) ?? 0) + 1)
  let unknown = 0
  let duplicates = 0
  let repeats = 0
  let repeating = false
  for (const line of got) {
    const count = left.get(line)
    const again = count !== undefined && count <= 0
    if (count === undefined) unknown++
    else if (again) duplicates++
    if (again && !repeating) repeats++
    repeating = again
    if (count !== undefined) left.set(line, count - 1)
  }
  const lost = [...left.values()].filter((count) => count > 0).reduce((sum, count) => sum + count, 0)
  return { lost, unknown, duplicates, repeats }
}
