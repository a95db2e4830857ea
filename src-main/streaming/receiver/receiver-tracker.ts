// ReceiverTracker: starts receivers, keeps what they bring, restarts and stops them, tells listeners.

import { hostname } from 'node:os'
import { messageOf } from '../../../src-shared/errors.ts'
import type { ReceiverInfo } from '../../../src-shared/streaming/batch-info.ts'
import type { ReceiverLog } from '../host.ts'
import { failureText } from '../scheduler/job-set.ts'
import type { StreamingContext } from '../streaming-context.ts'
import { BlockGenerator } from './block-generator.ts'
import { DurableBlocks } from './durable-blocks.ts'
import { RateLimiter } from './rate.ts'
import { ReceivedBlockTracker } from './received-block-tracker.ts'
import type { Receiver, ReceiverSupervisor } from './receiver.ts'
import { checkKeepable } from './record-encoding.ts'

/** A receiver to run; `log`: where what it brings is made durable. */
export interface StartedReceiver {
  readonly streamId: number
  readonly receiver: Receiver<unknown>
  readonly log: ReceiverLog | undefined
}

/** One receiver's engine side: its block generator and its state. */
class Supervisor implements ReceiverSupervisor {
  readonly streamId: number
  readonly generator: BlockGenerator
  readonly #receiver: Receiver<unknown>
  readonly #tracker: ReceiverTracker
  readonly #context: StreamingContext
  readonly #keptIn: ReceiverLog | undefined
  readonly #durable: DurableBlocks | undefined
  readonly #ended = new AbortController()
  #state: 'Initialized' | 'Started' | 'Stopped' = 'Initialized'
  #blocks = 0
  /** Starts, stops and restarts, one after the other. */
  #chain: Promise<void> = Promise.resolve()

  constructor({ streamId, receiver, log }: StartedReceiver, tracker: ReceiverTracker, context: StreamingContext) {
    this.streamId = streamId
    this.#keptIn = log
    this.#receiver = receiver
    this.#tracker = tracker
    this.#context = context
    const { settings, host } = context
    const durable =
      log &&
      new DurableBlocks({
        ...{ log, clock: host.clock, queueSize: settings.blockQueueSize, ended: this.#ended.signal },
        troubled: (error) => this.reportError(`A block could not be stored; it is tried again: ${messageOf(error)}`, error),
        lost: (records, reason) =>
          host.log.error('Records that a receiver brought could not be stored before it was stopped.', {
            stream: streamId,
            records,
            reason,
          }),
      })
    this.#durable = durable
    this.generator = new BlockGenerator(streamId, {
      intervalMs: settings.blockIntervalMs,
      clock: host.clock,
      limiter: new RateLimiter(host.clock, settings.backpressure ? settings.backpressureInitialRate : undefined, settings.receiverMaxRate),
      ...(durable === undefined
        ? { push: (block) => tracker.blocks.addBlock(streamId, block) }
        : { push: (block) => durable.push(block), full: () => durable.full() }),
    })
  }

  get started(): boolean {
    return this.#state === 'Started'
  }

  get stopped(): boolean {
    return this.#state === 'Stopped'
  }

  start(): void {
    this.generator.start()
    this.#chain = this.#chain.then(() => this.#startReceiver())
  }

  async #startReceiver(): Promise<void> {
    if (this.#ended.signal.aborted) return
    this.#state = 'Started'
    this.#tracker.registered(this.streamId, this.#receiver)
    try {
      await this.#receiver.onStart()
    } catch (thrown) {
      // Spark starts it again at once, for ever; here with the delay of a restart.
      this.restart(`Error starting receiver ${this.streamId}`, thrown, undefined)
    }
  }

  async #stopReceiver(message: string, error: unknown): Promise<void> {
    if (this.#state !== 'Started') return
    this.#state = 'Stopped'
    try {
      await this.#receiver.onStop()
    } catch (thrown) {
      this.#context.host.log.error('A receiver threw while it was stopped.', { stream: this.streamId, error: messageOf(thrown) })
    }
    this.#tracker.deregistered(this.streamId, message, error)
  }

  get durable(): boolean {
    return this.#keptIn !== undefined
  }

  pushSingle(item: unknown): void | Promise<void> {
    if (this.#keptIn !== undefined) checkKeepable(item)
    return this.generator.addData(item)
  }

  async pushBlock(items: Iterable<unknown>, _metadata: unknown, counted = true): Promise<void> {
    const records = [...items]
    if (this.#keptIn === undefined)
      this.#tracker.blocks.addBlock(this.streamId, { id: `input-${this.streamId}-b${this.#blocks++}`, records, counted })
    else if (records.length > 0) await this.#keptIn.append(records)
  }

  reportError(message: string, error: unknown): void {
    this.#log(`Receiver ${this.streamId}: ${message}`, error)
    this.#tracker.errorReported(this.streamId, message, error)
  }

  #log(sentence: string, error: unknown): void {
    this.#context.host.log.warn(sentence, error === undefined ? {} : { error: messageOf(error) })
  }

  restart(message: string, error: unknown, delayMs = this.#context.settings.receiverRestartDelayMs): void {
    this.#log(`Restarting receiver ${this.streamId} with a delay of ${delayMs} ms: ${message}`, error)
    this.#chain = this.#chain.then(async () => {
      await this.#stopReceiver(`Restarting receiver with delay ${delayMs}ms: ${message}`, error)
      await this.#context.host.clock.sleep(delayMs, this.#ended.signal)
      await this.#startReceiver()
    })
  }

