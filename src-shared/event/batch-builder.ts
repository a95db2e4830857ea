// Collects events one by one into an EventBatch. For sources that decode messages or lines; bodies are copied once, when the batch is made.
import { headerColumns } from './build-batch.ts'
import type { EventBatch, Headers } from './event-batch.ts'

export class BatchBuilder {
  readonly #headers: Headers[] = []
  readonly #parts: Uint8Array[] = []
  readonly #ends: number[] = []
  #bytes = 0

  get count(): number {
    return this.#ends.length
  }

  /** Adds an event. `body` may be a view; it must not change before build(). The same headers object for neighbours is recognised. */
  add(headers: Headers, body: Uint8Array): void {
    this.#headers.push(headers)
    this.#parts.push(body)
    this.#bytes += body.length
    this.#ends.push(this.#bytes)
  }

  build(): EventBatch {
    const bodies = new Uint8Array(this.#bytes)
    for (let index = 0; index < this.#parts.length; index++) bodies.set(this.#parts[index]!, index === 0 ? 0 : this.#ends[index - 1]!)
    return { count: this.count, bodies, ends: Uint32Array.from(this.#ends), gap: 0, terminated: false, ...headerColumns(this.#headers) }
  }
}
