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
  ]
  return { id, group: `rdd-${String(steps.at(-1)!['op'])}`, title: steps.map((step) => step['op']).join(', '), program: steps, results }
}

/** `steps`: those that make elements of this type. */
function furtherActions(type: Type, steps: readonly Step[]): readonly (readonly [string, Step?])[] {
  const actions: (readonly [string, Step?])[] = [
    ['collect'],
    ['count'],
    ['isEmpty'],
    ['take', { n: pick([0, 1, 3, 7, 50, -1]) }],
    ['first'],
    ...(hasText(type) ? [['countByValue', { compare: 'bag' }] as const] : []),
  ]
  if (orderable(type))
    actions.push(['takeOrdered', { n: pick([0, 1, 3, 50, -1]) }], ['top', { n: pick([0, 1, 3, 50, -1]) }], ['max'], ['min'])
  if (type === 'int' || type === 'double' || type === 'long') actions.push(['sum'], ['stats'])
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
      ['keyPartition'],
      ['collectAsMap', { compare: 'bag' }],
      ['lookup', { key: keys.length > 0 && chance(0.6) ? pick(keys as unknown[][])[0] : element(type[0]) }],
    )
  }
  return actions
}
