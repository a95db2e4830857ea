// Stream programs by chance: inputs of a few batches, steps that are typed by the one before, and what is collected of them.
import { batch, element, hasText, isPair, oddPairs, orderable, startElements, type Type } from './element-types.ts'
import { below, chance, pick } from './random.ts'
import { type Step, startNames } from './steps.ts'
import { type Program, streamStep } from './stream-steps.ts'

const types: readonly Type[] = [
  'int',
  'int',
  'str',
  'kv',
  'null',
  ['str', 'int'],
  ['str', 'int'],
  ['int', 'str'],
  ['int', 'int'],
  ...oddPairs,
]

export interface StreamProgram {
  readonly program: Program
  readonly inputs: Readonly<Record<string, readonly unknown[]>>
  readonly numBatches: number
  /** What the last step made. */
  readonly last: string
}

/** A program and its inputs. */
export function streamProgram(steps = 1 + below(4)): StreamProgram {
  startNames()
  startElements()
  const batchMs = pick([1000, 1000, 1000, 500, 2000, 1, 7, 1500, 60_000, 3_600_000])
  const numBatches = 3 + below(7)
  const program: Program = { steps: [], batchMs, streams: new Map(), gaps: chance(0.15) }
  const inputs: Record<string, unknown[]> = {}
  for (const name of pick([['a'], ['a'], ['a', 'b'], ['a', 'b'], ['a', 'b', 'c']])) {
    const type = name !== 'a' && chance(0.7) ? program.streams.get('a')!.type : pick(types)
    const most = pick([2, 5, 5, 5, 25, 120])
    inputs[name] = Array.from({ length: Math.max(0, numBatches - below(3)) }, () =>
      program.gaps && chance(0.3) ? null : batch(type, most),
    )
    program.streams.set(name, { type, slide: batchMs })
  }
  let last = 'a'
  for (let left = steps; left > 0; left--) last = streamStep(program, chance(0.8) ? last : pick([...program.streams.keys()]))
  return { program, inputs, numBatches, last }
}

export function streamCase(id: string): Step {
  const { program, inputs, numBatches, last } = streamProgram()
  const { batchMs } = program
  const named = program.steps.map((step) => String(step['let']))
  const produced = named.filter((name) => program.streams.has(name))
  const startAt = chance(0.2) ? batchMs * pick([7, 1447000]) : 0
  const collect = [...new Set([last, ...produced.slice(-1)])]
  const foreach = chance(0.4)
    ? Array.from({ length: 1 + below(2) }, (_, index): Step => {
        const from = index === 0 ? last : pick([...program.streams.keys()])
        return { into: `f${index}`, from, ...pick(actionsOn(program.streams.get(from)!.type)) }
      })
    : undefined
  const after: Step[] = connected(program.steps, collect)
    .slice(-3)
    .map((name) => ({ into: `i_${name}`, op: 'introspect', from: name }))
  // The state of a batch that is no longer remembered is not made again (rule `state-before-remembered`).
  const hasState = program.steps.some(({ op, inv }) => inv !== undefined || /State|^countBy.*Window/.test(String(op)))
  const behind = hasState ? 0 : batchMs * pick([below(3), below(3), numBatches])
  while (chance(0.3)) {
    const of = chance(0.7) ? last : pick(connected(program.steps, collect).filter((name) => program.streams.has(name)))
    const from = startAt + batchMs * numBatches - behind + pick([0, 0, 1, Math.floor(batchMs / 2)])
    after.push({
      into: `sl${after.length}`,
      op: 'slice',
      from: of,
      fromTime: from,
      toTime: from + Math.floor(pick([0, 1, 2, 0.4, -1]) * batchMs),
    })
  }
  return {
    id,
    group: String(program.steps.find((step) => step['let'] === last)!['op']).toLowerCase(),
    title: `${program.steps.map((step) => String(step['op'])).join(', ')}${program.gaps ? ', with batches that have no RDD' : ''}`,
    batchMs,
    parallelism: pick([1, 2, 2, 3, 5]),
    numBatches,
    compare: foreach?.some(isTable) === true ? 'bag' : 'ordered',
    ...(startAt === 0 ? {} : { startAtMs: startAt + pick([0, 0, 123, batchMs - 1]) }),
    ...(chance(0.15) ? { rememberMs: pick([batchMs * (2 + below(12)), batchMs * (2 + below(12)), 1, Math.ceil(batchMs * 2.5)]) } : {}),
    inputs,
    program: program.steps,
    collect,
    ...(foreach === undefined ? {} : { foreach }),
    after,
    ...(chance(0.6) ? { recordPartitions: true } : {}),
  }
}

/** What a foreachRDD may do with RDDs of this type; some fail where there is nothing. */
const actionsOn = (type: Type): readonly Step[] => [
  ...['count', 'isEmpty', 'numPartitions', 'partitioner', 'collect', 'first', 'partitions'].map((action) => ({ action })),
  { action: 'take', n: pick([3, 0, -1, 50]) },
  { action: 'takeSample', withReplacement: chance(0.5), n: 2, seed: 5 },
  ...(orderable(type) ? [{ action: 'takeOrdered', n: pick([2, -1]) }, { action: 'top', n: 2 }, { action: 'max' }, { action: 'min' }] : []),
  ...(type === 'int'
    ? [
        { action: 'fold', zero: 1, fn: 'addInts' },
        { action: 'sum' },
        { action: 'stats', digits: 12 },
        { action: 'aggregateSumCount' },
        { action: 'reduce', fn: pick(['addInts', 'maxInts']) },
        { action: 'treeReduce', fn: 'addInts', depth: below(3) },
        { action: 'treeAggregate', depth: 2 },
        { action: 'aggregate', zero: 2, seq: 'maxInts', comb: 'addInts' },
        { action: 'histogram', buckets: 2 },
      ]
    : []),
  ...(hasText(type) ? [{ action: 'countByValue' }] : []),
  ...(isPair(type) && hasText(type)
    ? [{ action: 'collectAsMap' }, { action: 'countByKey' }, { action: 'keyPartition' }, { action: 'lookup', key: element(type[0]) }]
    : []),
]

/** What is computed for the outputs: nothing else has durations that Spark could tell of. */
function connected(steps: readonly Step[], outputs: readonly string[]): readonly string[] {
  const found = new Set(outputs)
  for (const step of [...steps].reverse()) {
    if (!found.has(String(step['let']))) continue
    for (const parent of [step['from'], step['with']].flat()) if (parent !== undefined) found.add(String(parent))
  }
  return [...found]
}

/** A table of Scala's library has an order of its own. */
const isTable = (step: Step): boolean => ['collectAsMap', 'countByKey', 'countByValue'].includes(String(step['action']))
