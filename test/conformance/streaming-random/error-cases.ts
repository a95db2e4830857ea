// Cases of errors by chance: a stream program as steps of a context's life, with steps that are wrong, missing, out of place or twice.
import { below, chance, pick } from './random.ts'
import type { Step } from './steps.ts'
import { streamProgram } from './stream-cases.ts'

export function errorCase(id: string): Step {
  const { program, inputs, numBatches, last } = streamProgram(below(3))
  const { batchMs } = program
  // What needs an RDD in each batch meets one without.
  if (chance(0.25)) for (const batches of Object.values(inputs)) (batches as unknown[])[below(3)] = null
  const ops = program.steps.map((step): Step => ({ do: 'op', ...step }))
  const steps: Step[] = [
    { do: 'context', batchMs, ...pick<Step>([{ checkpointDir: true }, { checkpointDir: true }, { checkpointDir: true }, {}]) },
    ...Object.entries(inputs).map(([name, batches]): Step => ({ do: 'input', let: name, batches })),
    ...ops,
    ...(chance(0.9)
      ? [
          pick<Step>([
            { do: 'output', from: last },
            { do: 'output', from: last },
            { do: 'print', from: last },
          ]),
        ]
      : []),
    { do: 'start' },
    { do: 'advance', batches: 1 + below(numBatches) },
    wait,
    ...(chance(0.3) ? [{ do: 'advance', batches: 1 + below(2) }, wait] : []),
    { do: 'stop', stopSparkContext: chance(0.2) },
  ]
  // A second context, of the same SparkContext while that is not stopped.
  if (chance(0.25)) interleave(steps, secondContext(batchMs, last))
  const names = ['a', ...ops.map((step) => String(step['let']))]
  for (let left = below(4); left > 0; left--) {
    const from = pick(names)
    // After the stream that it is of.
    const at = steps.findIndex((step) => step['let'] === from) + 1
    const where = at + below(steps.length - at + 1)
    const kind = below(10)
    const there = steps[where]
    if (kind === 0 && there !== undefined && there['let'] === undefined && there['do'] !== 'context') steps.splice(where, 1)
    else if (kind === 1) steps.splice(where, 0, pick(steps.slice(1, where)))
    else steps.splice(where, 0, strayStep(from, batchMs))
  }
  const goesOn = chance(0.7)
  return {
    id,
    group: 'err-random',
    title: steps.map((step) => String(step['op'] ?? step['do'])).join(', '),
    // What others are made of is not gone on without.
    steps: steps.map((step, index) => (goesOn && !isUsed(step['let'], steps.slice(index + 1)) ? { ...step, continue: true } : step)),
    recordOutputs: true,
  }
}

/** The life of another context, and what it takes from the first. */
function secondContext(batchMs: number, stream: string): readonly Step[] {
  const ctx = 'other'
  return [
    { do: 'context', ctx, batchMs: chance(0.7) ? batchMs : 2 * batchMs, checkpointDir: true },
    { do: 'input', ctx, let: 'b2', batches: [[1, 2], [3]] },
    ...(chance(0.5) ? [{ do: 'copyStream', ctx, let: 'taken', fromCtx: 'ssc', from: stream }, ...acrossContexts(ctx)] : []),
    ...pick<readonly Step[]>([[{ do: 'output', ctx, from: 'b2' }], [{ do: 'print', ctx, from: 'b2' }], []]),
    { do: 'start', ctx },
    { do: 'advance', ctx, batches: 1 + below(2) },
    { do: 'awaitTermination', ctx, timeoutMs: 20 },
    { do: 'stop', ctx, stopSparkContext: chance(0.2) },
  ].slice(0, 1 + below(9))
}

const acrossContexts = (ctx: string): readonly Step[] =>
  pick<readonly Step[]>([
    [{ do: 'op', ctx, let: 'both', op: 'union', from: 'b2', with: 'taken' }],
    [{ do: 'op', ctx, let: 'both', op: 'unionAll', from: ['taken', 'b2'] }],
    [{ do: 'op', ctx, let: 'both', op: 'transformWith', from: 'b2', with: 'taken', body: [{ op: 'union', from: '$0', with: '$1' }] }],
    [{ do: 'op', ctx, let: 'both', op: 'transformAll', from: ['taken', 'b2'], body: [{ op: 'union', from: '$0', with: '$1' }] }],
    [{ do: 'output', ctx, from: 'taken' }],
    [{ do: 'op', ctx, let: 'both', op: 'map', fn: 'identity', from: 'taken' }],
  ])

/** Puts `others` among `steps`, in their order, behind what they take. */
function interleave(steps: Step[], others: readonly Step[]): void {
  let at = 1 + below(steps.length)
  const needed = others.find((step) => step['do'] === 'copyStream')
  if (needed !== undefined) at = Math.max(at, steps.findIndex((step) => step['let'] === needed['from']) + 1)
  for (const other of others) {
    steps.splice(at, 0, other)
    at += 1
    while (at < steps.length && chance(0.4)) at += 1
  }
}

const isUsed = (name: unknown, later: readonly Step[]): boolean =>
  name !== undefined && later.some((step) => [step['from'], step['with']].flat().includes(name))

const wait: Step = { do: 'awaitTermination', timeoutMs: 20 }

