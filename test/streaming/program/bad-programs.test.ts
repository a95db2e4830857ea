// Programs that do what a program must not: each ends contained, with a sentence that says what, where and what to do.
import { readdirSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { formatFailure } from '../../../src-shared/streaming/program-failure.ts'
import { programBench } from '../../driver/program-bench.ts'

test('a syntax error is located: file, line, column and the source line', async () => {
  using bench = programBench({ source: 'const a = 1\nfunction f( {\n  return a +\n}\n' })
  bench.program.start()
  const { phase, failure } = await bench.program.ended
  expect(phase).toBe('failed')
  expect(failure).toMatchObject({ kind: 'syntax', where: { file: bench.file, line: 3, column: 10, sourceLine: '  return a +' } })
  expect(failure?.sentence).toMatch(/does not compile: Expected ','.*Correct the line and save/)
  expect(formatFailure(failure!)).toContain(`${bench.file}:3:10\n      return a +\n             ^\n`)
})

test('an error that only the compiler finds after stripping is located as well', async () => {
  using bench = programBench({ source: "const y: string = 'a'\n\nconst y = 3\n" })
  bench.program.start()
  const { failure } = await bench.program.ended
  expect(failure).toMatchObject({ kind: 'syntax', where: { line: 3, column: 7, sourceLine: 'const y = 3' } })
})

test('TypeScript that must be compiled is refused with what to write instead', async () => {
  using bench = programBench({ source: 'enum Color { Red }\nconsole.log(Color.Red)\n' })
  bench.program.start()
  const { failure } = await bench.program.ended
  expect(failure).toMatchObject({ kind: 'syntax', where: { line: 1, column: 1 } })
  expect(failure?.sentence).toContain('an object instead of an enum')
})

test('a name that the API does not have is located at its import', async () => {
  using bench = programBench({ source: "import { nothingOfThatName } from 'millrace'\nnothingOfThatName()\n" })
  bench.program.start()
  const { failure } = await bench.program.ended
  expect(failure).toMatchObject({ kind: 'load', where: { line: 1, column: 10 } })
  expect(failure?.sentence).toContain("does not provide an export named 'nothingOfThatName'")
})

test('a missing import says what to install or correct', async () => {
  using bench = programBench({ source: "import './gone.ts'\n" })
  bench.program.start()
  const { failure } = await bench.program.ended
  expect(failure?.kind).toBe('load')
  expect(failure?.sentence).toMatch(/Cannot find module .*gone\.ts.*Correct the import/)
})

test('a throw at the top of the file is located in the file that threw, not in the one that imported it', async () => {
  using bench = programBench({
    source: "import { parse } from './lib/parse.ts'\nparse('x')\n",
    files: { 'lib/parse.ts': 'export function parse(text: string): number {\n  throw new RangeError(`no number: ${text}`)\n}\n' },
  })
  bench.program.start()
  const { failure } = await bench.program.ended
  expect(failure).toMatchObject({ kind: 'load', where: { line: 2, column: 9, sourceLine: '  throw new RangeError(`no number: ${text}`)' } })
  expect(failure?.where?.file).toMatch(/lib\/parse\.ts$/)
})

test('an exception outside of any batch ends the program with its place', async () => {
  using bench = programBench({
    source: "setTimeout(() => {\n  throw new Error('late')\n}, 1)\nawait new Promise(() => setInterval(() => {}, 1000))\n",
  })
  bench.program.start()
  const { failure } = await bench.program.ended
  expect(failure).toMatchObject({ kind: 'threw', sentence: 'Error: late', where: { line: 2, column: 9 } })
})

test('an unhandled rejection ends the program with its place', async () => {
  using bench = programBench({ source: "void Promise.reject(new Error('unseen'))\nawait new Promise(() => setInterval(() => {}, 1000))\n" })
  bench.program.start()
  const { failure } = await bench.program.ended
  expect(failure).toMatchObject({ sentence: expect.stringContaining('unseen'), where: { line: 1 } })
})

test('process.exit says which exit code, and how a program should end', async () => {
  using bench = programBench({ source: 'process.exit(3)\n' })
  bench.program.start()
  const { failure } = await bench.program.ended
  expect(failure).toEqual({
    kind: 'exit',
    sentence: 'The program ended its own process with exit code 3. A stream program ends by ssc.stop().',
  })
})

test('a top-level await of what never comes is a running program until it is stopped', async () => {
  using bench = programBench({ source: "console.log('begun')\nawait new Promise(() => {})\n" })
  bench.program.start()
  await expect.poll(bench.printed, { timeout: 20_000 }).toBe('begun\n')
  await bench.program.stop()
  expect(bench.program.state).toMatchObject({ phase: 'stopped' })
  expect(bench.program.state.failure).toBeUndefined()
})

test('a program that kills itself is told from one that we killed', async () => {
  using bench = programBench({ source: "process.kill(process.pid, 'SIGKILL')\nawait new Promise(() => {})\n" })
  bench.program.start()
  const { failure } = await bench.program.ended
  expect(failure?.kind).toBe('killed')
  expect(failure?.sentence).toContain('SIGKILL')
})

test('a native crash ends only its own process', async () => {
  using bench = programBench({ source: 'process.abort()\n' })
  bench.program.start()
  const { failure } = await bench.program.ended
  expect(failure).toMatchObject({ kind: 'crash', sentence: expect.stringContaining('SIGABRT') })
})

test('a heap without end reaches the limit and is reported as memory', async () => {
  using bench = programBench({ source: 'const kept: object[] = []\nfor (;;) kept.push({ a: kept.length, b: [1, 2, 3] })\n', memoryMb: 64 })
  bench.program.start()
  const { failure } = await bench.program.ended
  expect(failure).toMatchObject({ kind: 'memory', sentence: expect.stringMatching(/heap reached its limit.*--memory/) })
})

test('Uint8Arrays without end, which lie outside the heap, are reported as memory', async () => {
  using bench = programBench({
    source: 'const kept: Uint8Array[] = []\nfor (;;) kept.push(new Uint8Array(8 << 20).fill(1))\n',
    memoryMb: 64,
  })
  bench.program.start()
  const { failure } = await bench.program.ended
  expect(failure).toMatchObject({ kind: 'memory', sentence: expect.stringMatching(/took \d+ MiB of memory, more than its limit/) })
  expect(bench.printed()).not.toContain('millrace')
})

for (const [what, statement] of [
  ['computes for ever', 'for (;;);'],
  ["sits in execSync('sleep 60')", "execSync('sleep 60')"],
] as const) {
  test(`a program that ${what} is seen not to answer, and stop kills it and what it started`, async () => {
    using bench = programBench({
      source: `import { execSync } from 'node:child_process'\nconsole.log('begun', process.pid)\nsetTimeout(() => { ${statement} }, 50)\nawait new Promise(() => setInterval(() => {}, 1000))\n`,
      stopGraceMs: 200,
    })
    bench.program.start()
    await expect.poll(bench.printed, { timeout: 20_000 }).toContain('begun')
    const pid = Number(bench.printed().split(' ')[1])
    await expect.poll(() => bench.program.busyMs, { timeout: 20_000 }).toBeGreaterThan(1000)
    await bench.program.stop()
    expect(bench.program.state).toMatchObject({
      phase: 'stopped',
      failure: { kind: 'stopped', sentence: expect.stringContaining('0.2 s') },
    })
    expect(livingInGroup(pid)).toEqual([])
  })
}

test('a failing program is started again with growing delays, then left alone', async () => {
  using bench = programBench({
    source: "console.log('try')\nprocess.exit(1)\n",
    restart: { maxFailures: 3, firstDelayMs: 1, longestDelayMs: 10 },
  })
  bench.program.start()
  const state = await bench.program.ended
  expect(state).toMatchObject({ phase: 'failed', failures: 3, failure: { kind: 'exit' } })
  expect(bench.printed()).toBe('try\ntry\ntry\n')
})

test('a process that the system does not give is a failure like another, and tried again', async () => {
  let tried = 0
  const spawn = (): never => {
    tried++
    throw new Error('spawn ENOMEM')
  }
  using bench = programBench({ source: '', spawn, restart: { maxFailures: 2, firstDelayMs: 1, longestDelayMs: 1 } })
  bench.program.start()
  expect(await bench.program.ended).toMatchObject({
    phase: 'failed',
    failures: 2,
    failure: { kind: 'crash', sentence: "The program's process could not be started: spawn ENOMEM." },
  })
  expect(tried).toBe(2)
})

test('a program that does not compile is not tried again until someone starts it', async () => {
  using bench = programBench({ source: 'let a = ;\n', restart: { maxFailures: 3, firstDelayMs: 1, longestDelayMs: 10 } })
  bench.program.start()
  expect(await bench.program.ended).toMatchObject({ phase: 'failed', failures: 1 })
})

test('nothing that a program prints is lost, also right before its end and behind a slow reader', async () => {
  using bench = programBench({
    source:
      "for (let line = 0; line < 20_000; line++) console.log(`line ${line} ${'x'.repeat(80)}`)\nprocess.stderr.write('last words')\nprocess.exit(2)\n",
  })
  bench.program.start()
  await bench.program.ended
  const lines = bench.printed().split('\n')
  expect(lines.filter((line) => line.startsWith('line '))).toHaveLength(20_000)
  expect(bench.printed()).toContain('last words')
})

test('recorded texts run instead of what the files hold now, also for a file that is gone', async () => {
  using bench = programBench({
    source: "console.log('new')\n",
    recorded: {
      'program.ts': "import { word } from './gone/word.ts'\nconsole.log(word)\n",
      'gone/word.ts': "export const word: string = 'old'\n",
    },
  })
  bench.program.start()
  await bench.program.ended
  expect(bench.printed()).toBe('old\n')
})

/** Command names of the processes of a process group, without those that have ended and were not collected yet. */
function livingInGroup(group: number): string[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((pid) => {
      try {
        const [, command, state, , pgrp] = /^\d+ \((.*)\) (\S) (\d+) (\d+)/.exec(readFileSync(`/proc/${pid}/stat`, 'utf8')) ?? []
        return Number(pgrp) === group && state !== 'Z' ? [command!] : []
      } catch {
        return [] // it ended while we looked
      }
    })
}
