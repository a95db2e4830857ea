// Spark's storage levels. One process: disk, off-heap, serialisation and replicas are accepted and shown, kept data is in memory.

import { IllegalArgumentException } from '../../../src-shared/streaming/exceptions.ts'

export class StorageLevel {
  readonly useDisk: boolean
  readonly useMemory: boolean
  readonly useOffHeap: boolean
  readonly deserialized: boolean
  readonly replication: number

  constructor(useDisk: boolean, useMemory: boolean, useOffHeap: boolean, deserialized: boolean, replication = 1) {
    this.useDisk = useDisk
    this.useMemory = useMemory
    this.useOffHeap = useOffHeap
    this.deserialized = deserialized
    this.replication = replication
  }

  /** True when an RDD of this level is kept. */
  get isValid(): boolean {
    return this.useDisk || this.useMemory
  }

  equals(that: StorageLevel): boolean {
    return this.description === that.description
  }

  /** `Memory Deserialized 1x Replicated`. */
  get description(): string {
    const memory = this.useMemory ? (this.useOffHeap ? 'Memory (off heap) ' : 'Memory ') : ''
    return `${this.useDisk ? 'Disk ' : ''}${memory}${this.deserialized ? 'Deserialized' : 'Serialized'} ${this.replication}x Replicated`
  }

  /** The level of a name, `MEMORY_AND_DISK_SER_2`. */
  static fromString(name: string): StorageLevel {
    const level = levels.get(name)
    if (level === undefined) throw new IllegalArgumentException(`Invalid StorageLevel: ${name}`)
    return level
  }

  toString(): string {
    const { useDisk, useMemory, useOffHeap, deserialized, replication } = this
    const parts = [
      useDisk && 'disk',
      useMemory && 'memory',
      useOffHeap && 'offheap',
      deserialized && 'deserialized',
      `${replication} replicas`,
    ]
    return `StorageLevel(${parts.filter((part) => part !== false).join(', ')})`
  }

  static readonly NONE = new StorageLevel(false, false, false, false)
  static readonly DISK_ONLY = new StorageLevel(true, false, false, false)
  static readonly DISK_ONLY_2 = new StorageLevel(true, false, false, false, 2)
  static readonly DISK_ONLY_3 = new StorageLevel(true, false, false, false, 3)
  static readonly MEMORY_ONLY = new StorageLevel(false, true, false, true)
  static readonly MEMORY_ONLY_2 = new StorageLevel(false, true, false, true, 2)
  static readonly MEMORY_ONLY_SER = new StorageLevel(false, true, false, false)
  static readonly MEMORY_ONLY_SER_2 = new StorageLevel(false, true, false, false, 2)
  static readonly MEMORY_AND_DISK = new StorageLevel(true, true, false, true)
  static readonly MEMORY_AND_DISK_2 = new StorageLevel(true, true, false, true, 2)
  static readonly MEMORY_AND_DISK_SER = new StorageLevel(true, true, false, false)
  static readonly MEMORY_AND_DISK_SER_2 = new StorageLevel(true, true, false, false, 2)
  static readonly OFF_HEAP = new StorageLevel(true, true, true, false)
}

const levels: ReadonlyMap<string, StorageLevel> = new Map(
  Object.entries(StorageLevel).filter((entry): entry is [string, StorageLevel] => entry[1] instanceof StorageLevel),
)