/** They fail at once, when their partitions are asked for, or when they are computed. */
const wrongBodies: readonly (readonly Step[])[] = [
  [{ op: 'sortBy', from: '$0', fn: 'failOn:1' }],
  [{ op: 'sortBy', from: '$0', fn: 'toString', numPartitions: -1 }],
  [
    { let: 'm', op: 'map', from: '$0', fn: 'failOn:"a"' },
    { op: 'zipWithIndex', from: 'm' },
  ],
  [{ op: 'coalesce', from: '$0', numPartitions: 0 }],
  [{ op: 'repartition', from: '$0', numPartitions: -1 }],
  [{ op: 'distinct', from: '$0', numPartitions: 0 }],
  [
    { let: 'p', op: 'parallelize', data: [1], slices: 0 },
    { op: 'union', from: '$0', with: 'p' },
  ],
  [
    { let: 'p', op: 'parallelize', data: [1], slices: 3 },
    { op: 'zip', from: '$0', with: 'p' },
  ],
  [{ op: 'pipe', from: '$0', command: 'false' }],
  [{ op: 'returnNull' }],
]

/** One that may be wrong where it comes to stand. */
function strayStep(from: string, batchMs: number): Step {
  const odd = (): number => Math.trunc(pick([0, -batchMs, 1, batchMs / 2, batchMs, batchMs * 1.5, batchMs * 2, batchMs * 3]))
  const op = (step: Step): Step => ({ do: 'op', let: `z${below(1000)}`, from, ...step })
  return pick<() => Step>([
    () => ({ do: 'start' }),
    () => ({ do: 'stop', stopSparkContext: chance(0.3) }),
    () => wait,
    () => ({ do: 'getActive' }),
    () => ({ do: 'remember', ms: odd() }),
    () => ({ do: 'setBatchDuration', ms: odd() }),
    () => ({ do: 'print', from }),
    () => ({ do: 'output', from }),
    () => ({ do: 'throwingOutput', from, message: 'said no' }),
    () => ({ do: 'slice', from, fromTime: odd(), toTime: odd() }),
    () => ({ do: 'input', let: 'late', batches: [[1]] }),
    () => ({ do: pick(['emptyUnion', 'emptyTransform', 'nullContext']) }),
    () => ({ do: 'queueNull', let: `q${below(1000)}` }),
    () => ({ do: 'advance', batches: 1 }),
    () => op({ op: 'window', window: odd(), slide: odd() }),
    () => op({ op: 'window', window: odd() }),
    () => op({ op: 'reduceByWindow', fn: 'addInts', ...(chance(0.5) ? { inv: 'subtractInts' } : {}), window: odd(), slide: odd() }),
    () => op({ op: 'countByWindow', window: odd(), slide: odd() }),
    () => op({ op: 'groupByKeyAndWindow', window: odd(), slide: odd() }),
    () => op({ op: 'reduceByKeyAndWindow', fn: 'addInts', ...(chance(0.5) ? { inv: 'subtractInts' } : {}), window: odd(), slide: odd() }),
    () => op({ op: 'checkpoint', interval: odd() }),
    () => op({ op: 'cache' }),
    () => op({ op: 'persist', level: pick(['MEMORY_ONLY', 'DISK_ONLY', 'NONE']) }),
    () => op({ op: 'repartition', numPartitions: pick([0, -1, 3]) }),
    () => op({ op: pick(['union', 'join', 'cogroup', 'leftOuterJoin']), with: 'a' }),
    () => op({ op: 'transformWith', with: 'a', body: [{ op: pick(['union', 'zip', 'cartesian']), from: '$0', with: '$1' }] }),
    () => op({ op: 'unionAll', from: [from, 'a', from] }),
    () => op({ op: 'transformAll', from: ['a', from], body: [{ op: 'union', from: '$1', with: '$0' }] }),
    () => op({ op: 'countByValue', numPartitions: pick([0, -1]) }),
    () => op({ op: 'countByValueAndWindow', window: odd(), slide: odd(), ...(chance(0.3) ? { numPartitions: pick([0, -1, 2]) } : {}) }),
    () => op({ op: pick(['groupByKey', 'combineByKey']), combiner: 'collectList', numPartitions: pick([0, -1, 2]) }),
    () => op({ op: 'updateStateByKey', variant: 'fnNum', fn: 'countState', numPartitions: pick([0, -1]) }),
    () => op({ op: 'mapWithState', fn: 'mwsReadOnly', numPartitions: pick([0, -1]), ...(chance(0.5) ? { timeout: odd() } : {}) }),
    () => op({ op: pick(['count', 'glom', 'countByValue']) }),
    () => op({ op: 'transform', body: pick(wrongBodies) }),
    () => op({ op: 'transform', body: [{ op: 'returnNull' }] }),
    () => op({ op: 'map', fn: pick(['failOn:1', 'failOn:"a"', 'identity']) }),
    () => op({ op: 'updateStateByKey', variant: 'fn', fn: 'countState' }),
    () => op({ op: 'mapWithState', fn: pick(['mwsGetMissing', 'mwsRemoveThenUpdate', 'mwsRemoveMissing', 'mwsReadOnly']) }),
  ])()
}
