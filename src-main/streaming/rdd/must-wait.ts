// What is computed in the call of a method, as Spark does for sorts and for zipWithIndex: nothing can be waited for there.
import type { RddNode } from './rdd-node.ts'

/** A function of it, or of what it is made of, is asynchronous, and not all that it gives is kept already. */
export function mustWait(rdd: RddNode<never> | RddNode<unknown>, known = new Set<unknown>()): boolean {
  const node = rdd as RddNode<unknown>
  if (known.has(node)) return false
  known.add(node)
  if (node.isKept && node.cachedPartitions === node.getNumPartitions()) return false
  return node.isAsynchronous || node.dependencies.some((dependency) => mustWait(dependency.rdd, known))
}

/** Makes these partitions ready for `each` without waiting; false where one of its functions is asynchronous. */
export function readyAtOnce(rdd: RddNode<never> | RddNode<unknown>, partitions: readonly number[]): boolean {
  const ready = rdd.context.atOnce(() => rdd.prepare(partitions))
  if (!(ready instanceof Promise)) return true
  // A function that gives promises without being written as async. Who needs its results calls it again, and hears of what fails.
  ready.catch(() => {})
  return false
}
