// ChannelProcessor: what stands between a source and its channels. Interceptors, then the selector, then one transaction per channel,
// required channels first and in order, as Flume 1.11: a later one that fails leaves earlier ones committed, and the source tries again.

import { MillraceError, messageOf, phraseOf } from '../../../src-shared/errors.ts'
import { gatherBatch } from '../../../src-shared/event/build-batch.ts'
import type { EventBatch } from '../../../src-shared/event/event-batch.ts'
import type { ChannelProcessor, Counters } from '../../component/context.ts'
import type { ChannelSelector, Route } from '../../component/define.ts'
import type { Logger } from '../../log.ts'
import type { Intercepted, InterceptorChain } from '../interceptor/interceptor-chain.ts'
import type { Channel } from './channel.ts'
import { isDurable } from './durable-channel.ts'
import { openLogReader } from './log/log-reader.ts'
import { putInTransaction } from './put-in-transaction.ts'

export interface ChannelProcessorOptions {
  readonly channels: readonly Channel[]
  /** Channels that some route requires; what bounds an adaptive batch. */
  readonly required: readonly Channel[]
  readonly interceptors: InterceptorChain
  readonly selector: ChannelSelector
  readonly counters: Counters
  readonly log: Logger
}

/** The largest batch that a component makes with adaptiveBatch. */
export const adaptiveBatch = { events: 10_000, bytes: 1 << 20 } as const

export class DefaultChannelProcessor implements ChannelProcessor {
  readonly #options: ChannelProcessorOptions

  constructor(options: ChannelProcessorOptions) {
    this.#options = options
  }

  get transactionCapacity(): number {
    return Math.min(...this.#options.required.map((channel) => channel.transactionCapacity ?? Number.POSITIVE_INFINITY))
  }

  batchRoom(of: 'batches' | 'events' = 'batches'): number {
    if (of === 'events' && this.#options.selector.mixesUses === true) return 1
    const room = Math.min(this.transactionCapacity, ...this.#options.required.map((channel) => channel.freeRoom))
    return Math.max(1, Math.min(room, adaptiveBatch.events))
  }

  recentlyStored(): readonly EventBatch[] {
    const { required, log } = this.#options
    const [channel] = required
    if (channel === undefined || required.length > 1 || !isDurable(channel)) return []
    try {
      const reader = openLogReader(channel.folder)
      try {
        const { first, next } = reader.extent()
        return [...reader.read({ from: Math.max(first, next - adaptiveBatch.events), to: next })].map(({ batch }) => batch)
      } finally {
        reader.close()
      }
    } catch (error) {
      log.warn(`The newest events of channel ${channel.name} could not be read: ${phraseOf(error)}. A few may be repeated.`)
      return []
    }
  }

  processEventBatch(batch: EventBatch): Promise<void> | undefined {
    if (batch.count === 0) return undefined
    const { interceptors, selector } = this.#options
    const { batch: kept, dropped } = interceptors.intercept(batch)
    const routes = kept.count > 0 ? selector.select(kept) : []
    if (kept.count > 0 && !this.#putNow(kept, routes)) return this.#deliver(kept, routes).then(() => this.#count(dropped))
    this.#count(dropped)
    return undefined
  }

  #count(dropped: Intercepted['dropped']): void {
    for (const { count, reason } of dropped) this.#options.counters.drop(count, reason, true)
  }

  /** The usual case, one required channel for everything, without a promise when the channel needs none. */
  #putNow(batch: EventBatch, routes: readonly Route[]): boolean {
    const [route] = routes
    if (route === undefined || routes.length > 1 || route.rows !== undefined) return false
    if (route.required.length !== 1 || route.optional.length > 0) return false
    return this.#options.channels[route.required[0]!]!.putNow?.(batch) === true
  }

  async #deliver(batch: EventBatch, routes: readonly Route[]): Promise<void> {
    const { channels, counters, log } = this.#options
    let unrouted = 0
    for (const route of routes) {
      if (route.required.length === 0 && route.optional.length === 0) unrouted += route.rows?.length ?? batch.count
    }
    for (const index of inOrder(routes, 'required')) await this.#put(channels[index]!, rowsFor(batch, routes, 'required', index))
    for (const index of inOrder(routes, 'optional')) {
      const channel = channels[index]!
      const part = rowsFor(batch, routes, 'optional', index)
      try {
        await this.#put(channel, part)
      } catch (error) {
        counters.drop(part.count, `optional channel ${channel.name} refused`, false)
        log.warn(`Unable to put ${part.count} events on optional channel ${channel.name}: ${messageOf(error)}`)
      }
    }
    counters.drop(unrouted, 'no channel selected', true)
  }

  async #put(channel: Channel, batch: EventBatch): Promise<void> {
    try {
      await putInTransaction(channel, batch)
    } catch (error) {
      if (error instanceof MillraceError) throw error
      throw new MillraceError('CHANNEL_EXCEPTION', `Unable to put batch on required channel: ${channel.name}`, { cause: error })
    }
  }
}

/** Channels of the routes, in order of first use. */
function inOrder(routes: readonly Route[], use: 'required' | 'optional'): Set<number> {
  return new Set(routes.flatMap((route) => route[use]))
}

/** What one channel gets of the batch, in the batch's order; an event stands as often as a route names the channel. */
function rowsFor(batch: EventBatch, routes: readonly Route[], use: 'required' | 'optional', channel: number): EventBatch {
  const mine = routes.filter((route) => route[use].includes(channel))
  if (mine.length === 1 && mine[0]!.rows === undefined && times(mine[0]!, use, channel) === 1) return batch
  const rows: number[] = []
  for (const route of mine) {
    const own = route.rows ?? Uint32Array.from({ length: batch.count }, (_, row) => row)
    for (const row of own) for (let n = times(route, use, channel); n > 0; n--) rows.push(row)
  }
  return gatherBatch(
    batch,
    rows.sort((a, b) => a - b),
  )
}

const times = (route: Route, use: 'required' | 'optional', channel: number): number =>
  route[use].filter((other) => other === channel).length
