// How many bytes a listener holds for its clients at once: of messages that are not whole yet, and of whole ones that are worked on. When it
// is too much, whoever holds the largest unfinished message is let go, so that small honest messages always get through.

/** One holder of bytes: a connection or a request. */
export interface Holder {
  /** Bytes of a message that is not whole yet. */
  unfinished: number
  /** Bytes of whole messages that have no answer yet. */
  working: number
  /** Ends the holder for this reason. What it holds unfinished is free then. */
  readonly refuse: (reason: string) => void
}

export class BufferBudget {
  readonly #most: number
  readonly #holders = new Set<Holder>()
  #held = 0

  /** `most` may be Infinity. */
  constructor(most: number) {
    this.#most = most
  }

  add(holder: Holder): void {
    this.#holders.add(holder)
    this.#held += holder.unfinished + holder.working
  }

  /** Gives back what the holder has. */
  remove(holder: Holder): void {
    if (this.#holders.delete(holder)) this.#held -= holder.unfinished + holder.working
  }

  /** The holder has so much now. Another holder, or this one, may be refused by it. */
  change(holder: Holder, unfinished: number, working: number): void {
    this.#held += unfinished + working - holder.unfinished - holder.working
    holder.unfinished = unfinished
    holder.working = working
    while (this.#held > this.#most && this.#holders.has(holder)) {
      let largest = holder
      for (const other of this.#holders) if (other.unfinished > largest.unfinished) largest = other
      // Work under way cannot be taken back: its bytes count until it is answered, and whoever brings more meanwhile has to wait outside.
      this.#held -= largest.unfinished
      largest.unfinished = 0
      largest.refuse(`${this.#most} bytes of messages are being received or stored already (maxBufferedBytes); it may send again`)
      if (largest === holder) return
    }
  }
}
