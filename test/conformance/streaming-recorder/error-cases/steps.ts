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

export type Case = readonly [string, string, readonly Step[], boolean?]
