// What a task adds to accumulators counts when the task has succeeded, once (Spark's rule): until then it is kept in parts of the task's
// own. A task may be asynchronous, and others may run while it waits; its parts go with its own promises.
import { AsyncLocalStorage } from 'node:async_hooks'

/** An accumulator as far as tasks go. */
export interface Accumulating {
  /** An empty one of its kind. */
  copyAndReset(): Accumulating
  merge(part: Accumulating): void
}

const ofTask = new AsyncLocalStorage<TaskUpdates>()
let inUse = false

/** The updates of one task. */
export class TaskUpdates {
  readonly #parts = new Map<Accumulating, Accumulating>()
  #last: Accumulating | undefined
  #lastPart: Accumulating | undefined

  /** Runs the task, or a piece of it; also what an asynchronous one does later belongs to it. */
  run<R>(body: () => R): R {
    return ofTask.run(this, body)
  }

  /** Where the task adds. */
  partOf(accumulator: Accumulating): Accumulating {
    if (accumulator === this.#last) return this.#lastPart!
    let part = this.#parts.get(accumulator)
    if (part === undefined) {
      part = accumulator.copyAndReset()
      this.#parts.set(accumulator, part)
    }
    this.#last = accumulator
    this.#lastPart = part
    return part
  }

  /** Every accumulator that the task has added to, with what it added. */
  get parts(): Iterable<readonly [Accumulating, Accumulating]> {
    return this.#parts
  }

  /** The task has succeeded; within another task, that one must too. */
  commit(): void {
    for (const [accumulator, part] of this.#parts) accumulator.merge(part)
    this.#parts.clear()
    this.#last = undefined
  }

  /** What was done ahead for the task that runs now counts with it. */
  handOver(): void {
    const task = ofTask.getStore()
    for (const [accumulator, part] of this.#parts) (task?.partOf(accumulator) ?? accumulator).merge(part)
    this.#parts.clear()
    this.#last = undefined
  }
}

/** For a task that begins; undefined as long as this process has no accumulator. */
export function newTaskUpdates(): TaskUpdates | undefined {
  return inUse ? new TaskUpdates() : undefined
}

/** Where an accumulator adds to now: a part of the task that runs; undefined outside of tasks. */
export function partOfTask<A extends Accumulating>(accumulator: A): A | undefined {
  return ofTask.getStore()?.partOf(accumulator) as A | undefined
}

/** From now on tasks keep updates. */
export function keepTaskUpdates(): void {
  inUse = true
}
