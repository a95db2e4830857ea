// RddNode: an RDD as a node of the lineage graph: its identity, what it depends on, what is kept of it, and how its partitions are computed.
// What each kind of RDD does stands in the definitions beside this file; the operations that programs call are in rdd.ts.
import { SparkException, SparkUnsupportedOperationException } from '../../../src-shared/streaming/exceptions.ts'
import type { CallSite } from './call-site.ts'
import { debugString } from './debug-string.ts'
import type { AnyMapSide, Dependency, MaybePromise, Push, RddDefinition } from './definition.ts'
import type { RddAddress } from './executors.ts'
import { memorySize } from './memory-size.ts'
import { arrays } from './narrow.ts'
import type { Partitioner } from './partitioner.ts'
import { type Fused, type OperatorTap, recordedEach } from './recorded-loop.ts'
import type { SparkContext } from './spark-context.ts'
import { StorageLevel } from './storage-level.ts'

/** An RDD without the operations on it. */
export abstract class RddNode<T> {
  readonly context: SparkContext
  readonly id: number
  readonly callSite: CallSite
  name: string | undefined
  /** Set by the DStream that made this RDD, when its batch is recorded. */
  tap: OperatorTap | undefined
  #definition: RddDefinition<T>
  #level = StorageLevel.NONE
  #checkpoint: 'none' | 'marked' | 'done' = 'none'
  #locally = false
  #stored: (readonly T[] | undefined)[] | undefined

  constructor(context: SparkContext, definition: RddDefinition<T>, callSite: CallSite) {
    this.context = context
    this.id = context.newRddId()
    this.#definition = definition
    this.callSite = callSite
  }

  // ---- structure

  /** The context that made it. */
  get sparkContext(): SparkContext {
    return this.context
  }

  /** Spark's name for this kind of RDD: `MapPartitionsRDD`. It stands in toString(). */
  get className(): string {
    return this.#definition.className
  }

  /** The RDDs that it is computed from. */
  get dependencies(): readonly Dependency[] {
    return this.#definition.dependencies
  }

  /** By which pairs lie in their partitions, where anything is known of that. */
  get partitioner(): Partitioner | undefined {
    return this.#definition.partitioner?.()
  }

  /** How many partitions. */
  getNumPartitions(): number {
    return this.#definition.partitions()
  }

  /** One for each partition, in order. */
  get partitions(): readonly { readonly index: number }[] {
    return Array.from({ length: this.getNumPartitions() }, (_, index) => ({ index }))
  }

  /** A name for toString() and toDebugString(). */
  setName(name: string): this {
    this.name = name
    return this
  }

  /**
   * Errors of this RDD's functions name this operator. `batchTime`: the stream gives it in every evaluation of the program alike, and so
   * this RDD, and those that it was made of on the way, have an address.
   */
  belongsTo(operatorId: number, tap: OperatorTap | undefined, batchTime?: number): void {
    if (this.#definition.operatorId === undefined) {
      this.#definition.operatorId = operatorId
      if (batchTime !== undefined) this.#standsAt({ streamId: operatorId, batchTime, path: [] })
    }
    this.tap ??= tap
  }

