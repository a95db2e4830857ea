// When a failed program is started again, and when it is left for a person to mend.
import type { ProgramFailure } from '../../../src-shared/streaming/program-failure.ts'

export interface RestartPolicy {
  /** Failures in a row, without a completed batch between them, after which it is left alone. */
  readonly maxFailures: number
  readonly firstDelayMs: number
  readonly longestDelayMs: number
}

/** Five times, after 1, 2, 4 and 8 seconds. */
export const defaultRestartPolicy: RestartPolicy = { maxFailures: 5, firstDelayMs: 1000, longestDelayMs: 60_000 }

/** Never again: for a run that a person watches, and for replay. */
export const noRestart: RestartPolicy = { maxFailures: 1, firstDelayMs: 0, longestDelayMs: 0 }

/** Delay before the next start, or undefined when it is left alone. A program that does not compile or was refused does so again. */
export function restartDelayMs(policy: RestartPolicy, failure: ProgramFailure, failures: number): number | undefined {
  if (failure.kind === 'syntax' || failure.kind === 'load' || failure.kind === 'refused') return undefined
  if (failures >= policy.maxFailures) return undefined
  return Math.min(policy.firstDelayMs * 2 ** (failures - 1), policy.longestDelayMs)
}
