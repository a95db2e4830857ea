// Why a program's process ended, from its exit and from what was seen before it.
import { phraseOf } from '../../../src-shared/errors.ts'
import type { ProgramFailure } from '../../../src-shared/streaming/program-failure.ts'
import type { ProcessExit } from './spawn-program.ts'

export interface ExitEvidence {
  /** What the program itself reported before it ended. */
  readonly told?: ProgramFailure
  /** Its streaming context terminated and the file came to its end. */
  readonly finished: boolean
  /** The supervisor killed it. */
  readonly killed: boolean
  /** Resident bytes at which the watch thread ended it. */
  readonly rssBytes?: number
  readonly stderrTail: string
}

/** The failure, or undefined where there was none: it finished, or was stopped. */
export function failureOfExit(exit: ProcessExit, evidence: ExitEvidence): ProgramFailure | undefined {
  if (exit.error !== undefined) return notStarted(exit.error)
  if (evidence.rssBytes !== undefined) {
    return {
      kind: 'memory',
      sentence: `The program took ${mebibytes(evidence.rssBytes)} MiB of memory, more than its limit, and was ended. ${memoryHint}`,
    }
  }
  if (
    /heap out of memory|invalid table size|Zone Allocation failed/i.test(evidence.stderrTail) &&
    (exit.signal !== null || exit.code !== 0)
  ) {
    return { kind: 'memory', sentence: `The program's heap reached its limit, and its process ended. ${memoryHint}` }
  }
  if (evidence.told !== undefined) return evidence.told
  if (evidence.killed || evidence.finished) return undefined
  if (exit.signal === 'SIGKILL' || exit.signal === 'SIGTERM') {
    return {
      kind: 'killed',
      sentence: `The program's process was ended by ${exit.signal}: by itself, by a person, or by the system for want of memory.`,
    }
  }
  if (exit.signal !== null) {
    return { kind: 'crash', sentence: `The program's process crashed (${exit.signal}). A native module or a defect in Node can do this.` }
  }
  if (exit.code === 13) {
    return {
      kind: 'exit',
      sentence: 'The program waits at its top level for something that never comes, with nothing left to do (exit code 13).',
    }
  }
  return { kind: 'exit', sentence: `The program ended its own process with exit code ${exit.code}. A stream program ends by ssc.stop().` }
}

/** The operating system gave no process. */
export function notStarted(error: unknown): ProgramFailure {
  return { kind: 'crash', sentence: `The program's process could not be started: ${phraseOf(error)}.` }
}

const memoryHint = 'Keep less between batches, take smaller batches (maxBytesPerBatch), or give it more (--memory).'

function mebibytes(bytes: number): number {
  return Math.round(bytes / (1 << 20))
}
