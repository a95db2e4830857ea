// Counters of one component by Flume 1.11's attribute names, so that /metrics, the window and a person who knows Flume mean the same.
import type { Clock } from '../../clock.ts'
import type { Counters } from '../../component/context.ts'

export type MonitoredKind = 'source' | 'channel' | 'sink'

/** What was left out of the flow on purpose or through damage: the only ways an event ends before a sink. */
export interface DropCount {
  readonly reason: string
  readonly intentional: boolean
  readonly count: number
}

const attributes: Record<'source' | 'sink', readonly string[]> = {
  source: [
    'EventReceivedCount',
    'EventAcceptedCount',
    'AppendReceivedCount',
    'AppendAcceptedCount',
    'AppendBatchReceivedCount',
    'AppendBatchAcceptedCount',
    'OpenConnectionCount',
    'EventReadFail',
    'ChannelWriteFail',
    'GenericProcessingFail',
  ],
  sink: [
    'ConnectionCreatedCount',
    'ConnectionClosedCount',
    'ConnectionFailedCount',
    'BatchEmptyCount',
    'BatchUnderflowCount',
    'BatchCompleteCount',
    'EventDrainAttemptCount',
    'EventDrainSuccessCount',
    'EventWriteFail',
    'ChannelReadFail',
  ],
}

/** Flume MonitoredCounterGroup: values start at 0 with each start of the component. Times are ms since 1970, 0 = not yet. */
export class ComponentCounters implements Counters {
  startTime = 0
  stopTime = 0
  readonly #kind: MonitoredKind
  readonly #clock: Clock
  readonly #values = new Map<string, number | string>()
  readonly #declared: string[] = []
  readonly #drops = new Map<string, { reason: string; intentional: boolean; count: number }>()

  constructor(kind: MonitoredKind, clock: Clock) {
    this.#kind = kind
    this.#clock = clock
    this.#clear()
  }

  /** What a component counts while it starts (a connection that it makes) is kept. */
  starting(): void {
    this.#clear()
  }

  started(): void {
    this.startTime = this.#clock.now()
    this.stopTime = 0
  }

  stopped(): void {
    this.stopTime = this.#clock.now()
  }

  add(name: string, count: number): void {
    const value = this.#values.get(name)
    this.#values.set(name, (typeof value === 'number' ? value : 0) + count)
  }

  set(name: string, value: number | string): void {
    this.#values.set(name, value)
  }

  drop(count: number, reason: string, intentional: boolean): void {
    if (count <= 0) return
    const known = this.#drops.get(reason)
    if (known === undefined) this.#drops.set(reason, { reason, intentional, count })
    else known.count += count
  }

  /** A counter beside Flume's own that is shown, as 0, before it is counted. */
  declare(name: string): void {
    this.#declared.push(name)
    this.#values.set(name, 0)
  }

  values(): Readonly<Record<string, number | string>> {
    return Object.fromEntries(this.#values)
  }

  drops(): readonly DropCount[] {
    return [...this.#drops.values()].map((drop) => ({ ...drop }))
  }

  #clear(): void {
    this.#values.clear()
    if (this.#kind !== 'channel') for (const name of attributes[this.#kind]) this.#values.set(name, 0)
    for (const name of this.#declared) this.#values.set(name, 0)
  }
}
