// The interceptors of one source, in listed order. The chain ends early when no event is left.
import { MillraceError, messageOf } from '../../../src-shared/errors.ts'
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

/** Whether a batch was not stored because of what an event is: putting it again would not help. */
export const isInterceptorFailure = (error: unknown): boolean => error instanceof MillraceError && error.code === 'INTERCEPTOR_FAILED'

export class InterceptorChain {
  readonly #interceptors: readonly NamedInterceptor[]

  constructor(interceptors: readonly NamedInterceptor[]) {
    this.#interceptors = interceptors
  }

  /** Throws INTERCEPTOR_FAILED for an interceptor that throws. */
  intercept(batch: EventBatch): Intercepted {
    const dropped: { reason: string; count: number }[] = []
    for (const { name, type, interceptor } of this.#interceptors) {
      const before = batch.count
      if (before === 0) break
      try {
        batch = interceptor.intercept(batch)
      } catch (error) {
        throw new MillraceError('INTERCEPTOR_FAILED', `Interceptor ${name} (${type}): ${messageOf(error)}`, { cause: error })
      }
      if (batch.count < before) dropped.push({ reason: `interceptor ${name} (${type})`, count: before - batch.count })
    }
    return { batch, dropped }
  }

  close(): void {
    for (const { interceptor } of this.#interceptors) interceptor.close?.()
  }
}
