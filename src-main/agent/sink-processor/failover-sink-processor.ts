// sink processor `failover`: the sink of the highest priority works, the next takes over when it fails (Flume FailoverSinkProcessor).
import { MillraceError, messageOf } from '../../../src-shared/errors.ts'
import { int, map, string } from '../../../src-shared/spec/property.ts'
import type { SinkProcessorContext } from '../../component/context.ts'
import { defineSinkProcessor, type GroupedSink, type SinkProcessor, type Status } from '../../component/define.ts'

export const definition = defineSinkProcessor({
  type: 'failover',
  className: 'org.apache.flume.sink.FailoverSinkProcessor',
  summary: 'Uses the sink of the highest priority that works; one that failed is tried again after a growing pause.',
  properties: {
    'priority.*': map(string()).describe('priority.<sink>: a number, larger first. Sinks without one come last, in listed order.'),
    maxpenalty: int().badIsAbsent().default(30_000).unit('ms').describe('Longest pause before a failed sink is tried again.'),
  },
  examples: [{ title: 'A spare', properties: 'priority.k1 = 10\npriority.k2 = 5\nmaxpenalty = 10000' }],
  create: ({ 'priority.*': priorities, maxpenalty }, context) =>
    new FailoverSinkProcessor(byPriority(context, priorities), maxpenalty, context),
})

interface RankedSink extends GroupedSink {
  readonly priority: number
}

interface FailedSink {
  readonly sink: RankedSink
  readonly failures: number
  /** Monotonic time from which it is tried again. */
  readonly refreshAt: number
}

class FailoverSinkProcessor implements SinkProcessor {
  readonly #maxPenaltyMs: number
  readonly #context: SinkProcessorContext
  /** Highest priority first. */
  #live: RankedSink[]
  #failed: FailedSink[] = []

  constructor(sinks: RankedSink[], maxPenaltyMs: number, context: SinkProcessorContext) {
    this.#live = sinks
    this.#maxPenaltyMs = maxPenaltyMs
    this.#context = context
  }

  async process(): Promise<Status> {
    const { clock, log } = this.#context
    // Each once: with a maxpenalty of 0 one that fails again is due at once.
    const now = clock.monotonic()
    const due = this.#failed.filter(({ refreshAt }) => refreshAt <= now)
    for (const failed of due) {
      this.#failed = this.#failed.filter((other) => other !== failed)
      try {
        const status = await failed.sink.sink.process()
        if (status === 'READY') {
          log.info(`Sink ${failed.sink.name} works again.`)
          this.#live = [...this.#live, failed.sink].sort((a, b) => b.priority - a.priority)
        } else this.#park(failed)
        return status
      } catch (error) {
        log.warn(`Sink ${failed.sink.name} still fails: ${messageOf(error)}`)
        this.#fail(failed.sink, failed.failures + 1)
      }
    }
    for (let active = this.#live[0]; active !== undefined; active = this.#live[0]) {
      try {
        return await active.sink.process()
      } catch (error) {
        log.error(`Sink ${active.name} failed and has been sent to failover list: ${messageOf(error)}`)
        this.#live = this.#live.slice(1)
        this.#fail(active, 1)
      }
    }
    throw new MillraceError('EVENT_DELIVERY', 'All sinks failed to process, nothing left to failover to')
  }

  #fail(sink: RankedSink, failures: number): void {
    // Flume's product overflows after 22 failures and the pause is gone; the exponent stays in bounds here.
    const penaltyMs = Math.min(this.#maxPenaltyMs, 2 ** Math.min(failures, 30) * 1000)
    this.#park({ sink, failures, refreshAt: this.#context.clock.monotonic() + penaltyMs })
  }

  #park(failed: FailedSink): void {
    this.#failed = [...this.#failed, failed].sort((a, b) => a.refreshAt - b.refreshAt)
  }
}

const isInt = (value: number): boolean => value === (value | 0)

/** Highest first; what is no 32-bit number counts as none. Of two with the same priority the one listed later is left out, as in Flume, with a warning. */
function byPriority({ sinks, log }: SinkProcessorContext, priorities: Readonly<Record<string, string>>): RankedSink[] {
  const ranked = new Map<number, RankedSink>()
  let unnamed = 0
  for (const sink of sinks) {
    const written = priorities[sink.name]?.trim() ?? ''
    const priority = /^[+-]?\d+$/.test(written) && isInt(Number(written)) ? Number(written) : --unnamed
    const other = ranked.get(priority)
    if (other !== undefined) log.warn(`Sink ${sink.name} has the priority ${priority} of ${other.name}; it is not used. Give it another.`)
    else ranked.set(priority, { ...sink, priority })
  }
  return [...ranked.values()].sort((a, b) => b.priority - a.priority)
}
