// Stands between a channel and the sinks of one runner, and sees to it that an event which cannot be delivered does not block them for ever
// (rule poison-events). Sinks know nothing of it: they take, and commit or roll back.
//
// A batch that failed maxRetries times is looked through: parts of it, halved while they fail and doubled while they succeed, are offered to
// the sinks until the failing events stand alone. One that the other side refused is set aside. For any other failure the event is only
// suspected: it is held back while the next ones are tried; when one of them gets through, so that the sinks work, it is offered once more,
// and set aside if it fails again. When nothing gets through everything goes back to the channel, in order, and is tried again later.
//
// A set aside event is in its box, durably, before the channel forgets it. Nothing is held between two turns of the runner.
import { MillraceError, messageOf } from '../../../src-shared/errors.ts'
import { type EventBatch, eventAt, type FlumeEvent } from '../../../src-shared/event/event-batch.ts'
import type { Clock } from '../../clock.ts'
import type { Sink } from '../../component/define.ts'
import type { Channel, Transaction } from '../channel/channel.ts'
import { type Blame, blameOf, heavier } from './blame.ts'
import type { DeadLetterBox } from './dead-letter.ts'
import { GuardedTransaction, type HeldEvent, type TransactionWatcher } from './guarded-transaction.ts'

/** So many events in a row that fail without being refused: then it is the sink. */
const mostSuspects = 10
/** So long after an event was set aside a failing batch is likely to hold the next one: its retries need no pause. */
const afterSettingAsideMs = 60_000

export interface PoisonGuardOptions {
  readonly channel: Channel
  /** Name of the sink, or of the first of a group. */
  readonly sink: string
  readonly maxRetries: number
  /** 0: no limit. */
  readonly mostInARow: number
  readonly box: DeadLetterBox
  readonly clock: Clock
  /** Aborts when the runner is to stop. */
  readonly signal: AbortSignal
  readonly report: GuardReport
}

/** What a guard tells. */
export interface GuardReport {
  /** The sinks are about to have a turn. */
  turn(): Promise<void>
  /** One more event is in the box. */
  setAside(error: string): Promise<void>
}

interface Attempt {
  readonly events: number
  readonly committed: boolean
  readonly first?: FlumeEvent
  readonly ordinal?: number | undefined
  readonly why?: unknown
}

type Offer =
  | { readonly kind: 'delivered'; readonly events: number }
  | { readonly kind: 'nothing' }
  | { readonly kind: 'failed'; readonly blame: Blame; readonly error: unknown; readonly held: HeldEvent | undefined }

interface Suspect {
  readonly held: HeldEvent
  readonly attempts: number
  /** False for events behind the batch: they were tried only to see whether anything gets through. */
  readonly mayBeSetAside: boolean
}

/** The event that a failing batch began with. */
type Head = number | FlumeEvent

export class PoisonGuard implements TransactionWatcher {
  /** What the sinks are to take from. */
  readonly channel: Channel
  quota = Number.POSITIVE_INFINITY
  readonly #options: PoisonGuardOptions
  #attempts: Attempt[] = []
  #held: HeldEvent | undefined
  #failures = 0
  #head: Head | undefined
  #failedEvents = 0
  #inARow = 0
  #lastTurnFailed = false
  #setAsideAt = Number.NEGATIVE_INFINITY

  constructor(options: PoisonGuardOptions) {
    this.#options = options
    this.channel = withTransactions(options.channel, () => {
      const held = this.#held
      return new GuardedTransaction(this, held?.transaction ?? options.channel.transaction(), held?.event)
    })
  }

  committed(taken: readonly EventBatch[]): void {
    this.#held = undefined
    this.#attempts.push({ committed: true, events: countOf(taken) })
  }

