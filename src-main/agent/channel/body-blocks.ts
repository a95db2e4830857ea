// The memory that a memory channel keeps bodies in: blocks that are filled one behind another and used again when everything in them has
// been consumed. A channel that only kept what sources hand it would leave megabytes to the garbage collector for every megabyte that moves,
// and a few bytes that wait would hold the whole chunk that they were read in.

/** Bodies of some events, and where they lie. */
export interface StoredBodies {
  readonly bodies: Uint8Array
  readonly block: Block
}

export interface Block {
  readonly bytes: Uint8Array
  used: number
  /** Events that lie here, queued or taken. */
  events: number
}

const firstBlockBytes = 64 << 10
const blockBytes = 4 << 20
/** Larger bodies get a block of their own, so that little of a block is left unused. */
const sharedBytes = blockBytes / 4
const mostSpare = 2

export class BodyBlocks {
  #current: Block | undefined
  #nextBytes = firstBlockBytes
  readonly #spare: Block[] = []

  /** Copies the bodies of `events` events (at least one) behind what was stored before, in the same block where they fit. */
  store(bodies: Uint8Array, events: number): StoredBodies {
    const block = bodies.length > sharedBytes ? newBlock(bodies.length) : this.#blockFor(bodies.length)
    const view = block.bytes.subarray(block.used, block.used + bodies.length)
    view.set(bodies)
    block.used += bodies.length
    block.events += events
    return { bodies: view, block }
  }

  /** So many events of a block are needed no more. What the last of them leaves is written over. */
  release(block: Block, events: number): void {
    block.events -= events
    if (block.events > 0) return
    block.used = 0
    if (block !== this.#current && block.bytes.length === blockBytes && this.#spare.length < mostSpare) this.#spare.push(block)
  }

  #blockFor(bytes: number): Block {
    const current = this.#current
    if (current !== undefined && current.used + bytes <= current.bytes.length) return current
    const next = this.#spare.pop() ?? newBlock(Math.max(bytes, this.#nextBytes))
    this.#nextBytes = Math.min(this.#nextBytes * 4, blockBytes)
    this.#current = next
    return next
  }
}

function newBlock(bytes: number): Block {
  return { bytes: Buffer.allocUnsafeSlow(bytes), used: 0, events: 0 }
}
