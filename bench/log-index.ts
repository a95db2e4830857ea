// log-index: how fast a log is indexed and searched, against reading the same bytes and doing nothing with them.
import { closeSync, openSync, readSync, rmSync, statSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { systemClock } from '../src-main/clock.ts'
import { accessLogLine, seededRandom } from '../src-main/engine/demo/access-log.ts'
import { LogFile } from '../src-main/engine/log-index/log-file.ts'
import { LogSearch } from '../src-main/engine/log-index/log-search.ts'
import type { LogQuery } from '../src-shared/contract/logs.ts'
import type { Bench } from './runner/bench.ts'

const bytes = 512 * 1024 * 1024

export const bench: Bench = {
  summary:
    'An access log of 512 MiB, from the page cache, one thread: newline index, literal and regular-expression search; baseline: bare reads of 4 MiB.',
  unit: 'MB/s',
  variants: {
    'bare read': ({ scratch }) => Promise.resolve(rate(() => bareRead(logIn(scratch)))),
    index: async ({ scratch }) => await rateOf(() => index(logIn(scratch))),
    'search, literal': async ({ scratch }) => await rateOf(() => search(logIn(scratch), 'no such text', false)),
    'search, regular expression': async ({ scratch }) => await rateOf(() => search(logIn(scratch), '" 50[0-9] \\d+ "-" "curl', true)),
  },
  ratios: [
    { name: 'index against bare read', of: 'index', against: 'bare read' },
    { name: 'literal search against bare read', of: 'search, literal', against: 'bare read' },
  ],
}

let made: string | undefined

/** One file for all rounds, beside the rounds' own folders. */
function logIn(scratch: string): string {
  if (made === undefined) {
    made = writeLog(join(scratch, '..', `millrace-bench-${process.pid}.log`))
    process.on('exit', () => rmSync(made!, { force: true }))
  }
  return made
}

function writeLog(path: string): string {
  const random = seededRandom(1)
  const block = Array.from({ length: 50_000 }, (_, line) => `${accessLogLine(1_700_000_000_000 + line * 40, random)}\n`).join('')
  const file = openSync(path, 'w')
  for (let written = 0; written < bytes; ) written += writeSync(file, block)
  closeSync(file)
  return path
}

function rate(work: () => void): number {
  const begun = performance.now()
  work()
  return bytes / 1e3 / (performance.now() - begun)
}

async function rateOf(work: () => Promise<number>): Promise<number> {
  const begun = performance.now()
  return (await work()) / 1e3 / (performance.now() - begun)
}

function bareRead(path: string): void {
  const file = openSync(path, 'r')
  const buffer = Buffer.allocUnsafeSlow(4 * 1024 * 1024)
  while (readSync(file, buffer, 0, buffer.length, null) > 0);
  closeSync(file)
}

async function index(path: string): Promise<number> {
  const { size } = statSync(path)
  const close = new AbortController()
  let log: LogFile | undefined
  await new Promise<void>((resolve, reject) => {
    const changed = (): void => {
      if (log?.length.indexedBytes === size) resolve()
    }
    LogFile.open({ path, clock: systemClock, changed, signal: close.signal }).then((opened) => {
      log = opened
      changed()
    }, reject)
  })
  close.abort()
  return size
}

async function search(path: string, text: string, regex: boolean): Promise<number> {
  const { dev, ino, size } = statSync(path)
  const query: LogQuery = { text, regex, caseSensitive: true, wholeWord: false }
  const running = await LogSearch.open(path, `${dev}:${ino}`, query)
  await running.advance(size, () => {})
  await running.close()
  return size
}
