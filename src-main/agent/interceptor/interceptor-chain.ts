// The interceptors of one source, in listed order. The chain ends early when no event is left.
import type { EventBatch } from '../../../src-shared/event/event-batch.ts'
import type { Interceptor } from '../../component/define.ts'

export interface NamedInterceptor {
  readonly name: string
  readonly type: string
  readonly interceptor: Interceptor
}

export interface Intercepted {
  readonly batch: EventBatch
  /** What was left out, by whom. Counted by the caller once the rest has been delivered, so that a retry does not count twice. */
  readonly dropped: readonly { readonly reason: string; readonly count: number }[]
}

export class InterceptorChain {
  readonly #interceptors: readonly NamedInterceptor[]

  constructor(interceptors: readonly NamedInterceptor[]) {
    this.#interceptors = interceptors
  }

  intercept(batch: EventBatch): Intercepted {
    const dropped: { reason: string; count: number }[] = []
    for (const { name, type, interceptor } of this.#interceptors) {
      const before = batch.count
      if (before === 0) break
      batch = interceptor.intercept(batch)
      if (batch.count < before) dropped.push({ reason: `interceptor ${name} (${type})`, count: before - batch.count })
    }
    return { batch, dropped }
  }

  close(): void {
    for (const { interceptor } of this.#interceptors) interceptor.close?.()
  }
}
