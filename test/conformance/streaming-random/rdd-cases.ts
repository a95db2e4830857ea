// RDD programs by chance: a few steps from a source, and the actions that the type of their result allows.
import { element, hasText, isPair, oddPairs, orderable, startElements, type Type } from './element-types.ts'
import { below, chance, pick } from './random.ts'
import { rddStep, source } from './rdd-steps.ts'
import { type Step, startNames } from './steps.ts'

const plainTypes: readonly Type[] = ['int', 'int', 'str', 'kv', 'double', 'long', 'null', 'ints']
const pairTypes: readonly Type[] = [['str', 'int'], ['str', 'int'], ['int', 'str'], ['str', 'str'], ['int', 'int'], ...oddPairs]

export function rddCase(id: string): Step {
  startNames()
  startElements()
  let type = pick(chance(0.4) ? plainTypes : pairTypes)
  const steps: Step[] = []
  let last = source(steps, type, true)
  const types = new Map([[last, type]])
  for (let left = 1 + below(5); left > 0; left--) {
    ;[last, type] = rddStep(steps, last, type)
    types.set(last, type)
  }
  const action = (name: string, more: Step = {}): Step => ({ compare: 'ordered', action: name, ...more, of: last })
  const further = furtherActions(
    type,
    steps.filter((step) => JSON.stringify(types.get(String(step['let']))) === JSON.stringify(type)),
  )
  const results = [
    action('partitions'),
    action('partitioner'),
    // What a JVM keeps says how many bytes it takes there.
    ...(steps.some((step) => step['op'] === 'cache') ? [] : [action('toDebugString')]),
    ...Array.from({ length: Math.min(3, further.length) }, () => {
      const [name, more] = pick(further)
      return action(name, more)
    }),
    // What was made on the way, after what was made of it.
    ...(chance(0.3) ? [{ ...action(pick(['partitions', 'count', 'partitioner'])), of: pick([...types.keys()]) }] : []),
  ]
  return { id, group: `rdd-${String(steps.at(-1)!['op'])}`, title: steps.map((step) => step['op']).join(', '), program: steps, results }
}

/** Of many partitions Spark adds up what comes first. */
const rounded: Step = { digits: 12 }

/** `steps`: those that make elements of this type. */
function furtherActions(type: Type, steps: readonly Step[]): readonly (readonly [string, Step?])[] {
  const actions: (readonly [string, Step?])[] = [
    ['collect'],
    ['count'],
    ['numPartitions'],
    ['isEmpty'],
    ['takeSample', { withReplacement: chance(0.4), n: pick([0, 1, 3, 50, -1]), seed: pick([0, 1, 42, -3]) }],
    ['take', { n: pick([0, 1, 3, 7, 50, -1]) }],
    ['first'],
    ...(hasText(type) ? [['countByValue', { compare: 'bag' }] as const] : []),
  ]
  if (orderable(type))
    actions.push(['takeOrdered', { n: pick([0, 1, 3, 50, -1]) }], ['top', { n: pick([0, 1, 3, 50, -1]) }], ['max'], ['min'])
  if (type === 'int' || type === 'double' || type === 'long')
    actions.push(
      ...['sum', 'stats', 'mean', 'variance', 'stdev', 'sampleVariance', 'sampleStdev'].map((name) => [name, rounded] as const),
      ['histogram', { buckets: pick<unknown>([1, 3, 10, 0, [0, 2, 4], [-5.5, 0, 100], [3, 1]]) }],
    )
  if (type === 'int' || type === 'long')
    actions.push(
      ['reduce', { fn: pick(['maxInts', 'addInts']) }],
      ['treeReduce', { fn: pick(['addInts', 'minInts']), depth: below(4) }],
      ['fold', { zero: 3, fn: 'addInts' }],
      ['aggregate', { zero: 2, seq: 'maxInts', comb: 'addInts' }],
      ['aggregateSumCount'],
      ['treeAggregate', { depth: below(4) }],
    )
  if (isPair(type) && hasText(type)) {
    const keys = steps.flatMap((step) => (Array.isArray(step['data']) ? step['data'] : [])).filter(Array.isArray)
    actions.push(
      ['countByKey', { compare: 'bag' }],
      ...(type[1] === 'int' ? [['reduceByKeyLocally', { fn: pick(['addInts', 'maxInts']), compare: 'bag' }] as const] : []),
      ['keyPartition'],
      ['collectAsMap', { compare: 'bag' }],
      ['lookup', { key: keys.length > 0 && chance(0.6) ? pick(keys as unknown[][])[0] : element(type[0]) }],
    )
  }
  return actions
}
