// Steps of RDD programs by chance: sources, and operations that the type of what comes before allows.
import { element, flats, hasText, isPair, maps, orderable, predicates, reduced, reducers, type Type } from './element-types.ts'
import { below, chance, pick } from './random.ts'
import { fresh, anyPartitions as partitions, anyParts as parts, type Step } from './steps.ts'

/** The name of what was made, its type, and whether its elements come in an order that is Spark's own. */
export type Made = readonly [name: string, type: Type, shuffled: boolean]

const seed = (): number => pick([0, 1, 42, 7, -3, 123_456_789])
/** Without a whole number among them: it would be an int, which Spark's harness reads as well. */
const fraction = (): number => pick([0.1, 0.3, 0.5, 0.9, 0.25])
const lengths = [0, 1, 3, 5, 8, 12, 12, 30, 90]

export function source(steps: Step[], type: Type, first = false): string {
  const name = fresh('r')
  if (first && type === 'long' && chance(0.7)) {
    // The numbers of a range are longs; negative ones have other hash codes than ints, and Millrace has one type for both.
    const step = pick([1, 2, 3, -1, -4])
    steps.push({ let: name, op: 'range', start: step > 0 ? 3 : 20, end: step > 0 ? 23 : 0, step, slices: partitions() })
    return name
  }
  if (chance(0.02)) steps.push({ let: name, op: 'emptyRDD' })
  else {
    const data = Array.from({ length: pick(lengths) }, () => element(type))
    steps.push({ let: name, op: 'parallelize', data, ...(chance(0.9) ? { slices: partitions() } : {}) })
  }
  return name
}

