// RDD programs by chance: a few steps from a source, and the actions that the type of their result allows.
import { isPair, oddPairs, orderable, type Type } from './element-types.ts'
import { below, pick } from './random.ts'
import { hasList, positional, rddStep, source } from './rdd-steps.ts'
import { type Step, startNames } from './steps.ts'

export function rddCase(id: string): Step {
  startNames()
  let type: Type = pick<Type>(['int', 'str', ['str', 'int'], ['int', 'str'], ['str', 'str'], ...oddPairs])
  const steps: Step[] = []
  let last = source(steps, type, true)
  let bag = false
  for (let left = 1 + below(4); left > 0 && type !== 'other'; left--) {
    const before = steps.length
    const [name, next, shuffled] = rddStep(steps, last, type)
    if (bag && positional.has(String(steps.at(-1)!['op']))) {
      steps.length = before
      continue
    }
    last = name
    type = next
    bag ||= shuffled
  }
  const compare = steps.some(hasList) ? 'bag-per-key' : bag ? 'bag' : 'ordered'
  const results: Step[] = [
    { compare, action: 'partitions', of: last },
    { compare: 'ordered', action: 'numPartitions', of: last },
    { compare: 'ordered', action: 'partitioner', of: last },
    { compare: 'ordered', action: 'count', of: last },
    { compare: 'ordered', action: 'isEmpty', of: last },
  ]
  // What a JVM keeps says how many bytes it takes there.
  if (!steps.some((step) => step['op'] === 'cache')) results.push({ compare: 'ordered', action: 'toDebugString', of: last })
  if (!bag && type !== 'other')
    results.push({ compare: 'ordered', action: 'take', n: below(6), of: last }, { compare: 'ordered', action: 'first', of: last })
  if (orderable(type))
    results.push(
      { compare: 'ordered', action: 'takeOrdered', n: below(4), of: last },
      { compare: 'ordered', action: 'top', n: below(4), of: last },
      { compare: 'ordered', action: 'max', of: last },
      { compare: 'ordered', action: 'min', of: last },
      { compare: 'bag', action: 'countByValue', of: last },
    )
  if (type === 'int')
    results.push(
      { compare: 'ordered', action: 'sum', of: last },
      { compare: 'ordered', action: 'stats', of: last },
      { compare: 'ordered', action: 'reduce', fn: 'maxInts', of: last },
      { compare: 'ordered', action: 'treeReduce', fn: 'addInts', depth: 1 + below(3), of: last },
      { compare: 'ordered', action: 'fold', zero: 3, fn: 'addInts', of: last },
      { compare: 'ordered', action: 'aggregate', zero: 2, seq: 'maxInts', comb: 'addInts', of: last },
      { compare: 'ordered', action: 'aggregateSumCount', of: last },
      { compare: 'ordered', action: 'treeAggregate', depth: 1 + below(3), of: last },
    )
  if (isPair(type)) {
    results.push({ compare: 'bag', action: 'countByKey', of: last }, { compare: 'bag', action: 'keyPartition', of: last })
    if (type[0] === 'str') results.push({ compare: 'bag', action: 'lookup', key: 'a', of: last })
  }
  return { id, group: `rdd-${String(steps.at(-1)!['op'])}`, title: steps.map((step) => step['op']).join(', '), program: steps, results }
}
