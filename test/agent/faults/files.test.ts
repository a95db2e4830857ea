// Faults of the file system while an agent runs: a full disk, a right that is taken away. The system's calls are given a fault from outside
// (as root no right can be taken away, and not every machine has a small disk to fill).
import { appendFileSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { batchOf } from '../../../src-shared/event/build-batch.ts'
import { bodyAt } from '../../../src-shared/event/event-batch.ts'
import { AgentTestDriver } from '../../driver/agent-test-driver.ts'

/** `open` of a path that contains the key fails with the code; `write` of a handle that was opened for such a path too. */
const faults = vi.hoisted(() => ({ open: new Map<string, string>(), write: new Map<string, string>() }))
const failure = vi.hoisted(() => (found: Map<string, string>, path: string, call: string): Error | undefined => {
  for (const [part, code] of found)
    if (path.includes(part)) return Object.assign(new Error(`${code}: injected, ${call} '${path}'`), { code, syscall: call })
  return undefined
})

vi.mock('node:fs/promises', async (original) => {
  const real = await original<typeof import('node:fs/promises')>()
  const open: typeof real.open = async (path, flags, mode) => {
    const refused = failure(faults.open, String(path), 'open')
    if (refused) throw refused
    const handle = await real.open(path, flags, mode)
    for (const call of ['write', 'writeFile'] as const) {
      const write = handle[call].bind(handle) as (...args: never[]) => Promise<never>
      handle[call] = ((...args: never[]) => {
        const full = failure(faults.write, String(path), call)
        return full ? Promise.reject(full) : write(...args)
      }) as never
    }
    return handle
  }
  return { ...real, default: { ...real, open }, open }
})

vi.mock('node:fs', async (original) => {
  const real = await original<typeof import('node:fs')>()
  const appendFileSync: typeof real.appendFileSync = (path, ...rest) => {
    const full = failure(faults.write, String(path), 'write')
    if (full) throw full
    real.appendFileSync(path, ...rest)
  }
  return { ...real, default: { ...real, appendFileSync }, appendFileSync }
})

let driver: AgentTestDriver
beforeEach(() => {
  driver = new AgentTestDriver()
  driver.mkdir('out')
})
afterEach(async () => {
  faults.open.clear()
  faults.write.clear()
  await driver.end()
})

const channel = () => driver.fakeChannels.get('c1')!
const put = (...bodies: string[]): void => channel().store([batchOf(bodies.map((body) => ({ headers: {}, body: Buffer.from(body) })))])
const stored = (): string[] =>
  channel().queue.flatMap((batch) => Array.from({ length: batch.count }, (_, row) => Buffer.from(bodyAt(batch, row)).toString()))
const said = (what: RegExp): boolean => driver.log.some(({ sentence }) => what.test(sentence))

describe('file_roll', () => {
  const agent = `
a1.channels = c1
a1.sinks = k1
a1.channels.c1.type = fake
a1.sinks.k1.type = file_roll
a1.sinks.k1.channel = c1
a1.sinks.k1.sink.directory = @DIR@/out
a1.sinks.k1.sink.rollInterval = 60`

  test('on a full disk: its transaction goes back whole, the node says so, and it is written once when there is room', async () => {
    await driver.start(agent)
    put('before')
    await driver.until(() => driver.content('out') === 'before\n')
    faults.write.set('/out/', 'ENOSPC')
    put('one', 'two')
    await driver.until(() => Number(driver.counter('k1', 'EventWriteFail')) >= 2)
    expect(driver.content('out')).toBe('before\n')
    expect(driver.component('k1').status?.sentence).toContain('ENOSPC')
    faults.write.clear()
    await driver.until(() => driver.counter('k1', 'EventDrainSuccessCount') === 3)
    expect(driver.content('out')).toBe('before\none\ntwo\n')
  })

  test('whose directory may no longer be written: goes on with the open file, waits at the next one, and loses nothing', async () => {
    await driver.start(agent)
    put('one')
    await driver.until(() => driver.content('out') === 'one\n')
    faults.open.set('/out/', 'EACCES')
    put('two')
    await driver.until(() => driver.content('out') === 'one\ntwo\n')
    await driver.advance(60_000)
    put('three')
    await driver.until(() => Number(driver.counter('k1', 'ConnectionFailedCount')) >= 2)
    faults.open.clear()
    await driver.until(() => driver.content('out') === 'one\ntwo\nthree\n')
  })
})

describe('taildir', () => {
  const agent = `
a1.sources = r1
a1.channels = c1
a1.channels.c1.type = fake
a1.sources.r1.type = taildir
a1.sources.r1.channels = c1
a1.sources.r1.filegroups = g
a1.sources.r1.filegroups.g = @DIR@/in/.*\\\\.log
a1.sources.r1.idleTimeout = 10000`
  const write = (name: string, text: string): void => appendFileSync(join(driver.folder, 'in', name), text)

  beforeEach(() => mkdirSync(join(driver.folder, 'in')))

  test('a right that is lost while running: an open file is read on; a closed one is named and the others go on; with the right back it continues where it was', async () => {
    write('a.log', 'a1\n')
    write('b.log', 'b1\n')
    await driver.start(agent)
    await driver.until(() => stored().length === 2)
    faults.open.set('a.log', 'EACCES')
    write('a.log', 'a2\n')
    await driver.until(() => stored().includes('a2'))
    // Idle files are closed.
    for (let step = 0; step < 300; step++) await driver.advance(50)
    write('a.log', 'a3\n')
    write('b.log', 'b2\n')
    await driver.until(() => stored().includes('b2') && driver.component('r1').status?.severity === 'warning')
    expect(driver.component('r1').status?.sentence).toMatch(/a\.log cannot be opened: permission is refused/)
    expect(stored()).not.toContain('a3')
    faults.open.clear()
    await driver.until(() => stored().includes('a3'))
    expect(stored().filter((line) => line.startsWith('a'))).toEqual(['a1', 'a2', 'a3'])
  })

  test('a full disk for its positions: said once for each file, reading goes on, and the positions are written when there is room', async () => {
    write('a.log', 'a1\n')
    await driver.start(agent)
    await driver.until(() => stored().length === 1)
    faults.write.set('position', 'ENOSPC')
    for (let line = 2; line < 6; line++) write('a.log', `a${line}\n`)
    await driver.until(() => stored().length === 5 && said(/position file could not be written/))
    faults.write.clear()
    write('a.log', 'a6\n')
    const positions = (): string => readFileSync(join(driver.folder, 'state', 'r1.taildir_position.json'), 'utf8')
    await driver.until(() => stored().length === 6 && positions().includes(`"pos":18`))
    expect(driver.log.filter(({ sentence }) => /journal cannot be written/.test(sentence))).toHaveLength(1)
  })
})

const spooling = `
a1.sources = r1
a1.channels = c1
a1.channels.c1.type = fake
a1.sources.r1.type = spooldir
a1.sources.r1.channels = c1
a1.sources.r1.spoolDir = @DIR@/spool`

test('spooldir: a file that may not be opened is put aside with a sentence, and the others go on', async () => {
  const spool = driver.mkdir('spool')
  writeFileSync(join(spool, 'a.txt'), 'a\n')
  writeFileSync(join(spool, 'b.txt'), 'b\n')
  faults.open.set('a.txt', 'EACCES')
  await driver.start(spooling)
  await driver.until(() => stored().includes('b') && readdirSync(spool).includes('b.txt.COMPLETED'))
  expect(readdirSync(spool)).toContain('a.txt.error')
  expect(said(/put aside/)).toBe(true)
})

test('spooldir: a directory that goes away is said once, is the state of the node, and is read on when it is back', async () => {
  const spool = driver.mkdir('spool')
  await driver.start(spooling)
  rmSync(spool, { recursive: true })
  await driver.until(() => Number(driver.counter('r1', 'GenericProcessingFail')) >= 5)
  expect(driver.component('r1').status?.sentence).toContain(spool)
  expect(driver.log.filter(({ level }) => level === 'error').map(({ sentence }) => sentence)).toEqual([
    expect.stringContaining(`The directory ${spool} cannot be read`),
  ])
  driver.mkdir('spool')
  writeFileSync(join(spool, 'a.txt'), 'a\n')
  await driver.until(() => stored().includes('a'))
  expect(said(/can be read again/)).toBe(true)
})