  rolledBack(taken: readonly EventBatch[], transaction: Transaction, why: unknown): boolean {
    const [first] = taken
    if (first === undefined) return false
    this.#attempts.push({
      committed: false,
      events: countOf(taken),
      first: copyOf(first),
      ordinal: transaction.takenOrdinals?.[0]?.[0],
      why,
    })
    if (this.quota !== 1) return false
    this.#held = { transaction, event: first }
    return true
  }

  /** Before the sinks have their turn. */
  async begin(): Promise<void> {
    this.#attempts = []
    await this.#options.report.turn()
  }

  /** After it; `thrown`: what it ended with. */
  finish(thrown: unknown): void {
    this.#lastTurnFailed = false
    const tried = this.#attempts.filter((attempt) => attempt.events > 0)
    if (tried.some((attempt) => attempt.committed)) {
      this.#failures = 0
      this.#inARow = 0
      return
    }
    const [first] = tried
    if (first?.first === undefined) return
    if (tried.map(({ why }) => blameOf(why ?? thrown)).reduce(heavier) === 'unsent') return
    this.#lastTurnFailed = true
    const head = first.ordinal ?? first.first
    this.#failures = this.#head !== undefined && isSame(this.#head, head) ? this.#failures + 1 : 1
    this.#head = head
    this.#failedEvents = Math.max(...tried.map(({ events }) => events))
  }

  /** The turn failed, and others got through a moment ago: the sinks may have the next turn without a pause. */
  get retriesAtOnce(): boolean {
    return this.#lastTurnFailed && this.#options.clock.monotonic() - this.#setAsideAt < afterSettingAsideMs
  }

  /** The same batch has failed so often that it is to be looked through. */
  get ripe(): boolean {
    return this.#failures >= this.#options.maxRetries
  }

  /** Looks it through. Rejects when nothing got on: the runner waits then. */
  async isolate(sinks: readonly Sink[]): Promise<void> {
    const { maxRetries, signal } = this.#options
    const failures = this.#failures
    const count = this.#failedEvents
    const suspects: Suspect[] = []
    const failedParts: { readonly from: number; readonly to: number }[] = []
    let position = 0
    let size = Math.max(1, count >> 1)
    let last: unknown
    this.#failures = 0
    try {
      // Behind the batch single events are tried only while suspects wait for a proof that the sinks work.
      while (!signal.aborted && suspects.length < mostSuspects && (position < count || suspects.length > 0)) {
        const part = position < count ? Math.min(size, count - position) : 1
        const offer = await this.#offer(part, sinks)
        if (offer.kind === 'nothing') break
        if (offer.kind === 'delivered') {
          position += offer.events
          size = part * 2
          this.#inARow = 0
          await this.#judge(suspects, sinks)
          continue
        }
        const { held, blame, error } = offer
        last = error
        failedParts.push({ from: position, to: position + part })
        if (held !== undefined) {
          const at = position++
          const attempts = failures + failedParts.filter(({ from, to }) => from <= at && at < to).length
          suspects.push({ held, attempts, mayBeSetAside: at < count })
        } else size = Math.max(1, part >> 1)
        if (blame === 'unsent') throw error
        const alone = suspects.at(-1)
        if (held !== undefined && alone?.mayBeSetAside === true && blame === 'refused' && !this.#mustProve)
          await this.#setAside(suspects, suspects.length - 1, error)
      }
      if (suspects.length > 0 && !signal.aborted) throw nothingElseGetsThrough(suspects.length, last)
    } catch (error) {
      this.#setAsideAt = Number.NEGATIVE_INFINITY
      // What was not decided is tried as a batch again, and looked through at once if it fails.
      const [first] = suspects
      if (first !== undefined) this.#head = first.held.transaction.takenOrdinals?.[0]?.[0] ?? copyOf(first.held.event)
      if (first !== undefined || position === 0) this.#failures = maxRetries - 1
      throw error
    } finally {
      this.quota = Number.POSITIVE_INFINITY
      // Channels in memory put what comes back at the front: the first must come last.
      for (const { held } of suspects.toReversed()) await giveBack(held)
    }
  }

  /** After so many in a row it may be the sink's own settings that are refused: then others must get through. */
  get #mustProve(): boolean {
    const { mostInARow } = this.#options
    return mostInARow > 0 && this.#inARow >= mostInARow
  }

  /** Something got through: each suspect has its last chance. */
  async #judge(suspects: Suspect[], sinks: readonly Sink[]): Promise<void> {
    for (let index = 0; index < suspects.length; ) {
      const suspect = suspects[index]!
      if (!suspect.mayBeSetAside) {
        index++
        continue
      }
      const offer = await this.#offer(1, sinks, suspect.held)
      if (offer.kind === 'nothing') throw nothingElseGetsThrough(1, new MillraceError('EVENT_DELIVERY', 'the sink takes nothing now'))
      if (offer.kind === 'failed' && offer.blame === 'unsent') throw offer.error
      if (offer.kind === 'failed') await this.#setAside(suspects, index, offer.error, suspect.attempts + 1)
      else suspects.splice(index, 1)
    }
    for (const { held } of suspects.splice(0).toReversed()) await giveBack(held)
  }

  async #setAside(suspects: Suspect[], index: number, error: unknown, attempts = suspects[index]!.attempts): Promise<void> {
    const { box, sink, channel, clock, report } = this.#options
    const { transaction, event } = suspects[index]!.held
    const ordinal = transaction.takenOrdinals?.[0]?.[0]
    const letter = { event, sink, channel: channel.name, attempts, error: messageOf(error), time: clock.now() }
    await box.put(ordinal === undefined ? letter : { ...letter, ordinal })
    await transaction.commit()
    transaction.close()
    suspects.splice(index, 1)
    this.#inARow += 1
    this.#setAsideAt = clock.monotonic()
    await report.setAside(letter.error)
  }

  /** Up to `quota` events, or the held one, to each sink until one takes them. A single one that none takes is held. */
  async #offer(quota: number, sinks: readonly Sink[], held?: HeldEvent): Promise<Offer> {
    this.quota = quota
    this.#held = held
    let failed: { blame: Blame; error: unknown } | undefined
    for (const sink of sinks) {
      this.#attempts = []
      let thrown: unknown
      try {
        await sink.process()
      } catch (error) {
        thrown = error
      }
      const attempt = this.#attempts.find(({ events }) => events > 0)
      if (attempt?.committed === true) return { kind: 'delivered', events: attempt.events }
      if (attempt === undefined && thrown === undefined) continue
      const error = attempt?.why ?? thrown
      const blame = attempt === undefined ? 'unsent' : blameOf(error)
      if (failed === undefined || heavier(failed.blame, blame) !== failed.blame) failed = { blame, error }
    }
    const kept = this.#held
    this.#held = undefined
    return failed === undefined ? { kind: 'nothing' } : { kind: 'failed', ...failed, held: kept }
  }
}

