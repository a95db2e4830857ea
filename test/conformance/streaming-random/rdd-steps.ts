// Steps of RDD programs by chance: sources, and operations that the type of what comes before allows.
import { element, flats, isPair, maps, oneOf, orderable, predicates, reduced, reducers, type Type } from './element-types.ts'
import { below, chance, pick } from './random.ts'
import { fresh, parts, type Step } from './steps.ts'

export function source(steps: Step[], type: Type, first = false): string {
  const name = fresh('r')
  const length = pick([0, 1, 3, 5, 8, 12])
  // The numbers of a range are longs, which Java's tables keep apart from ints.
  if (first && type === 'int' && chance(0.15)) {
    steps.push({ let: name, op: 'range', start: below(5), end: 5 + below(15), step: 1 + below(3), slices: 1 + below(4) })
    return name
  }
  steps.push({ let: name, op: 'parallelize', data: Array.from({ length }, () => element(type)), slices: 1 + below(4) })
  return name
}

export function rddStep(steps: Step[], from: string, type: Type): readonly [string, Type, boolean] {
  const name = fresh('r')
  const add = (step: Step, next: Type = type, bag = false): readonly [string, Type, boolean] => {
    steps.push({ let: name, ...step, from })
    return [name, next, bag]
  }
  const withOther = (op: string, otherType: Type, next: Type, extra: Step = {}, bag = true): readonly [string, Type, boolean] => {
    const other = source(steps, otherType)
    steps.push({ let: name, op, from, with: other, ...extra })
    return [name, next, bag]
  }
  const choices: (() => readonly [string, Type, boolean])[] = [
    oneOf('map', maps, type, add),
    oneOf('flatMap', flats, type, add),
    () => add({ op: 'filter', fn: pick(predicates(type)) }),
    () => add({ op: 'mapPartitions', fn: pick(['reversePartition', 'firstOfPartition', 'takePerPartition:2', 'dropPartition']) }),
    () => add({ op: 'mapPartitions', fn: pick(['countPartition']) }, 'int'),
    () => add({ op: 'mapPartitions', fn: 'listPartition' }, type === 'int' ? 'ints' : 'other'),
    () => add({ op: 'mapPartitionsWithIndex', fn: 'indexAndList' }, 'other'),
    () => withOther('zipPartitions', type, 'other', {}, false),
    () => withOther('zip', 'int', [type, 'int'], {}, false),
    () => add({ op: 'cache' }),
    () => add({ op: 'mapPartitionsWithIndex', fn: 'tagIndex' }, ['int', type]),
    () => add({ op: 'mapPartitionsWithIndex', fn: pick(['onlyEvenPartitions']) }),
    () => add({ op: 'mapPartitionsWithIndex', fn: 'indexAndCount' }, ['int', 'int']),
    () => add({ op: 'glom' }, 'other'),
    () => add({ op: 'zipWithIndex' }, [type, 'int']),
    () => add({ op: 'zipWithUniqueId' }, [type, 'int']),
    () => add({ op: 'repartition', numPartitions: 1 + below(5) }),
    () => add({ op: 'coalesce', numPartitions: 1 + below(4) }),
    () => add({ op: 'coalesce', numPartitions: 1 + below(5), shuffle: true }),
    () => add({ op: 'distinct', ...parts() }, type, true),
    () => withOther('union', type, type, {}, false),
    () => withOther('intersection', type, type, parts()),
    () => withOther('subtract', type, type, parts()),
    () => withOther('cartesian', 'int', [type, 'int'], {}, false),
    () => (orderable(type) ? add({ op: 'sortBy', fn: 'identity', ascending: chance(0.6), ...parts() }) : add({ op: 'filter', fn: 'all' })),
  ]
  if (type === 'int')
    choices.push(
      () => add({ op: 'keyBy', fn: 'parity' }, ['str', 'int']),
      () => add({ op: 'groupBy', fn: 'parity', ...parts() }, 'other', true),
    )
  if (type === 'str') choices.push(() => add({ op: 'keyBy', fn: 'length' }, ['int', 'str']))
  if (type === 'int') choices.push(() => add({ op: 'mapPartitions', fn: pick(['sumPartition', 'runningSum']) }, 'int'))
  if (isPair(type)) {
    const [key, value] = type
    const reducer = reducers(value)
    const pairs: typeof choices = [
      () => add({ op: 'groupByKey', ...parts() }, value === 'int' ? [key, 'ints'] : 'other', true),
      () => add({ op: 'keys' }, key),
      () => add({ op: 'values' }, value),
      oneOf('mapValues', maps, value, (step, next) => add(step, [key, next])),
      oneOf('flatMapValues', flats, value, (step, next) => add(step, [key, next])),
      () => add({ op: 'partitionBy', numPartitions: 1 + below(4) }),
      ...(orderable(key)
        ? [
            () => add({ op: 'sortByKey', ascending: chance(0.6), ...parts() }),
            () => add({ op: 'repartitionAndSortWithinPartitions', numPartitions: 1 + below(4) }),
          ]
        : []),
      () => withOther('join', [key, 'int'], [key, [value, 'int']], parts()),
      () => withOther('leftOuterJoin', [key, 'int'], 'other', parts()),
      () => withOther('rightOuterJoin', [key, 'int'], 'other', parts()),
      () => withOther('fullOuterJoin', [key, 'int'], 'other', parts()),
      () => withOther('cogroup', [key, 'int'], 'other', parts()),
      () => withOther('subtractByKey', [key, 'int'], type, parts()),
    ]
    if (reducer.length > 0) {
      const f = (): string => pick(reducer)
      const zero = 1
      pairs.push(
        () => {
          const fn = f()
          return add({ op: 'reduceByKey', fn, ...parts() }, [key, reduced(value, fn)], true)
        },
        ...(value === 'int'
          ? [
              () => {
                const fn = f()
                return add({ op: 'foldByKey', fn, zero, ...parts() }, [key, reduced(value, fn)], true)
              },
              () => {
                const [seq, comb] = [f(), f()]
                return add(
                  { op: 'aggregateByKey', seq, comb, zero, ...parts() },
                  [key, seq === 'concat' || comb === 'concat' ? 'other' : value],
                  true,
                )
              },
            ]
          : []),
        ...(value === 'int'
          ? [() => add({ op: 'combineByKey', combiner: pick(['sumCount', 'minMax']), ...parts() }, [key, ['int', 'int']], true)]
          : []),
        () => add({ op: 'combineByKey', combiner: 'collectList', ...parts() }, value === 'int' ? [key, 'ints'] : 'other', true),
      )
    }
    choices.push(...pairs, ...pairs)
  }
  return pick(choices)()
}

export const hasList = (step: Step): boolean =>
  ['groupBy', 'groupByKey', 'cogroup', 'collectList'].includes(String(step['op'])) || step['combiner'] === 'collectList'
/** Steps that give other elements when what comes before them is in another order. */
export const positional = new Set([
  'zipWithIndex',
  'zipWithUniqueId',
  'repartition',
  'coalesce',
  'mapPartitions',
  'glom',
  'sortBy',
  'sortByKey',
  'repartitionAndSortWithinPartitions',
])
