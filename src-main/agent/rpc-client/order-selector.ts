// In which order several hosts or sinks are tried, and which are left alone for a while (Flume OrderSelector). Used by the load_balance sink
// processor and by the load-balancing RPC client.
import type { Clock } from '../../clock.ts'

interface Named {
  readonly name: string
}

/** What is tried now, first one first. */
export type Order = <T extends Named>(active: readonly T[]) => readonly T[]

export function roundRobin(): Order {
  let nextHead = 0
  return (active) => {
    const start = nextHead >= active.length ? 0 : nextHead
    nextHead = start + 1
    return [...active.slice(start), ...active.slice(0, start)]
  }
}

export const randomOrder: Order = (active) => {
  const order = [...active]
  for (let index = order.length - 1; index > 0; index--) {
    const other = Math.floor(Math.random() * (index + 1))
    ;[order[index], order[other]] = [order[other]!, order[index]!]
  }
  return order
}

/** 2 s, 4 s, 8 s … per failure in a row; in a row means within an hour after the pause before. */
export class FailurePauses {
  readonly #clock: Clock
  readonly #maxTimeOutMs: number
  readonly #states = new Map<string, { lastFail: number; restoreAt: number; failures: number }>()

  constructor(clock: Clock, maxTimeOutMs: number) {
    this.#clock = clock
    this.#maxTimeOutMs = maxTimeOutMs
  }

  isActive({ name }: Named): boolean {
    return (this.#states.get(name)?.restoreAt ?? 0) <= this.#clock.monotonic()
  }

  failed(name: string): void {
    const now = this.#clock.monotonic()
    const state = this.#states.get(name) ?? { lastFail: now, restoreAt: 0, failures: 0 }
    const inARow = state.failures === 0 || now - state.lastFail < this.#pauseMs(state.failures) + 3_600_000
    state.failures = inARow ? Math.min(state.failures + 1, 16) : 1
    state.lastFail = now
    state.restoreAt = now + this.#pauseMs(state.failures)
    this.#states.set(name, state)
  }

  #pauseMs(failures: number): number {
    return Math.min(this.#maxTimeOutMs, 1000 * 2 ** failures)
  }
}