  stop(message: string, error: unknown): void {
    void this.end(message, error)
  }

  async end(message: string, error: unknown): Promise<void> {
    this.#ended.abort()
    this.#chain = this.#chain.then(() => this.#stopReceiver(message, error))
    await this.#chain
    this.generator.stop()
    await this.#durable?.settled()
  }
}

export class ReceiverTracker {
  readonly blocks = new ReceivedBlockTracker()
  readonly #context: StreamingContext
  readonly #supervisors: Supervisor[] = []
  readonly #infos = new Map<number, ReceiverInfo>()

  constructor(context: StreamingContext) {
    this.#context = context
  }

  start(receivers: readonly StartedReceiver[]): void {
    for (const started of receivers) {
      const supervisor = new Supervisor(started, this, this.#context)
      started.receiver.attachSupervisor(supervisor)
      this.#supervisors.push(supervisor)
      supervisor.start()
    }
  }

  allocateBlocksToBatch(batchTime: number): void {
    this.blocks.allocateBlocksToBatch(batchTime)
  }

  updateRate(streamId: number, rate: number): void {
    this.#supervisors.find((supervisor) => supervisor.streamId === streamId)?.generator.limiter.updateRate(rate)
  }

  registered(streamId: number, receiver: Receiver<unknown>): void {
    const before = this.#infos.get(streamId)
    const info: ReceiverInfo = {
      streamId,
      name: `${receiver.constructor.name}-${streamId}`,
      active: true,
      location: hostname(),
      executorId: 'driver',
      lastErrorMessage: before?.lastErrorMessage ?? '',
      lastError: before?.lastError ?? '',
      lastErrorTime: before?.lastErrorTime ?? -1,
    }
    this.#infos.set(streamId, info)
    this.#context.post({ type: 'ReceiverStarted', receiverInfo: info })
  }

  deregistered(streamId: number, message: string, error: unknown): void {
    this.#update(streamId, 'ReceiverStopped', { active: false, ...this.#errorOf(message, error) })
  }

  errorReported(streamId: number, message: string, error: unknown): void {
    this.#update(streamId, 'ReceiverError', this.#errorOf(message, error))
  }

  #errorOf(message: string, error: unknown): Partial<ReceiverInfo> {
    const text = error === undefined ? '' : failureText(error)
    return { lastErrorMessage: message, lastError: text, lastErrorTime: text === '' ? -1 : this.#context.host.clock.now() }
  }

  #update(streamId: number, type: 'ReceiverStopped' | 'ReceiverError', change: Partial<ReceiverInfo>): void {
    const before = this.#infos.get(streamId)
    if (before === undefined) return
    const receiverInfo = { ...before, ...change }
    this.#infos.set(streamId, receiverInfo)
    this.#context.post({ type, receiverInfo })
  }

  /** Stops all receivers; what they had buffered becomes blocks. */
  async stop(): Promise<void> {
    await Promise.all(this.#supervisors.map((supervisor) => supervisor.end('Stopped by driver', undefined)))
  }
}
