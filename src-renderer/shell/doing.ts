// Actions that can fail: the sentence of a failure goes to a place in the window, never lost and never a dialog.
import { asMillraceError } from '../../src-shared/contract/client.ts'
import { createStore } from '../ui/store.ts'

export interface Failure {
  readonly what: string
  readonly message: string
}

/** The last action that failed, until the person dismisses it or another action succeeds. Shown above the editor area. */
export const lastFailure = createStore<Failure | undefined>(undefined)

/** Runs an action; `what` begins the sentence: `The pipeline could not be started`. Answers undefined when it failed. */
export async function doing<T>(what: string, action: () => Promise<T>): Promise<T | undefined> {
  try {
    const result = await action()
    lastFailure.set(undefined)
    return result
  } catch (thrown) {
    lastFailure.set({ what, message: asMillraceError(thrown).message })
    return undefined
  }
}
