// Random use of an engine through its contract: actions picked at random, several at once, with live views open. It notes what must never
// be, whatever is done: a view that ended, an answer that is a defect or no sentence.
import { expect, test } from 'vitest'
import type { EngineClient, EngineConnection } from '../../src-shared/contract/client.ts'
import { type ErrorCode, MillraceError } from '../../src-shared/errors.ts'
import { type Random, randomFrom } from './random.ts'
import { spoilSomething } from './spoil.ts'
import { temporaryFolder } from './temporary-folder.ts'
import { connect, testEngine } from './test-engine.ts'

export type Action = readonly [what: string, work: () => Promise<unknown>]

class Monkey {
  readonly defects: string[] = []
  /** How often each action was done. */
  readonly done = new Map<string, number>()
  readonly #connection: EngineConnection
  readonly #random: Random
  readonly #views = new Set<string>()
  readonly #under = new Set<Promise<void>>()

  constructor(connection: EngineConnection, random: Random) {
    this.#connection = connection
    this.#random = random
  }

  /** Keeps a view open; opened once. It may end when what it shows is gone, and with the codes that `ends` names. */
  view(name: string, call: () => Promise<AsyncIterable<unknown>>, ends: readonly ErrorCode[] = []): void {
    if (this.#views.has(name)) return
    this.#views.add(name)
    this.#connection.subscribe(call, {
      value: () => {},
      error: (error) => {
        this.#views.delete(name)
        if (error.code !== 'NOT_FOUND' && !ends.includes(error.code)) this.defects.push(`${name} ended: ${error.code} ${error.message}`)
      },
      end: () => this.#views.delete(name),
    })
  }

  /** One action; the next may come before it has ended. */
  async act(actions: readonly Action[], mostPauseMs: number): Promise<void> {
    const [what, work] = this.#random.pick(actions)
    this.done.set(what, (this.done.get(what) ?? 0) + 1)
    const doing = this.tried(what, work)
    this.#under.add(doing)
    void doing.then(() => this.#under.delete(doing))
    if (this.#random.chance(0.5)) await doing
    else await new Promise((resolve) => setTimeout(resolve, this.#random.below(mostPauseMs)))
  }

  /** Every action has been answered, and every view that was opened for good is still there. */
  async settle(lasting: readonly string[]): Promise<void> {
    await Promise.all(this.#under)
    for (const name of lasting) if (!this.#views.has(name)) this.defects.push(`${name} is not looked at any more`)
  }

  async tried(what: string, work: () => Promise<unknown>): Promise<void> {
    try {
      await work()
    } catch (error) {
      if (error instanceof MillraceError && error.code !== 'INTERNAL' && error.message.trim() !== '') return
      this.defects.push(`${what}: ${error instanceof Error ? error.stack : String(error)}`)
    }
  }
}

/** Who uses the engine: what there is to be done, with a folder for what it is done to. */
export abstract class Person {
  protected readonly folder = temporaryFolder()
  protected readonly engine: EngineClient
  protected readonly monkey: Monkey
  protected readonly connection: EngineConnection
  protected readonly workspace: string
  protected readonly random: Random

  constructor(monkey: Monkey, connection: EngineConnection, workspace: string, random: Random) {
    this.monkey = monkey
    this.connection = connection
    this.engine = connection.engine
    this.workspace = workspace
    this.random = random
  }

  /** Makes what is used, and opens every view. */
  abstract begin(): Promise<void>
  abstract actions(): Action[]
  /** Stops what may run. */
  abstract end(): Promise<void>

  /** Files of a running engine are spoilt only where somebody asks for it: what is hit depends on the moment. */
  protected spoil(root: string, spared: RegExp): Action[] {
    if (process.env['MILLRACE_MONKEY_SPOILS'] !== 'yes') return []
    return [['spoil', async () => spoilSomething(root, this.random, spared)]]
  }
}

export interface MonkeyRuns {
  readonly seeds: readonly number[]
  readonly steps: number
  readonly mostPauseMs: number
  /** Views that nothing may end. */
  readonly lasting: readonly string[]
  /** So many kinds of actions are done at least. */
  readonly kinds: number
}

/** The test: a run for each seed. `MILLRACE_MONKEY_SEEDS` and `MILLRACE_MONKEY_STEPS` make other and longer ones. */
export function testMonkey(runs: MonkeyRuns, person: new (...given: ConstructorParameters<typeof Person>) => Person): void {
  const seeds = process.env['MILLRACE_MONKEY_SEEDS']?.split(',').map(Number) ?? runs.seeds
  const steps = Number(process.env['MILLRACE_MONKEY_STEPS'] ?? runs.steps)
  test.each(seeds)('every view lives on and no answer is a defect, whatever is done (seed %i)', { timeout: 600_000 }, async (seed) => {
    const { engine, workspace } = await testEngine()
    const random = randomFrom(seed)
    const connection = connect(engine)
    const monkey = new Monkey(connection, random)
    const user = new person(monkey, connection, workspace, random)
    await user.begin()
    for (let step = 0; step < steps; step++) await monkey.act(user.actions(), runs.mostPauseMs)
    await monkey.settle(runs.lasting)
    await user.end()
    expect(monkey.defects).toEqual([])
    expect(monkey.done.size).toBeGreaterThanOrEqual(runs.kinds)
  })
}
