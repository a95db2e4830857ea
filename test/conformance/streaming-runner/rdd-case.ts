// Cases of `rdd/`: an RDD program and a list of actions.
import { SparkContext } from '../../../src-main/streaming/api.ts'
import { type Action, runAction, runRddProgram, type Step } from './rdd-steps.ts'
import { errorDifference, excuseFor, type RecordedError } from './recorded-error.ts'
import { type Compare, firstDifference, toDigits, toResult } from './values.ts'

export interface RddCase {
  readonly id: string
  readonly title: string
  readonly program: readonly Step[]
  readonly results: readonly (Action & {
    readonly of: string
    readonly compare: Compare
    readonly expected?: unknown
    readonly error?: RecordedError
  })[]
}

export interface Verdict {
  readonly difference?: string
  /** A difference that a named rule covers. */
  readonly rule?: string
}

export async function runRddCase(test: RddCase): Promise<Verdict> {
  const sc = new SparkContext({ defaultParallelism: 2 })
  let rule: string | undefined
  let built: ReturnType<typeof runRddProgram> | { readonly thrown: unknown }
  try {
    built = runRddProgram(sc, test.program, {})
  } catch (thrown) {
    built = { thrown }
  }
  for (const [index, result] of test.results.entries()) {
    const where = `result ${index + 1} (${result.action})`
    let outcome: { readonly value: unknown } | { readonly thrown: unknown }
    try {
      if ('thrown' in built) throw built.thrown
      outcome = { value: await runAction(built.rdds[result.of]!, result) }
    } catch (thrown) {
      outcome = { thrown }
    }
    if (result.error !== undefined) {
      const excuse = 'value' in outcome ? excuseFor(result.error) : undefined
      if (excuse !== undefined) {
        rule = excuse.rule
        continue
      }
      const difference =
        'thrown' in outcome ? errorDifference(result.error, outcome.thrown) : `expected ${result.error.exception}, and nothing was thrown`
      if (difference !== undefined) return { difference: `${where}: ${difference}` }
      continue
    }
    if ('thrown' in outcome) return { difference: `${where} threw ${(outcome.thrown as Error).stack ?? String(outcome.thrown)}` }
    const difference = compareResult(result, result['digits'] === undefined ? outcome.value : toResult(outcome.value))
    if (difference !== undefined) return { difference: `${where}: ${difference}` }
  }
  return rule === undefined ? {} : { rule }
}

/** Partitions of a bag are bags one by one. */
function compareResult(result: RddCase['results'][number], value: unknown): string | undefined {
  const { compare } = result
  const [expected, found] = [toDigits(result.expected, result['digits']), toDigits(value, result['digits'])]
  if (result.action !== 'partitions' || compare === 'ordered' || !Array.isArray(expected)) return firstDifference(expected, found, compare)
  const partitions = found as readonly unknown[]
  if (partitions.length !== expected.length) return `expected ${expected.length} partitions, got ${partitions.length}`
  for (const [index, partition] of expected.entries()) {
    const difference = firstDifference(partition, partitions[index], compare)
    if (difference !== undefined) return `partition ${index}: ${difference}`
  }
  return undefined
}
