// An agent `taildir → sqlite → file_roll` is killed with SIGKILL again and again while a log is being written, and nothing is lost.
// MILLRACE_KILLS=200 npx vitest run test/crash/agent-kill.test.ts   does it more often.
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { GrowingLog } from '../driver/growing-log.ts'
import { KilledAgent } from '../driver/killed-agent.ts'
import { randomFrom } from '../driver/random.ts'

const kills = Number(process.env['MILLRACE_KILLS'] ?? 12)

test(`after ${kills} kills every line that was written is in the output once and whole, and a restart goes on where it was`, {
  timeout: 60_000 + kills * 15_000,
}, async () => {
  const folder = mkdtempSync(join(tmpdir(), 'millrace-kill-'))
  const log = new GrowingLog(join(folder, 'in'), (number) => `line ${number} ${'x'.repeat(100)}`)
  const output = join(folder, 'out')
  mkdirSync(output)
  const agent = new KilledAgent(folder, agentText(log.folder, output))
  const random = randomFrom(20240101)
  agent.start()
  for (let kill = 0; kill < kills; kill++) {
    // Written in bursts between the kills, so that a kill meets reading, committing and writing.
    const until = performance.now() + 150 + random.below(700)
    const before = written(output)
    while (performance.now() < until || (kill % 4 === 0 && written(output) === before)) {
      log.write(1 + random.below(2000))
      if (random.chance(0.02)) log.rotate()
      await pause(random.below(10))
    }
    await agent.end('SIGKILL')
    agent.start()
  }
  const wanted = log.lines
  await reaches(() => numbersIn(output).size >= wanted || !agent.runs)
  const status = await agent.end('SIGTERM')
  log.close()
  const numbers = numbersIn(output)
  const missing = Array.from({ length: wanted }, (_, number) => number).filter((number) => !numbers.has(number))
  const duplicates = [...numbers.values()].reduce((sum, count) => sum + count - 1, 0)
  process.stdout.write(
    `kills ${kills}, lines ${wanted}, missing ${missing.length}, duplicates ${duplicates}; files cut ${agent.said('Cut ')}, transactions found in the channel ${agent.said('the channel has everything')}\n`,
  )
  expect(missing).toEqual([])
  expect(status).toBe(0)
  expect(duplicates).toBe(0)
  rmSync(folder, { recursive: true, force: true })
})

async function reaches(condition: () => boolean): Promise<void> {
  const deadline = performance.now() + 60_000
  while (!condition() && performance.now() < deadline) await pause(100)
}

function written(folder: string): number {
  return readdirSync(folder).reduce((sum, file) => sum + statSync(join(folder, file)).size, 0)
}

/** Number of a line → how often it is there. Throws when a file holds anything but whole lines. */
function numbersIn(folder: string): Map<number, number> {
  const numbers = new Map<number, number>()
  for (const file of readdirSync(folder)) {
    const text = readFileSync(join(folder, file), 'latin1')
    const lines = text.split('\n')
    lines.pop() // The last file may be in the middle of a write while the agent runs.
    for (const line of lines) {
      const number = /^line (\d+) x{100}$/.exec(line)?.[1]
      if (number === undefined) throw new Error(`${file} has half a line: ${JSON.stringify(line)}`)
      numbers.set(Number(number), (numbers.get(Number(number)) ?? 0) + 1)
    }
  }
  return numbers
}

const agentText = (input: string, output: string): string => `a1.sources = r1
a1.channels = c1
a1.sinks = k1
a1.sources.r1.type = taildir
a1.sources.r1.channels = c1
a1.sources.r1.filegroups = g
a1.sources.r1.filegroups.g = ${input}/.*\\\\.log
a1.channels.c1.type = sqlite
a1.sinks.k1.type = file_roll
a1.sinks.k1.channel = c1
a1.sinks.k1.sink.directory = ${output}
a1.sinks.k1.sink.rollInterval = 1
`
