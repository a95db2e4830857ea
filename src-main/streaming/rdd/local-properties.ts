// Properties that a program gives the jobs that it starts: Spark keeps them per thread, here they go with promises. A batch's jobs get
// what stood when the context started, without a job group, and their own on top; what a job sets is its own.
import { AsyncLocalStorage } from 'node:async_hooks'

const jobGroup = 'spark.jobGroup.id'
const description = 'spark.job.description'
const interrupt = 'spark.job.interruptOnCancel'

export class LocalProperties {
  readonly #program = new Map<string, string>()
  readonly #ofJob = new AsyncLocalStorage<Map<string, string>>()
  #saved: ReadonlyMap<string, string> = this.#program

  get(key: string): string | undefined {
    return this.#current.get(key)
  }

  /** Undefined takes it away. */
  set(key: string, value: string | undefined): void {
    if (value === undefined) this.#current.delete(key)
    else this.#current.set(key, value)
  }

  setJobGroup(groupId: string | undefined, text: string | undefined, interruptOnCancel: boolean | undefined): void {
    this.set(jobGroup, groupId)
    this.set(description, text)
    this.set(interrupt, interruptOnCancel === undefined ? undefined : String(interruptOnCancel))
  }

  setJobDescription(text: string | undefined): void {
    this.set(description, text)
  }

  /** The context starts: what is set from now on no batch sees. */
  save(): void {
    const saved = new Map(this.#program)
    saved.delete(jobGroup)
    saved.set(interrupt, 'false')
    this.#saved = saved
  }

  /** Runs a job of a batch with these properties. */
  run<R>(own: Readonly<Record<string, string>>, body: () => R): R {
    return this.#ofJob.run(new Map([...this.#saved, ...Object.entries(own)]), body)
  }

  get #current(): Map<string, string> {
    return this.#ofJob.getStore() ?? this.#program
  }
}
