// ReceivedBlockTracker: blocks that no batch has yet, per stream in order, and the blocks of each batch.

import { AscendingMap } from '../ascending-map.ts'
import type { Block } from './block-generator.ts'

export class ReceivedBlockTracker {
  readonly #unallocated = new Map<number, Block[]>()
  readonly #allocated = new AscendingMap<ReadonlyMap<number, readonly Block[]>>()
  #lastAllocated = Number.NEGATIVE_INFINITY

  addBlock(streamId: number, block: Block): void {
    const queue = this.#unallocated.get(streamId)
    if (queue === undefined) this.#unallocated.set(streamId, [block])
    else queue.push(block)
  }

  /** Everything that waits goes to this batch. A batch that is not later than the last gets nothing more. */
  allocateBlocksToBatch(batchTime: number): void {
    if (batchTime <= this.#lastAllocated) return
    this.#allocated.set(batchTime, new Map(this.#unallocated))
    this.#unallocated.clear()
    this.#lastAllocated = batchTime
  }

  blocksOf(batchTime: number, streamId: number): readonly Block[] {
    return this.#allocated.get(batchTime)?.get(streamId) ?? []
  }

  get hasUnallocated(): boolean {
    return this.#unallocated.size > 0
  }

  cleanup(before: number): void {
    this.#allocated.removeBelow(before)
  }
}