function nothingElseGetsThrough(events: number, cause: unknown): MillraceError {
  const what = events === 1 ? 'An event cannot be delivered' : `${events} events in a row cannot be delivered`
  return new MillraceError('EVENT_DELIVERY', `${what}; set aside is only what fails while other events get through`, { cause })
}

async function giveBack({ transaction }: HeldEvent): Promise<void> {
  if (transaction.state === 'OPEN') await transaction.rollback()
  transaction.close()
}

const countOf = (batches: readonly EventBatch[]): number => batches.reduce((sum, batch) => sum + batch.count, 0)

/** A batch is valid as long as it is taken; this is longer. */
function copyOf(batch: EventBatch): FlumeEvent {
  const { headers, body } = eventAt(batch, 0)
  return { headers, body: body.slice() }
}

function isSame(a: Head, b: Head): boolean {
  if (typeof a === 'number' || typeof b === 'number') return a === b
  return Buffer.compare(a.body, b.body) === 0 && JSON.stringify(a.headers) === JSON.stringify(b.headers)
}

/** The channel with all that it can do, but for its transactions. */
function withTransactions(channel: Channel, transaction: () => Transaction): Channel {
  return new Proxy(channel, {
    get(target, key) {
      if (key === 'transaction') return transaction
      const value: unknown = Reflect.get(target, key, target)
      return typeof value === 'function' ? value.bind(target) : value
    },
  })
}
