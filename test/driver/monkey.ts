// Random use of an engine through its contract: actions picked at random, several at once, with live views open. It notes what must never
// be, whatever is done: a view that ended, an answer that is a defect or no sentence.
import type { EngineConnection } from '../../src-shared/contract/client.ts'
import { type ErrorCode, MillraceError } from '../../src-shared/errors.ts'
import type { Random } from './random.ts'

export type Action = readonly [what: string, work: () => Promise<unknown>]

export class Monkey {
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
