// The durable channel against a model that anybody can check by eye: an array of events with a state each. Random putters, competing
// takers, streams, crashes and reopenings; after every step channel and model must say the same.

import { strict as assert } from 'node:assert'
import { cpSync } from 'node:fs'
import { join } from 'node:path'
import type { Transaction } from '../../../../src-main/agent/channel/channel.ts'
import type { LogChannel } from '../../../../src-main/agent/channel/log/log-channel.ts'
import { openLogReader } from '../../../../src-main/agent/channel/log/log-reader.ts'
import { ManualClock } from '../../../../src-main/clock.ts'
import { MillraceError } from '../../../../src-shared/errors.ts'
import { logChannel, memoryFolder, numbered, numbersOf, removeFolder } from '../../../driver/log-channel-driver.ts'
import { type Random, randomFrom } from '../../../driver/random.ts'

interface Taker {
  readonly transaction: Transaction
  /** Ordinals that it has taken. */
  readonly taken: number[]
}

const capacity = 400
const transactionCapacity = 120

export async function runModel(seed: number, operations: number): Promise<Record<string, number>> {
  const run = new ModelRun(seed)
  try {
    await run.start()
    for (let operation = 0; operation < operations; operation++) await run.step()
    await run.drain()
    return run.done
  } finally {
    await run.end()
  }
}

class ModelRun {
  readonly done: Record<string, number> = {}
  readonly #random: Random
  readonly #parent = memoryFolder()
  readonly #clock = new ManualClock(1_600_000_000_000)
  #folder = join(this.#parent, 'log-0')
  #crashes = 0
  #channel!: LogChannel
  /** By ordinal: the event's number, its size, and who has it. */
  readonly #numbers: number[] = []
  readonly #sizes: number[] = []
  readonly #state: ('available' | 'taken' | 'consumed')[] = []
  readonly #streams = new Map<string, number>()
  #takers: Taker[] = []
  #reserved: { transaction: Transaction; first: number; count: number; padding: number }[] = []
  #number = 0
  #consumedBelow = 0

  constructor(seed: number) {
    this.#random = randomFrom(seed)
  }

