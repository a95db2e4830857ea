// An agent `taildir → file → avro` whose receiver refuses some events is killed with SIGKILL while it looks for them and sets them aside.
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { KilledAgent } from '../driver/killed-agent.ts'
import { pickyAvroSource } from '../driver/picky-avro-source.ts'
import { randomFrom } from '../driver/random.ts'
import { until } from '../driver/until.ts'

const kills = Number(process.env['MILLRACE_KILLS'] ?? 3)
const lines = 200
const isPoison = (line: string): boolean => Number(line.split(' ')[1]) % 9 === 4

test(`after ${kills} kills every event is delivered or set aside, and only what the receiver refuses is set aside, once`, {
  timeout: 120_000 + kills * 20_000,
}, async () => {
  const folder = mkdtempSync(join(tmpdir(), 'millrace-dead-kill-'))
  const receiver = await pickyAvroSource((line) => !isPoison(line))
  mkdirSync(join(folder, 'in'))
  const all = Array.from({ length: lines }, (_, number) => `line ${number}`)
  writeFileSync(join(folder, 'in', 'a.log'), all.map((line) => `${line}\n`).join(''))
  const dead = join(folder, 'dead.jsonl')
  const setAside = (): string[] =>
    existsSync(dead)
      ? readFileSync(dead, 'utf8')
          .split('\n')
          .slice(0, -1)
          .map((line) => (JSON.parse(line) as { body: string }).body)
      : []
  const agent = new KilledAgent(
    folder,
    `a1.sources = r1
a1.channels = c1
a1.sinks = k1
a1.sources.r1.type = taildir
a1.sources.r1.channels = c1
a1.sources.r1.filegroups = g
a1.sources.r1.filegroups.g = ${folder}/in/.*log
a1.channels.c1.type = sqlite
a1.sinks.k1.type = avro
a1.sinks.k1.channel = c1
a1.sinks.k1.hostname = 127.0.0.1
a1.sinks.k1.port = ${receiver.port}
a1.sinks.k1.batch-size = 40
a1.sinks.k1.maxRetries = 1
a1.sinks.k1.deadLetter.file = ${dead}
`,
  )
  const random = randomFrom(20261123)
  agent.start()
  for (let kill = 0; kill < kills; kill++) {
    // In the middle of setting aside what came with one batch.
    const before = setAside().length
    await until('one more event is set aside', () => setAside().length > before)
    await pause(random.below(15))
    await agent.end('SIGKILL')
    agent.start()
  }
  const wanted = all.filter((line) => !isPoison(line))
  await until(
    'all is delivered or set aside',
    () => new Set(receiver.bodies()).size === wanted.length && setAside().length === lines - wanted.length,
    90_000,
  )
  expect(await agent.end('SIGTERM')).toBe(0)
  const delivered = receiver.bodies()
  process.stdout.write(
    `kills ${kills}, events ${lines}, set aside ${setAside().length}, delivered ${delivered.length}, again ${delivered.length - wanted.length}\n`,
  )
  expect([...new Set(delivered)].toSorted()).toEqual(wanted.toSorted())
  expect(setAside().toSorted()).toEqual(all.filter(isPoison).toSorted())
  rmSync(folder, { recursive: true, force: true })
})
