// Accumulators: what functions of tasks only add to, and the program reads (Spark's AccumulatorV2).
import { IllegalStateException } from '../../../src-shared/streaming/exceptions.ts'
import { keepTaskUpdates, partOfTask } from './task-updates.ts'
import { show } from './value.ts'

/**
 * Base of all accumulators, also of a person's own. An accumulator counts from `SparkContext.register` on (longAccumulator and its like
 * register at once): what a task adds is then kept apart and merged when the task has succeeded, so that a failed one adds nothing;
 * functions before an action may run again, and add again, as in Spark. In a task `value` is what earlier tasks have added.
 */
export abstract class AccumulatorV2<IN, OUT> {
  #registered: { readonly id: number; readonly name: string | undefined } | undefined

  /** Nothing has been added. */
  abstract get isZero(): boolean
  /** One of its own with the same content. */
  abstract copy(): AccumulatorV2<IN, OUT>
  /** Makes it as if nothing had been added. */
  abstract reset(): void
  /** Called by programs, in tasks and outside of them. */
  abstract add(value: IN): void
  /** Adds what another one of the same kind has. */
  abstract merge(other: AccumulatorV2<IN, OUT>): void
  /** What has been added so far. */
  abstract get value(): OUT

  /** An empty one of the same kind: what a task adds to. Worth a method of its own where copy() is expensive. */
  copyAndReset(): AccumulatorV2<IN, OUT> {
    const copy = this.copy()
    copy.reset()
    return copy
  }

  /** SparkContext.register was called with it. */
  get isRegistered(): boolean {
    return this.#registered !== undefined
  }

  /** Counts from 0 in each SparkContext. Throws before it is registered. */
  get id(): number {
    return this.#registration().id
  }

  /** Undefined where it was registered without. Throws before it is registered. */
  get name(): string | undefined {
    return this.#registration().name
  }

  /** Called by SparkContext.register. From now on tasks add to parts of their own. */
  assign(id: number, name: string | undefined): void {
    if (this.#registered !== undefined) throw new IllegalStateException('Cannot register an Accumulator twice.')
    this.#registered = { id, name }
    keepTaskUpdates()
    const addHere = this.add
    Object.defineProperty(this, 'add', {
      configurable: true,
      value: (value: IN): void => {
        const part = partOfTask(this)
        if (part === undefined) addHere.call(this, value)
        else part.add(value)
      },
    })
  }

  /** `LongAccumulator(id: 0, name: Some(lines), value: 3)`. */
  toString(): string {
    const kind = this.constructor.name
    if (this.#registered === undefined) return `Un-registered Accumulator: ${kind}`
    const { id, name } = this.#registered
    return `${kind}(id: ${id}, name: ${name === undefined ? 'None' : `Some(${name})`}, value: ${this.valueText()})`
  }

  protected valueText(): string {
    return show(this.value)
  }

  #registration(): { readonly id: number; readonly name: string | undefined } {
    if (this.#registered === undefined) throw new IllegalStateException('The metadata of this accumulator has not been assigned yet.')
    return this.#registered
  }
}