  #standsAt(address: RddAddress): void {
    this.#definition.address = address
    this.dependencies.forEach(({ rdd }, index) => {
      const definition = rdd.#definition
      if (definition.operatorId === undefined && definition.address === undefined) {
        rdd.#standsAt({ ...address, path: [...address.path, index] })
      }
    })
  }

  /** See belongsTo(); undefined where it has none. */
  get address(): RddAddress | undefined {
    return this.#definition.address
  }

  /** What its shuffles do to its parents' partitions, in the order of its dependencies. */
  get mapSides(): readonly AnyMapSide[] {
    return this.#definition.mapSides ?? []
  }

  /** A function of this RDD is asynchronous. */
  get isAsynchronous(): boolean {
    return this.#definition.asynchronous === true
  }

  toString(): string {
    return `${this.name === undefined ? '' : `${this.name} `}${this.className}[${this.id}] at ${this.callSite.short}`
  }

  /** The lineage, one line for each RDD, a shuffle with a column of its own, as Spark prints it. */
  toDebugString(): string {
    return debugString(this)
  }

  // ---- persistence

  /** How it is kept; NONE where it is not. */
  get storageLevel(): StorageLevel {
    return this.#level
  }

  /** The same, by Spark's name. */
  getStorageLevel(): StorageLevel {
    return this.#level
  }

  /** Partitions kept in memory at this moment. */
  get cachedPartitions(): number {
    return this.#level.isValid && this.#definition.resident === true ? this.getNumPartitions() : this.#storedPartitions
  }

  /** Bytes that those take, about. */
  get memorySize(): number {
    const kept = this.#level.isValid && this.#definition.resident === true
    const partitions = kept ? this.partitions.map(({ index }) => this.iterate(index) as readonly T[]) : (this.#stored ?? [])
    return partitions.reduce((sum, elements) => sum + (elements === undefined ? 0 : memorySize(elements)), 0)
  }

  get #storedPartitions(): number {
    return this.#stored?.filter((partition) => partition !== undefined).length ?? 0
  }

  /**
   * Keeps each partition once an action has computed it, until unpersist(). In memory, whatever the level says; the level is for
   * toDebugString(). Throws where another level was given before.
   */
  persist(level: StorageLevel = StorageLevel.MEMORY_ONLY): this {
    if (this.#level.isValid && !this.#level.equals(level)) {
      throw new SparkUnsupportedOperationException('Cannot change storage level of an RDD after it was already assigned a level')
    }
    this.#level = level
    return this
  }

  /** Keeps it at the default level. */
  cache(): this {
    return this.persist()
  }

  /** Lets go what is kept, and keeps nothing more. */
  unpersist(): this {
    this.#level = StorageLevel.NONE
    if (this.#checkpoint !== 'done') this.#stored = undefined
    return this
  }

  /** Marks for checkpointing: what the next action computes is kept, and lineage is cut behind it. */
  checkpoint(): void {
    if (this.context.checkpointDir === undefined) throw new SparkException('Checkpoint directory has not been set in the SparkContext')
    if (this.#checkpoint === 'none') this.#checkpoint = 'marked'
  }

  /** The same without a checkpoint directory, as Spark's for what may be lost with the process. Kept data is in this process either way. */
  localCheckpoint(): this {
    if (this.#checkpoint === 'none') this.#checkpoint = 'marked'
    this.#locally = true
    return this
  }

  /** A checkpoint was made, and its lineage ends here. */
  get isCheckpointed(): boolean {
    return this.#checkpoint === 'done'
  }

  // ---- computing (called by definitions and actions)

  /** Makes ready what `each` and `iterate` need for these partitions. */
  prepare(partitions: readonly number[]): MaybePromise<void> {
    const stored = this.#stored
    const missing = stored === undefined ? partitions : partitions.filter((partition) => stored[partition] === undefined)
    return missing.length === 0 ? undefined : this.#definition.prepare?.(missing)
  }

  /** Pushes the elements of one partition. Call prepare() before. */
  each(partition: number, push: Push<T>): void {
    if (this.isKept) {
      const elements = this.#keep(partition)
      for (let index = 0; index < elements.length; index++) push(elements[index] as T)
    } else this.#run(partition, push)
  }

  #run(partition: number, push: Push<T>): void {
    const { tap } = this
    if (tap === undefined) this.#definition.each(partition, push)
    else recordedEach({ definition: this.#definition as RddDefinition<unknown>, tap }, partition, push)
  }

  /** What a recorded loop that goes on from here runs in place of each(); undefined where it must call that. */
  get fused(): Fused | undefined {
    return this.isKept ? undefined : { definition: this.#definition as RddDefinition<unknown>, tap: this.tap }
  }

  /** What is computed is kept, or will be. */
  get isKept(): boolean {
    return (this.#level.isValid && this.#definition.resident !== true) || this.#checkpoint !== 'none'
  }

  /** The elements of one partition, pulled. */
  iterate(partition: number): Iterable<T> {
    if (this.isKept) return this.#keep(partition)
    if (this.tap === undefined && this.#definition.iterate !== undefined) return this.#definition.iterate(partition)
    const elements: T[] = []
    this.each(partition, (element) => elements.push(element))
    return elements
  }

  #keep(partition: number): readonly T[] {
    this.#stored ??= new Array(this.getNumPartitions())
    let elements = this.#stored[partition]
    if (elements === undefined) {
      const collected: T[] = []
      this.#run(partition, (element) => {
        collected.push(element)
      })
      elements = collected
      this.#stored[partition] = elements
      if (this.#checkpoint === 'marked' && this.#storedPartitions === this.getNumPartitions()) this.#cutLineage()
    }
    return elements
  }

  #cutLineage(): void {
    this.#definition = arrays(
      this.#locally ? 'LocalCheckpointRDD' : 'ReliableCheckpointRDD',
      this.#stored as (readonly T[])[],
      this.partitioner,
    )
    this.#checkpoint = 'done'
  }
}
