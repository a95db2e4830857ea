// Programs that print: values of every kind, nested, and pairs in the order of Spark's tables.
import { below, chance, pick } from './random.ts'
import type { Step } from './steps.ts'

function printable(depth: number): unknown {
  const leaf: readonly (() => unknown)[] = [
    () => below(2000) - 1000,
    () => pick(['a', '', 'two words', 'é', '漢字', '😀', 'tab\there', 'a,b', '(x)', 'null']),
    () => pick([true, false]),
    () => null,
    () => ({ $double: pick([0, 1, -1, 100, 9999999, 10000000, 12345678, 1e20, 1e300]) }),
    () => pick([0.1, 0.5, 1 / 3, 1e-3, 9.99e-4, 1.5e-10, 123456.789, 1.7976931348623157e308, 4.9e-324, 2.5e7, 100.25]),
    () => ({ $long: pick([0, 5, 2147483648, -9007199254740991]) }),
    () => ({ $char: pick(['x', 'é']) }),
    () => ({ $none: true }),
    () => ({ $unit: 1 }),
  ]
  if (depth === 0 || chance(0.4)) return pick(leaf)()
  const inner = (most: number): unknown[] => Array.from({ length: below(most + 1) }, () => printable(depth - 1))
  return pick<() => unknown>([
    () => ({ $list: inner(4) }),
    () => ({ $vector: inner(4) }),
    () => ({ $some: printable(depth - 1) }),
    () => ({ $map: inner(4).map((item, index) => [`k${index}`, item]) }),
    () => [printable(depth - 1), printable(depth - 1)],
    () => ({ $tuple: Array.from({ length: 3 + below(3) }, () => printable(depth - 1)) }),
  ])()
}

export function printCase(id: string): Step {
  const numBatches = 1 + below(3)
  return {
    id,
    group: 'print',
    title: 'values of every kind, nested',
    batchMs: 1000,
    parallelism: 1 + below(3),
    numBatches,
    ...(chance(0.3) ? { startAtMs: 1447000000123 } : {}),
    inputs: { a: Array.from({ length: numBatches }, () => Array.from({ length: below(13) }, () => printable(3))) },
    program: [],
    prints: chance(0.4) ? [{ from: 'a', num: 1 + below(5) }, { from: 'a' }] : [{ from: 'a' }],
  }
}

export function printPairsCase(id: string): Step {
  const numBatches = 2 + below(3)
  const step = pick<Step>([
    { op: 'groupByKey' },
    { op: 'reduceByKey', fn: 'addInts' },
    { op: 'cogroup', with: 'b' },
    { op: 'join', with: 'b' },
    { op: 'leftOuterJoin', with: 'b' },
    { op: 'rightOuterJoin', with: 'b' },
    { op: 'fullOuterJoin', with: 'b' },
    { op: 'countByValue' },
    { op: 'updateStateByKey', variant: 'fn', fn: 'sumState' },
    { op: 'combineByKey', combiner: 'collectList' },
    { op: 'groupByKeyAndWindow', window: 2000, slide: 1000 },
    { op: 'glom' },
    { op: 'mapWithState', fn: 'mwsListState' },
    { op: 'reduceByKeyAndWindow', fn: 'addInts', inv: 'subtractInts', window: 2000, slide: 1000 },
    { op: 'countByValueAndWindow', window: 2000, slide: 1000 },
  ])
  const keys = ['a', 'b', 'c', 'd', 'word', 'é', 'zebra', 'k1', 'k2', 'k3', 'k4', 'k5', 'k6', 'k7', '10.0.0.1', 'GET']
  const row = (): unknown => [pick(keys), below(5)]
  return {
    id,
    group: 'print',
    title: `${String(step['op'])} of pairs, in the order of Spark's tables`,
    batchMs: 1000,
    parallelism: 1 + below(3),
    numBatches,
    inputs: {
      a: Array.from({ length: numBatches }, () => Array.from({ length: below(16) }, row)),
      ...(step['with'] === undefined ? {} : { b: Array.from({ length: numBatches }, () => Array.from({ length: below(16) }, row)) }),
    },
    program:
      step['op'] === 'glom'
        ? [
            { let: 'k', op: 'map', from: 'a', fn: 'key' },
            { let: 'x', ...step, from: 'k' },
            { let: 'y', op: 'map', from: 'x', fn: 'size' },
          ]
        : [{ let: 'x', ...step, from: 'a' }],
    prints: [{ from: step['op'] === 'glom' ? 'y' : 'x', ...(chance(0.3) ? { num: 3 } : {}) }],
  }
}
