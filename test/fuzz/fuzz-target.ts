// What the fuzzer does to one part of the product: inputs to begin with, and a run that must end with an answer or a refusal it expects.

export interface FuzzTarget {
  /** Valid inputs, which are changed at random. */
  readonly corpus: readonly Uint8Array[]
  /** Words that the part's language has; they are put in. */
  readonly words?: readonly string[]
  /** Returns when the input was answered or refused as it should be; throws for everything else. */
  run(input: Buffer): void | Promise<void>
  /** Slow ones (files, databases) take fewer inputs in the same time. */
  readonly cost?: number
}

/** The error is one of these classes, or a defect that the run reports. */
export function expected(error: unknown, ...classes: readonly (abstract new (...args: never[]) => Error)[]): void {
  if (!classes.some((one) => error instanceof one)) throw error
}

/** Errors of JavaScript itself, which no input may cause. */
export function isDefect(error: unknown): boolean {
  return error instanceof TypeError || error instanceof ReferenceError || error instanceof RangeError || !(error instanceof Error)
}

export function assert(condition: boolean, sentence: string): asserts condition {
  if (!condition) throw new Error(sentence)
}
