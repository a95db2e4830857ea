// The steps that cases of errors are written in: short names for those that come again and again.

export type Step = Record<string, unknown>

export const context = (more: Step = {}): Step => ({ do: 'context', batchMs: 1000, ...more })
export const ints = (name = 'a', batches: unknown[] = [[1], [2], [3]]): Step => ({ do: 'input', let: name, batches })
export const pairs = (name = 'a', batches: unknown[] = [[['a', 1]], [['a', 2]], [['b', 3]]]): Step => ({ do: 'input', let: name, batches })
export const op = (name: string, step: Step): Step => ({ do: 'op', let: name, ...step })
export const output = (from = 'a'): Step => ({ do: 'output', from })
export const start: Step = { do: 'start' }
export const stop: Step = { do: 'stop' }
export const advance = (batches: number): Step => ({ do: 'advance', batches })
export const wait: Step = { do: 'awaitTermination' }
export const waitAndGoOn: Step = { do: 'awaitTermination', continue: true }
export const state = { op: 'updateStateByKey', from: 'a', variant: 'fn', fn: 'sumState' }
export const inverse = { fn: 'addInts', inv: 'subtractInts' }

/** What most cases end with: what comes of `from` is kept, so many batches run, and somebody waits for the end so often. */
export const untilStop = (from: string, batches: number, ...waits: readonly Step[]): readonly Step[] => [
  output(from),
  start,
  advance(batches),
  ...waits,
  stop,
]

export interface Case {
  readonly group: string
  readonly title: string
  /** Up to the first that throws. */
  readonly steps: readonly Step[]
  /** What its batches gave is recorded too. */
  readonly recordOutputs?: true
}

/** Makes cases of a group: of what `fails`, only the error is recorded; of what `runs`, its outputs too. */
export const casesOf = (group: string) => ({
  fails: (title: string, ...steps: readonly Step[]): Case => ({ group, title, steps }),
  runs: (title: string, ...steps: readonly Step[]): Case => ({ group, title, steps, recordOutputs: true }),
})
