// What the function of mapWithState is given for a key. As Spark's State.
import { NoSuchElementException, requirement } from '../../../src-shared/streaming/exceptions.ts'

/** The state of a key, as the function of mapWithState sees it. Valid during the call only. */
export class State<S> {
  #value: S | undefined
  #defined = false
  #updated = false
  #removed = false
  #timingOut = false

  /** True when this key has a state. */
  exists(): boolean {
    return this.#defined
  }

  /** The state; throws NoSuchElementException where there is none. */
  get(): S {
    if (!this.#defined) throw new NoSuchElementException('State is not set')
    return this.#value as S
  }

  /** The state, or undefined. */
  getOption(): S | undefined {
    return this.#defined ? this.#value : undefined
  }

  /** Sets the state. Not after remove(), and not while it is timing out. */
  update(value: S): void {
    requirement(!this.#removed, 'Cannot update the state after it has been removed')
    requirement(!this.#timingOut, 'Cannot update the state that is timing out')
    this.#value = value
    this.#defined = true
    this.#updated = true
  }

  /** Takes the state away; the key is new when it comes again. Not while it is timing out. */
  remove(): void {
    requirement(!this.#timingOut, 'Cannot remove the state that is timing out')
    requirement(!this.#removed, 'Cannot remove the state that has already been removed')
    this.#defined = false
    this.#updated = false
    this.#removed = true
  }

  /** True in the last call for a key that has been idle for too long; the state is removed after it. */
  isTimingOut(): boolean {
    return this.#timingOut
  }

  /** For the engine: makes this the state of another key. */
  wrap(value: S | undefined, defined: boolean, timingOut: boolean): void {
    this.#value = value
    this.#defined = defined
    this.#timingOut = timingOut
    this.#removed = false
    this.#updated = false
  }

  isUpdated(): boolean {
    return this.#updated
  }

  isRemoved(): boolean {
    return this.#removed
  }
}