export function rddStep(steps: Step[], from: string, type: Type): Made {
  const name = fresh('r')
  const add = (step: Step, next: Type = type, shuffled = false): Made => {
    steps.push({ let: name, ...step, from })
    return [name, next, shuffled]
  }
  const withOther = (op: string, otherType: Type, next: Type, extra: Step = {}, shuffled = true): Made => {
    const other = chance(0.15) && JSON.stringify(otherType) === JSON.stringify(type) ? from : source(steps, otherType)
    steps.push({ let: name, op, from, with: other, ...extra })
    return [name, next, shuffled]
  }
  // Arrays are no keys.
  if (!hasText(type)) {
    return pick([
      () => add({ op: 'filter', fn: pick(['all', 'nothing']) }),
      () => add({ op: 'coalesce', numPartitions: partitions(), shuffle: chance(0.5) }),
      () => add({ op: 'zipWithUniqueId' }, [type, 'long']),
      () => add({ op: 'mapPartitions', fn: 'countPartition' }, 'int'),
      () => withOther('cartesian', 'int', [type, 'int'], {}, false),
    ])()
  }
  const list: Type = type === 'int' ? 'ints' : hasText(type) ? 'shown' : 'other'
  const choices: (() => Made)[] = [
    () => {
      const [fn, next] = pick(maps(type))
      return add({ op: 'map', fn }, next)
    },
    () => {
      const [fn, next] = pick(flats(type))
      return add({ op: 'flatMap', fn }, next)
    },
    () => add({ op: 'filter', fn: pick(predicates(type)) }),
    () =>
      add({
        op: 'mapPartitions',
        fn: pick(['reversePartition', 'firstOfPartition', 'takePerPartition:2', 'takePerPartition:0', 'dropPartition']),
      }),
    () => add({ op: 'mapPartitions', fn: 'countPartition' }, 'int'),
    () => add({ op: 'mapPartitions', fn: 'listPartition' }, list),
    () => add({ op: 'mapPartitionsWithIndex', fn: 'indexAndList' }, ['int', list]),
    () => withOther('zipPartitions', type, hasText(type) ? 'shown' : 'other', {}, false),
    // Of two that fail, which fails first is each one's own.
    () => (steps.some((step) => step['op'] === 'zip') ? add({ op: 'cache' }) : withOther('zip', 'int', [type, 'int'], {}, false)),
    () => add({ op: 'cache' }),
    () => add({ op: 'mapPartitionsWithIndex', fn: 'tagIndex' }, ['int', type]),
    () => add({ op: 'mapPartitionsWithIndex', fn: 'onlyEvenPartitions' }),
    () => add({ op: 'mapPartitionsWithIndex', fn: 'indexAndCount' }, ['int', 'int']),
    () => add({ op: 'glom' }, 'other'),
    () => add({ op: 'zipWithIndex' }, [type, 'long']),
    () => add({ op: 'zipWithUniqueId' }, [type, 'long']),
    () => add({ op: 'sample', withReplacement: chance(0.4), fraction: fraction(), seed: seed() }),
    () => add({ op: 'randomSplit', weights: pick([[1, 2], [1], [0.5, 0, 3], [1, 1, 1]]), seed: seed(), index: 0 }),
    () => add({ op: 'repartition', numPartitions: partitions() }),
    () => add({ op: 'coalesce', numPartitions: partitions() }),
    () => add({ op: 'coalesce', numPartitions: partitions(), shuffle: true }),
    () => add({ op: 'distinct', ...parts() }, type, true),
    () => withOther('union', type, type, {}, false),
    () => {
      steps.push({ let: name, op: 'unionAll', from: [from, source(steps, type), from] })
      return [name, type, false]
    },
    () => withOther('intersection', type, type, parts()),
    () => withOther('subtract', type, type, parts()),
    () =>
      // Twice would be partitions by the thousand.
      steps.some((step) => step['op'] === 'cartesian') ? add({ op: 'cache' }) : withOther('cartesian', 'int', [type, 'int'], {}, false),
    () => add({ op: 'groupBy', fn: 'identity', ...parts() }, [type, list], true),
    () => add({ op: 'keyBy', fn: 'identity' }, [type, type]),
  ]
  if (orderable(type)) choices.push(() => add({ op: 'sortBy', fn: 'identity', ascending: chance(0.6), ...parts() }))
  if (hasText(type)) choices.push(() => add({ op: 'sortBy', fn: 'toString', ascending: chance(0.6), ...parts() }))
  if (type === 'int' || type === 'long')
    choices.push(
      () => add({ op: 'keyBy', fn: 'parity' }, ['str', type]),
      () => add({ op: 'groupBy', fn: 'parity', ...parts() }, ['str', list], true),
      () => add({ op: 'mapPartitions', fn: pick(['sumPartition', 'runningSum']) }, type),
      () => add({ op: 'mapPartitionsWithIndex', fn: 'indexAndSum' }, ['int', type]),
      () => add({ op: 'map', fn: 'failOn:7' }),
      () => add({ op: 'sortBy', fn: 'failOn:7', ...parts() }),
      () => add({ op: 'keyBy', fn: 'failOn:7' }, [type, type]),
    )
  if (type === 'int')
    choices.push(() => add({ op: 'sortBy', fn: pick(['mod:3', 'neg', 'parity', 'square']), ascending: chance(0.6), ...parts() }))
  if (type === 'str')
    choices.push(
      () => add({ op: 'keyBy', fn: 'length' }, ['int', 'str']),
      () => add({ op: 'groupBy', fn: 'firstChar', ...parts() }, ['str', 'shown'], true),
      () => add({ op: 'sortBy', fn: pick(['length', 'lastChar', 'toLower']), ascending: chance(0.6), ...parts() }),
      () =>
        add(
          {
            op: 'pipe',
            command: pick<unknown>(['cat', 'wc -l', ['sed', 's/a/A A/'], 'tail -n 1', 'sort -r', 'true', ['printf', 'a\\n\\nb'], 'false']),
          },
          'str',
        ),
    )
  if (isPair(type)) {
    const [key, value] = type
    const reducer = reducers(value)
    const values: Type = value === 'int' ? 'ints' : hasText(value) ? 'shown' : 'other'
    const shown = (...all: Type[]): Type => (all.every(hasText) ? 'shown' : 'other')
    const pairs: typeof choices = [
      () => add({ op: 'groupByKey', ...parts() }, [key, values], true),
      () => add({ op: 'keys' }, key),
      () => add({ op: 'values' }, value),
      () => {
        const [fn, next] = pick(maps(value))
        return add({ op: 'mapValues', fn }, [key, next])
      },
      () => {
        const [fn, next] = pick(flats(value))
        return add({ op: 'flatMapValues', fn }, [key, next])
      },
      () => add({ op: 'partitionBy', numPartitions: partitions() }),
      ...(orderable(key)
        ? [
            () => add({ op: 'sortByKey', ascending: chance(0.6), ...parts() }),
            () => add({ op: 'repartitionAndSortWithinPartitions', numPartitions: partitions() }),
          ]
        : []),
      () => withOther('join', [key, 'int'], [key, [value, 'int']], parts()),
      () => withOther(pick(['leftOuterJoin', 'rightOuterJoin', 'fullOuterJoin']), [key, 'int'], [key, shown(value)], parts()),
      () => withOther('cogroup', [key, 'int'], [key, shown(value)], parts()),
      () => withOther('subtractByKey', [key, 'int'], type, parts()),
      () => withOther('groupWith', [key, 'int'], [key, shown(value)]),
      () => {
        const others = Array.from({ length: 2 + below(2) }, () => source(steps, [key, 'int']))
        return add({ op: 'cogroupAll', others, ...parts() }, [key, shown(value)], true)
      },
    ]
    if (reducer.length > 0) {
      const f = (): string => pick(reducer)
      const zero = 1
      pairs.push(() => {
        const fn = f()
        return add({ op: 'reduceByKey', fn, ...parts() }, [key, reduced(value, fn)], true)
      })
      if (value === 'int')
        pairs.push(
          () => {
            const fn = f()
            return add({ op: 'foldByKey', fn, zero, ...parts() }, [key, reduced(value, fn)], true)
          },
          () => {
            const [seq, comb] = [f(), f()]
            const made = seq === 'concat' ? (comb === 'concat' || comb.startsWith('keep') ? 'shown' : undefined) : reduced(value, comb)
            return made === undefined
              ? add({ op: 'keys' }, key)
              : add({ op: 'aggregateByKey', seq, comb, zero, ...parts() }, [key, made], true)
          },
          () => add({ op: 'combineByKey', combiner: pick(['sumCount', 'minMax']), ...parts() }, [key, ['int', 'int']], true),
          () => add({ op: 'combineByKey', combiner: 'createPlus100', ...parts() }, [key, 'int'], true),
        )
    }
    pairs.push(() => add({ op: 'combineByKey', combiner: 'collectList', ...parts() }, [key, values], true))
    choices.push(...pairs, ...pairs)
  }
  return pick(choices)()
}
