// Broadcast variables: a value that functions of all tasks read. In one process it is a reference that nobody copies; what is Spark's is
// that it can be given up, after which no function reads it by mistake.
import { SparkException } from '../../../src-shared/streaming/exceptions.ts'
import { CallSite } from './call-site.ts'

/** Made by `SparkContext.broadcast`. As in Spark: not to be changed, and not recovered from a checkpoint (make it where it is asked for). */
export class Broadcast<T> {
  /** Counts from 0 in each SparkContext. */
  readonly id: number
  #held: { readonly value: T } | undefined
  #destroyedAt = ''

  constructor(id: number, value: T) {
    this.id = id
    this.#held = { value }
  }

  /** Throws Spark's SparkException after destroy(). */
  get value(): T {
    return this.#valid().value
  }

  /** Lets go of copies elsewhere, of which there are none: the value can be read on. */
  unpersist(): void {
    this.#valid()
  }

  /** Lets go of the value for good; whoever asks for it from now on gets an error that says where this was called. */
  destroy(): void {
    this.#valid()
    this.#held = undefined
    this.#destroyedAt = new CallSite('destroy').short
  }

  toString(): string {
    return `Broadcast(${this.id})`
  }

  #valid(): { readonly value: T } {
    if (this.#held === undefined) throw new SparkException(`Attempted to use ${this} after it was destroyed (${this.#destroyedAt}) `)
    return this.#held
  }
}
