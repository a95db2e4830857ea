// Receiver: what a program extends to bring data of its own into a stream.
import { SparkException } from '../../../src-shared/streaming/exceptions.ts'
import { decodeObjects } from '../rdd/object-format.ts'
import { StorageLevel } from '../rdd/storage-level.ts'

/** The engine's side of a running receiver. */
export interface ReceiverSupervisor {
  readonly streamId: number
  readonly started: boolean
  readonly stopped: boolean
  /** What is stored as a block is on the disk when that resolves. */
  readonly durable: boolean
  pushSingle(item: unknown): void | Promise<void>
  /** `counted`: false for a block that is taken over as bytes, whose records nobody has counted. */
  pushBlock(items: Iterable<unknown>, metadata: unknown, counted?: boolean): Promise<void>
  reportError(message: string, error: unknown): void
  restart(message: string, error: unknown, delayMs: number | undefined): void
  stop(message: string, error: unknown): void
}

export abstract class Receiver<T> {
  readonly storageLevel: StorageLevel
  #supervisor: ReceiverSupervisor | undefined

  constructor(storageLevel: StorageLevel = StorageLevel.MEMORY_ONLY) {
    this.storageLevel = storageLevel
  }

  /** Starts receiving; must return soon. Called again after a restart. */
  abstract onStart(): void | Promise<void>

  /** Stops what onStart began. */
  abstract onStop(): void | Promise<void>

  /**
   * Adds one record to the block that is being filled. Where a rate limit holds, the promise resolves when the record was let in: a
   * receiver that does not await it is buffered without a limit.
   */
  store(item: T): void | Promise<void> {
    return this.#attached.pushSingle(item)
  }

  /** Stores records as exactly one block. Resolves when the block will be part of a batch: what it came from may then be acknowledged. */
  storeBlock(items: Iterable<T>, metadata?: unknown): Promise<void> {
    return this.#attached.pushBlock(items, metadata)
  }

  /**
   * Stores a block that is serialised already, in the form of encodeObjects (Spark's store(ByteBuffer)). Resolves as storeBlock does. Its
   * records are not counted among the batch's input, as in Spark. Throws a RangeError where the bytes are no such block.
   */
  storeBytes(bytes: Uint8Array, metadata?: unknown): Promise<void> {
    const content = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    return this.#attached.pushBlock(decodeObjects(content), metadata, false)
  }

  /** Tells listeners and the window; stops nothing. */
  reportError(message: string, error?: unknown): void {
    this.#attached.reportError(message, error)
  }

  /** Stops and, after a delay (2 s by default), starts again. */
  restart(message: string, error?: unknown, delayMs?: number): void {
    this.#attached.restart(message, error, delayMs)
  }

  /** Stops this receiver for good. */
  stop(message: string, error?: unknown): void {
    this.#attached.stop(message, error)
  }

  /** True with a write-ahead log: what storeBlock() has resolved for survives a crash. */
  get isDurable(): boolean {
    return this.#attached.durable
  }

  /** From onStart() until it stops. */
  isStarted(): boolean {
    return this.#attached.started
  }

  /** It was stopped, for good or before a restart. */
  isStopped(): boolean {
    return this.#attached.stopped
  }

  /** The id of its input stream, from 0. Throws before the context has started. */
  get streamId(): number {
    return this.#attached.streamId
  }

  /** For the engine. */
  attachSupervisor(supervisor: ReceiverSupervisor): void {
    this.#supervisor = supervisor
  }

  get #attached(): ReceiverSupervisor {
    if (this.#supervisor !== undefined) return this.#supervisor
    throw new SparkException(
      'A ReceiverSupervisor has not been attached to the receiver yet. Maybe you are starting some computation in the receiver before the Receiver.onStart() has been called.',
    )
  }
}