  async start(): Promise<void> {
    this.#channel = logChannel({
      folder: this.#folder,
      clock: this.#clock,
      options: { capacity, transactionCapacity, segmentBytes: 200_000, retention: { bytes: 300_000, ageMs: 60_000 }, recentBytes: 4000 },
      ...(this.#random.chance(0.5) && { deps: { faults: { roomFromBytes: 1 } } }),
    })
    await this.#channel.start()
  }

  async end(): Promise<void> {
    await this.#channel.stop().catch(() => {})
    removeFolder(this.#parent)
  }

  async step(): Promise<void> {
    const weights: [string, number, () => Promise<void>][] = [
      ['put', 20, () => this.#put()],
      ['hold a put', 6, () => this.#holdPut()],
      ['settle puts', 6, () => this.#settlePuts()],
      ['take', 34, () => this.#take()],
      ['commit a take', 16, () => this.#endTake(true)],
      ['roll a take back', 6, () => this.#endTake(false)],
      ['stream', 6, () => this.#stream()],
      ['read a range', 2, () => this.#read()],
      ['time passes', 2, () => this.#timePasses()],
      ['forget history', 0.3, () => this.#channel.forgetHistory()],
      ['crash', 0.35, () => this.#crash()],
      ['crash in a commit', 0.35, () => this.#crashInCommit()],
      ['stop and start', 0.4, () => this.#restart()],
    ]
    const total = weights.reduce((sum, [, weight]) => sum + weight, 0)
    let pick = (this.#random.below(1e6) / 1e6) * total
    const [name, , work] = weights.find(([, weight]) => {
      pick -= weight
      return pick < 0
    })!
    this.done[name] = (this.done[name] ?? 0) + 1
    await work()
    this.#compare()
  }

  /** Everything that is left comes out in order, once. */
  async drain(): Promise<void> {
    await this.#settlePuts()
    while (this.#takers.length > 0) await this.#endTake(false)
    while (this.#nextAvailable() >= 0) {
      await this.#take()
      while (this.#takers.length > 0) await this.#endTake(true)
    }
    this.#compare()
  }

  // Puts

  async #put(): Promise<void> {
    // Several sources at once share a commit; they are stored in the order in which they asked.
    await Promise.all(Array.from({ length: 1 + this.#random.below(3) }, () => this.#holdPut()))
    await this.#settlePuts()
  }

  async #holdPut(): Promise<void> {
    const count = 1 + this.#random.below(this.#random.chance(0.05) ? 150 : 30)
    const padding = this.#random.below(this.#random.chance(0.1) ? 2000 : 40)
    const transaction = this.#channel.transaction()
    transaction.begin()
    const held = { transaction, first: this.#number, count, padding }
    const expected = count > transactionCapacity ? 'CHANNEL_EXCEPTION' : count > this.#room() ? 'CHANNEL_FULL' : undefined
    this.#number += count
    if (expected === undefined) this.#reserved.push(held)
    const code = await codeOf(transaction.put(numbered(held.first, count, padding)))
    assert.equal(code, expected)
    if (expected === undefined) return
    await transaction.rollback()
    transaction.close()
  }

  async #settlePuts(): Promise<void> {
    const held = this.#reserved
    this.#reserved = []
    const commits = held.map(async (one) => {
      if (this.#random.chance(0.1)) await one.transaction.rollback()
      else {
        this.#store(one)
        await one.transaction.commit()
      }
      one.transaction.close()
    })
    await Promise.all(commits)
  }

  #store(put: { first: number; count: number; padding: number }): void {
    for (let index = 0; index < put.count; index++) {
      this.#numbers.push(put.first + index)
      this.#sizes.push(8 + put.padding)
      this.#state.push('available')
    }
  }

  // Takes

  async #take(): Promise<void> {
    if (this.#takers.length < 4 && (this.#takers.length === 0 || this.#random.chance(0.4))) {
      const transaction = this.#channel.transaction()
      transaction.begin()
      this.#takers.push({ transaction, taken: [] })
    }
    const taker = this.#random.pick(this.#takers)
    const limit = {
      events: 1 + this.#random.below(this.#random.chance(0.1) ? 100 : 25),
      bytes: this.#random.chance(0.2) ? 1 + this.#random.below(3000) : 1e9,
    }
    const left = transactionCapacity - taker.taken.length
    const available = this.#countFrom(this.#low(), (state) => state === 'available')
    const refused = left === 0 || (limit.events > left && available >= left)
    const expected: number[] = []
    let bytes = 0
    if (!refused) {
      for (let at = this.#nextAvailable(); at >= 0 && expected.length < limit.events; at = this.#nextAvailable()) {
        if (expected.length > 0 && bytes + this.#sizes[at]! > limit.bytes) break
        bytes += this.#sizes[at]!
        expected.push(at)
        this.#state[at] = 'taken'
      }
    }
    const answer = await taker.transaction.take(limit).catch((error: MillraceError) => error)
    if (answer instanceof Error) assert.equal(refused && answer.code, 'CHANNEL_EXCEPTION', answer.message)
    else {
      assert.deepEqual(
        numbersOf(answer),
        expected.map((at) => this.#numbers[at]!),
      )
    }
    taker.taken.push(...expected)
  }

  async #endTake(commit: boolean): Promise<void> {
    const taker = this.#takers[this.#random.below(this.#takers.length)]
    if (taker === undefined) return
    this.#takers = this.#takers.filter((other) => other !== taker)
    if (commit) await taker.transaction.commit()
    else await taker.transaction.rollback()
    taker.transaction.close()
    for (const at of taker.taken) this.#state[at] = commit ? 'consumed' : 'available'
  }

  #nextAvailable(): number {
    return this.#state.indexOf('available', this.#low())
  }

  // Streams

  async #stream(): Promise<void> {
    const name = this.#random.pick(['errors', 'counts'])
    const position = this.#streams.get(name)
    const next = this.#numbers.length
    if (position === undefined) {
      const from = this.#random.chance(0.5) ? next : this.#channel.extent().first
      const cursor = this.#channel.streamCursor(name, from)
      assert.equal(cursor.position, from)
      await cursor.advance(from)
      this.#streams.set(name, from)
      return
    }
    const cursor = this.#channel.streamCursor(name)
    assert.equal(cursor.position, position)
    if (this.#random.chance(0.05)) {
      await cursor.release()
      this.#streams.delete(name)
    } else if (this.#random.chance(0.2)) {
      await cursor.skipToNow()
      this.#streams.set(name, next)
    } else {
      const to = position + this.#random.below(next - position + 1)
      await cursor.advance(to)
      this.#streams.set(name, to)
    }
  }

  async #read(): Promise<void> {
    const { first, next } = this.#channel.extent()
    const reader = openLogReader(this.#folder)
    const from = first + this.#random.below(next - first + 1)
    const to = reader.rangeUpTo(from, { events: 1 + this.#random.below(300), bytes: 1 + this.#random.below(20_000) })
    assert.ok(from === next ? to === from : to > from && to <= next)
    const read = [...reader.read({ from, to })]
    assert.deepEqual(
      read.flatMap(({ batch }) => numbersOf(batch)),
      this.#numbers.slice(from, to),
    )
    reader.close()
  }

  // Time, crashes, reopening

  async #timePasses(): Promise<void> {
    this.#clock.advance(this.#random.chance(0.2) ? 120_000 : 5000)
    for (let turn = 0; turn < 20; turn++) await Promise.resolve()
  }

  async #restart(): Promise<void> {
    await this.#channel.stop()
    this.#loseWhatIsOpen()
    await this.#channel.start()
  }

  /** The files as a killed process leaves them go on in another folder. */
  async #crash(): Promise<void> {
    const copy = join(this.#parent, `log-${++this.#crashes}`)
    // Reading a file that SQLite has open ends SQLite's locks on it; nobody else is there to mind, and the old files go next.
    cpSync(this.#folder, copy, { recursive: true, filter: (path) => !path.endsWith('lock.db') })
    await this.#channel.stop()
    removeFolder(this.#folder)
    this.#folder = copy
    this.#loseWhatIsOpen()
    await this.start()
  }

  async #crashInCommit(): Promise<void> {
    const taker = this.#takers[0]
    // Asked for, but the process dies before the writer gets to it: as if it had not been.
    const commits = [...this.#reserved.map((one) => one.transaction.commit()), ...(taker ? [taker.transaction.commit()] : [])]
    await Promise.all([this.#crash(), ...commits.map((commit) => commit.catch(() => {}))])
  }

  #loseWhatIsOpen(): void {
    this.#reserved = []
    this.#takers = []
    this.#state.forEach((state, at) => {
      if (state === 'taken') this.#state[at] = 'available'
    })
  }

  // Comparing

  /** The first event that is not consumed by sinks. */
  #low(): number {
    while (this.#consumedBelow < this.#state.length && this.#state[this.#consumedBelow] === 'consumed') this.#consumedBelow++
    return this.#consumedBelow
  }

  #countFrom(from: number, of: (state: string, at: number) => boolean): number {
    let count = 0
    for (let at = from; at < this.#state.length; at++) if (of(this.#state[at]!, at)) count++
    return count
  }

  #unconsumed(): number {
    const streams = Math.min(...this.#streams.values())
    return this.#countFrom(Math.min(this.#low(), streams), (state, at) => state !== 'consumed' || at >= streams)
  }

  #room(): number {
    return capacity - this.#unconsumed() - this.#reserved.reduce((sum, one) => sum + one.count, 0)
  }

  #compare(): void {
    const extent = this.#channel.extent()
    assert.equal(extent.next, this.#numbers.length)
    assert.equal(this.#channel.gauges().channelSize, this.#unconsumed())
    assert.equal(this.#channel.freeRoom, Math.max(0, this.#room()))
    const pin = Math.min(this.#low(), ...this.#streams.values())
    assert.ok(extent.first <= pin, `event ${pin} is needed and ${extent.first} is the first that is kept`)
    for (const cursor of this.#channel.cursors()) {
      const expected = cursor.kind === 'stream' ? this.#streams.get(cursor.name) : this.#low()
      assert.equal(cursor.position, expected)
    }
  }
}

async function codeOf(work: Promise<unknown>): Promise<string | undefined> {
  try {
    await work
    return undefined
  } catch (error) {
    if (error instanceof MillraceError) return error.code
    throw error
  }
}
