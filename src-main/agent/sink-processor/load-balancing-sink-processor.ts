// sink processor `load_balance`: sinks take turns; one that fails passes the work on (Flume LoadBalancingSinkProcessor).
import { MillraceError, messageOf } from '../../../src-shared/errors.ts'
import { boolean, long, string } from '../../../src-shared/spec/property.ts'
import type { Clock } from '../../clock.ts'
import { defineSinkProcessor, type GroupedSink } from '../../component/define.ts'

const roundRobin = ['round_robin', 'org.apache.flume.sink.LoadBalancingSinkProcessor$RoundRobinSinkSelector']
const random = ['random', 'org.apache.flume.sink.LoadBalancingSinkProcessor$RandomOrderSinkSelector']

export const definition = defineSinkProcessor({
  type: 'load_balance',
  className: 'org.apache.flume.sink.LoadBalancingSinkProcessor',
  summary: 'Spreads the work over the sinks of the group.',
  properties: {
    selector: string().default('round_robin').describe('round_robin or random.'),
    backoff: boolean().default(false).describe('A sink that failed is left alone for a while, each time longer.'),
    'selector.maxTimeOut': long().min(0).default(30_000).unit('ms').describe('Longest time that a failed sink is left alone.'),
  },
  examples: [{ title: 'Two collectors', properties: 'selector = random\nbackoff = true' }],
  create: ({ selector, backoff, 'selector.maxTimeOut': maxTimeOutMs }, { sinks, clock, log }) => {
    if (sinks.length < 2) {
      throw new MillraceError(
        'BAD_CONFIGURATION',
        'The LoadBalancingSinkProcessor cannot be used for a single sink. Please configure more than one sinks and try again.',
      )
    }
    const order = orderOf(selector)
    const pauses = backoff ? new FailurePauses(clock, maxTimeOutMs) : undefined
    return {
      async process() {
        for (const { name, sink } of order(sinks.filter((candidate) => pauses?.isActive(candidate) !== false))) {
          try {
            return await sink.process()
          } catch (error) {
            log.warn(`Sink ${name} failed to consume event. Attempting next sink if available: ${messageOf(error)}`)
            pauses?.failed(name)
          }
        }
        throw new MillraceError('EVENT_DELIVERY', 'All configured sinks have failed')
      },
    }
  },
})

type Order = (active: readonly GroupedSink[]) => readonly GroupedSink[]

function orderOf(selector: string): Order {
  if (roundRobin.includes(selector.toLowerCase()) || roundRobin.includes(selector)) {
    let nextHead = 0
    return (active) => {
      const start = nextHead >= active.length ? 0 : nextHead
      nextHead = start + 1
      return [...active.slice(start), ...active.slice(0, start)]
    }
  }
  if (random.includes(selector.toLowerCase()) || random.includes(selector)) return shuffled
  throw new MillraceError('BAD_CONFIGURATION', `processor.selector = ${selector} is not known. Use round_robin or random.`)
}

function shuffled(active: readonly GroupedSink[]): readonly GroupedSink[] {
  const order = [...active]
  for (let index = order.length - 1; index > 0; index--) {
    const other = Math.floor(Math.random() * (index + 1))
    ;[order[index], order[other]] = [order[other]!, order[index]!]
  }
  return order
}

/** Flume OrderSelector: 2 s, 4 s, 8 s … per failure in a row; in a row means within an hour after the pause before. */
class FailurePauses {
  readonly #clock: Clock
  readonly #maxTimeOutMs: number
  readonly #states = new Map<string, { lastFail: number; restoreAt: number; failures: number }>()

  constructor(clock: Clock, maxTimeOutMs: number) {
    this.#clock = clock
    this.#maxTimeOutMs = maxTimeOutMs
  }

  isActive({ name }: GroupedSink): boolean {
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
