// Makes cases without results, by seed: make-cases.ts OUT [SEED] [COUNT]. Programs are random but typed, so that Spark can run them;
// record.sh then asks a real Spark for the results. What is kept of them lies in ../streaming-more.
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

const [out = 'made', seedText = '1', countText = '200'] = process.argv.slice(2)
let state = Number(seedText) * 2654435761 + 1

function random(): number {
  state = (Math.imul(state ^ (state >>> 15), 0x2c1b3c6d) + 0x297a2d39) | 0
  state ^= state >>> 12
  return (state >>> 0) / 4294967296
}

const below = (n: number): number => Math.floor(random() * n)
const pick = <T>(items: readonly T[]): T => items[below(items.length)]!
const chance = (probability: number): boolean => random() < probability

/** Types of elements: `int`, `str`, `[key, value]`, or something no further step is made for. */
type Type = 'int' | 'str' | 'double' | 'long' | 'bool' | 'null' | 'ints' | 'other' | readonly [Type, Type]
type Step = Record<string, unknown>

const words = ['a', 'b', 'c', 'ab', 'ba', 'é', '漢', '', 'A', 'zz', 'x y', 'b b  b']
const isPair = (type: Type): type is readonly [Type, Type] => Array.isArray(type)

/** A number as it is to stand in the file: whole doubles need their point. */
const literal = (text: string): unknown => ({ '#': text })
const write = (value: unknown): string => JSON.stringify(value).replace(/\{"#":"([^"]+)"\}/g, '$1')

function element(type: Type): unknown {
  if (type === 'double') return literal(pick(['0.5', '2.0', '-1.25', '3.0', '1.0E10', '0.1', '123456.789', '-0.75']))
  if (type === 'long') return literal(pick(['3000000000', '-3000000000', '9007199254740991', '4294967296', '1234567890123']))
  if (type === 'bool') return chance(0.5)
  if (type === 'null') return chance(0.3) ? null : pick(['a', 'b'])
  if (type === 'int') return below(13) - 3
  if (type === 'str') return chance(0.2) ? pick(words) : pick(['a', 'b', 'c'])
  if (isPair(type)) return [element(type[0]), element(type[1])]
  return null
}

const smallElement = (type: Type): unknown =>
  type === 'int' ? below(9) - 2 : isPair(type) ? [smallElement(type[0]), smallElement(type[1])] : element(type)
const batch = (type: Type, most: number): unknown[] => Array.from({ length: below(most + 1) }, () => smallElement(type))

const intMaps: readonly (readonly [string, Type])[] = [
  ['plus:1', 'int'],
  ['times:2', 'int'],
  ['mod:3', 'int'],
  ['neg', 'int'],
  ['toString', 'str'],
  ['pairWithOne', ['int', 'int']],
  ['selfPair', ['int', 'int']],
  ['parity', 'str'],
  ['keyByParity', ['str', 'int']],
  ['keyByMod:2', ['int', 'int']],
  ['const:7', 'int'],
  ['pairWith:"v"', ['int', 'str']],
]
const strMaps: readonly (readonly [string, Type])[] = [
  ['toUpper', 'str'],
  ['toLower', 'str'],
  ['length', 'int'],
  ['reverse', 'str'],
  ['firstChar', 'str'],
  ['lastChar', 'str'],
  ['keyByLength', ['int', 'str']],
  ['keyByFirstChar', ['str', 'str']],
  ['appendStr:"!"', 'str'],
  ['pairWithOne', ['str', 'int']],
]
const listMaps: readonly (readonly [string, Type])[] = [
  ['size', 'int'],
  ['sumList', 'int'],
  ['sortList', 'ints'],
]
const maps = (type: Type): readonly (readonly [string, Type])[] => {
  if (type === 'int') return intMaps
  if (type === 'str') return strMaps
  if (type === 'ints') return listMaps
  if (isPair(type))
    return [
      ['swap', [type[1], type[0]]],
      ['key', type[0]],
      ['value', type[1]],
      ...(type.every((part) => part === 'int')
        ? ([
            ['sumPair', 'int'],
            ['average', 'double'],
          ] as const)
        : []),
    ]
  return [
    ['identity', type],
    ['pairWithOne', [type, 'int']],
    ...(type === 'other' || type === 'null' ? [] : ([['toString', 'str']] as const)),
  ]
}
const flats = (type: Type): readonly (readonly [string, Type])[] =>
  type === 'int'
    ? [
        ['duplicate', 'int'],
        ['selfAndDouble', 'int'],
        ['selfAndPlus:10', 'int'],
        ['upTo', 'int'],
        ['keepEven', 'int'],
        ['none', 'int'],
      ]
    : type === 'str'
      ? [
          ['splitSpaces', 'str'],
          ['chars', 'str'],
          ['duplicate', 'str'],
        ]
      : type === 'ints'
        ? [['elements', 'int']]
        : [['duplicate', type]]
const predicates = (type: Type): readonly string[] =>
  type === 'int'
    ? ['isEven', 'isOdd', 'gt:1', 'lt:3', 'eq:2', 'ne:0', 'all', 'nothing']
    : type === 'str'
      ? ['nonEmpty', 'startsWith:"a"', 'longerThan:1', 'ne:"b"', 'all']
      : isPair(type) && type[1] === 'int'
        ? ['valueNotZero', 'keepPositive', 'valueGt:1', ...(type[0] === 'str' ? ['keyNot:"a"', 'keyIs:"b"'] : [])]
        : ['all', 'nothing']
/** Mostly functions whose result does not depend on the order; where it does, both rounds of the recorder must agree. */
function reducers(type: Type): readonly string[] {
  const ordered = chance(0.25)
  if (type === 'int')
    return ordered ? ['subtractInts', 'mulInts', 'keepFirst', 'keepLast', 'xor', 'concat'] : ['addInts', 'maxInts', 'minInts', 'xor']
  if (type === 'str') return ordered ? ['concat', 'keepFirst', 'keepLast'] : []
  return isPair(type) && type.every((part) => part === 'int') ? ['addPairs'] : []
}
/** What a reduction of ints gives: `concat` makes text of them, unless there was one. */
const reduced = (type: Type, fn: string): Type => (fn === 'concat' && type === 'int' ? 'other' : type)

/** Keys of every kind that has a hash code of its own. */
const oddPairs: readonly Type[] = [
  ['double', 'int'],
  ['long', 'int'],
  ['bool', 'int'],
  ['null', 'int'],
  [['str', 'int'], 'int'],
]

let names = 0
const fresh = (prefix: string): string => `${prefix}${++names}`
const parts = (): Step => (chance(0.5) ? {} : { numPartitions: 1 + below(4) })
const partsOrPartitioner = (): Step => (chance(0.6) ? parts() : { partitioner: `hash:${1 + below(4)}` })

// ---- RDD programs

function source(steps: Step[], type: Type, first = false): string {
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

function rddStep(steps: Step[], from: string, type: Type): readonly [string, Type, boolean] {
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
    () => {
      const [fn, next] = pick(maps(type))
      return add({ op: 'map', fn }, next)
    },
    () => {
      const [fn, next] = pick(flats(type))
      return add({ op: 'flatMap', fn }, next)
    },
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
      () => {
        const [fn, next] = pick(maps(value))
        return add({ op: 'mapValues', fn }, [key, next])
      },
      () => {
        const [fn, next] = pick(flats(value))
        return add({ op: 'flatMapValues', fn }, [key, next])
      },
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

const hasList = (step: Step): boolean =>
  ['groupBy', 'groupByKey', 'cogroup', 'collectList'].includes(String(step['op'])) || step['combiner'] === 'collectList'
/** Steps that give other elements when what comes before them is in another order. */
const positional = new Set([
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

function rddCase(id: string): Step {
  names = 0
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

/** What takeOrdered can order: no nulls, whose place is the ordering's own business. */
const orderable = (type: Type): boolean =>
  type !== 'other' && type !== 'ints' && type !== 'null' && type !== 'bool' && (!isPair(type) || type.every(orderable))

// ---- stream programs

interface Context {
  readonly steps: Step[]
  readonly batchMs: number
  readonly slides: Map<string, number>
  readonly types: Map<string, Type>
  gaps: boolean
  bag: boolean
  lists: boolean
}

function streamStep(context: Context, from: string): string {
  const { steps, batchMs, slides, types } = context
  const type = types.get(from)!
  const slide = slides.get(from)!
  const name = fresh('x')
  const add = (step: Step, next: Type = type, nextSlide = slide, shuffled = false): string => {
    steps.push({ let: name, ...step, from })
    types.set(name, next)
    slides.set(name, nextSlide)
    context.bag ||= shuffled
    return name
  }
  const spans = (): { window: number; slide: number } => ({ window: slide * (1 + below(4)), slide: slide * pick([1, 1, 2, 3]) })
  const other = (want: (type: Type) => boolean): string | undefined => {
    const fitting = [...types].filter(([candidate, its]) => candidate !== from && slides.get(candidate) === slide && want(its))
    return fitting.length === 0 ? undefined : pick(fitting)[0]
  }
  const choices: (() => string | undefined)[] = [
    () => {
      const [fn, next] = pick(maps(type))
      return add({ op: 'map', fn }, next)
    },
    () => {
      const [fn, next] = pick(flats(type))
      return add({ op: 'flatMap', fn }, next)
    },
    () => add({ op: 'filter', fn: pick(predicates(type)) }),
    () => {
      const span = spans()
      return add({ op: 'window', ...span }, type, span.slide)
    },
    () => {
      const span = spans()
      return add({ op: 'window', ...span }, type, span.slide)
    },
    () => add({ op: 'window', window: slide * (1 + below(3)) }),
    () => add({ op: 'countByValue', ...parts() }, [type, 'int'], slide, true),
    () => {
      const span = spans()
      return add({ op: 'countByValueAndWindow', ...span, ...parts() }, [type, 'int'], span.slide, true)
    },
    () => {
      const span = spans()
      return add({ op: 'countByWindow', ...span }, 'int', span.slide, true)
    },
    () => add({ op: pick(['cache']) }),
    () => add({ op: 'persist', level: pick(['MEMORY_ONLY', 'MEMORY_AND_DISK', 'MEMORY_ONLY_SER', 'DISK_ONLY', 'MEMORY_AND_DISK_SER_2']) }),
    () => (context.bag ? undefined : add({ op: 'glom' }, type === 'int' ? 'ints' : 'other')),
    () => {
      if (context.bag) return undefined
      const [fn, next] = pick<readonly [string, Type]>([
        ['countPartition', 'int'],
        ['reversePartition', type],
        ['firstOfPartition', type],
        ['takePerPartition:2', type],
        ['dropPartition', type],
        ...(type === 'int'
          ? ([
              ['sumPartition', 'int'],
              ['runningSum', 'int'],
              ['listPartition', 'ints'],
            ] as const)
          : []),
      ])
      return add({ op: 'mapPartitions', fn }, next)
    },
  ]
  const reducer = reducers(type)
  if (reducer.length > 0) {
    choices.push(
      () => {
        const fn = pick(reducer)
        return add({ op: 'reduce', fn }, reduced(type, fn), slide, true)
      },
      () => {
        const span = spans()
        const fn = pick(reducer)
        return add({ op: 'reduceByWindow', fn, ...span }, reduced(type, fn), span.slide, true)
      },
    )
    if (type === 'int')
      choices.push(() => {
        const span = spans()
        return add({ op: 'reduceByWindow', fn: 'addInts', inv: 'subtractInts', ...span }, type, span.slide, true)
      })
  }
  if (!context.gaps) {
    choices.push(
      () => add({ op: 'count' }, 'int', slide, true),
      () => add({ op: 'repartition', numPartitions: 1 + below(4) }, type, slide, true),
      () => add({ op: 'transform', body: [{ let: 'r', op: 'distinct', from: '$0', ...parts() }] }, type, slide, true),
      () =>
        orderable(type)
          ? add({ op: 'transform', body: [{ op: 'sortBy', from: '$0', fn: 'identity', ascending: chance(0.5), ...parts() }] })
          : undefined,
      () => add({ op: 'transform', withTime: true, body: [{ op: 'withTime', from: '$0' }] }, ['int', type]),
      () => {
        const body: Step[] = []
        let made: readonly [string, Type, boolean] = ['$0', type, false]
        for (let left = 1 + below(2); left > 0 && made[1] !== 'other'; left--) {
          const [before, was] = [body.length, made]
          made = rddStep(body, made[0], made[1])
          if (!((context.bag || was[2]) && positional.has(String(body.at(-1)!['op'])))) continue
          body.length = before
          made = was
        }
        if (body.length === 0) return undefined
        context.lists ||= body.some(hasList)
        return add({ op: 'transform', body }, made[1], slide, made[2])
      },
      () => {
        const found = other((its) => JSON.stringify(its) === JSON.stringify(type))
        if (found === undefined) return undefined
        steps.push({ let: name, op: 'unionAll', from: [from, found, from] })
        types.set(name, type)
        slides.set(name, slide)
        return name
      },
      () => {
        const found = other(() => true)
        if (found === undefined) return undefined
        const body = [{ op: 'cartesian', from: '$0', with: '$1' }]
        return add({ op: 'transformWith', with: found, body }, [type, types.get(found)!], slide, true)
      },
      () => {
        const found = other((its) => JSON.stringify(its) === JSON.stringify(type))
        return found === undefined ? undefined : add({ op: 'union', with: found })
      },
      () => {
        const found = other((its) => JSON.stringify(its) === JSON.stringify(type))
        if (found === undefined) return undefined
        return add(
          { op: 'transformWith', with: found, body: [{ op: pick(['subtract', 'intersection', 'union']), from: '$0', with: '$1' }] },
          type,
          slide,
          true,
        )
      },
    )
  }
  if (isPair(type)) {
    const [key, value] = type
    const keyed: typeof choices = [
      () => {
        const [fn, next] = pick(maps(value))
        return add({ op: 'mapValues', fn }, [key, next])
      },
      () => {
        const [fn, next] = pick(flats(value))
        return add({ op: 'flatMapValues', fn }, [key, next])
      },
      () => {
        context.lists = true
        return add({ op: 'groupByKey', ...partsOrPartitioner() }, value === 'int' ? [key, 'ints'] : 'other', slide, true)
      },
      () => {
        context.lists = true
        const span = spans()
        return add(
          { op: 'groupByKeyAndWindow', ...span, ...partsOrPartitioner() },
          value === 'int' ? [key, 'ints'] : 'other',
          span.slide,
          true,
        )
      },
    ]
    if (!context.gaps) {
      for (const op of ['join', 'leftOuterJoin', 'rightOuterJoin', 'fullOuterJoin', 'cogroup']) {
        keyed.push(() => {
          const found = other((its) => isPair(its) && its[0] === key)
          if (found === undefined) return undefined
          context.lists ||= op === 'cogroup'
          return add(
            { op, with: found, ...partsOrPartitioner() },
            op === 'join' ? [key, [value, (types.get(found) as readonly [Type, Type])[1]]] : 'other',
            slide,
            true,
          )
        })
      }
    }
    const valueReducers = reducers(value)
    if (valueReducers.length > 0) {
      keyed.push(
        () => {
          const fn = pick(valueReducers)
          return add({ op: 'reduceByKey', fn, ...partsOrPartitioner() }, [key, reduced(value, fn)], slide, true)
        },
        () => {
          if (value !== 'int') return undefined
          const combiner = pick(['sumCount', 'minMax', 'createPlus100', 'collectList'])
          context.lists ||= combiner === 'collectList'
          const made: Type = combiner === 'collectList' ? 'ints' : combiner === 'createPlus100' ? 'int' : ['int', 'int']
          const step = { op: 'combineByKey', combiner, ...partsOrPartitioner(), ...(chance(0.3) ? { mapSideCombine: false } : {}) }
          return add(step, [key, made], slide, true)
        },
        () => {
          const span = spans()
          const fn = pick(valueReducers)
          return add({ op: 'reduceByKeyAndWindow', fn, ...span, ...partsOrPartitioner() }, [key, reduced(value, fn)], span.slide, true)
        },
      )
    }
    if (value === 'int') {
      const inverse = (): string => {
        const span = spans()
        return add(
          {
            op: 'reduceByKeyAndWindow',
            fn: 'addInts',
            inv: 'subtractInts',
            ...span,
            ...partsOrPartitioner(),
            ...(chance(0.4) ? { filter: pick(['valueNotZero', 'keepPositive']) } : {}),
          },
          type,
          span.slide,
          true,
        )
      }
      keyed.push(inverse, inverse)
      const update = (): string => {
        const variant = pick(['fn', 'fnNum', 'fnPartitioner', 'fnInitial', 'iter', 'iterInitial', 'time', 'time'])
        const initial = {
          initial: Array.from({ length: 1 + below(3) }, (_, index) => [
            key === 'str' ? ['a', 'b', 'q'][index] : key === 'int' ? index : element(key),
            below(5),
          ]),
        }
        const fn = variant.startsWith('iter')
          ? key === 'str'
            ? pick(['iterSum', 'iterSumDropB', 'iterSumDouble', 'iterUpperKey'])
            : 'iterSum'
          : variant === 'time'
            ? pick(['timeSum', 'timeStamp', 'timeExpire2s', ...(key === 'str' ? ['keyLenSum'] : [])])
            : pick(['sumState', 'sumKeepZero', 'countState', 'maxState', 'dropIfIdle', 'capAt3', 'none', 'lastState'])
        return add(
          {
            op: 'updateStateByKey',
            variant,
            fn,
            ...(variant === 'fn' ? {} : variant === 'fnNum' ? { numPartitions: 1 + below(3) } : { partitioner: `hash:${1 + below(3)}` }),
            ...(variant === 'fnInitial' || variant === 'iterInitial' || (variant === 'time' && chance(0.4)) ? initial : {}),
            ...(variant.startsWith('iter') || variant === 'time' ? (chance(0.3) ? { rememberPartitioner: false } : {}) : {}),
          },
          [key, 'int'],
          slide,
          true,
        )
      }
      const mapping = (): string => {
        const advanced = chance(0.25)
        const timeout = chance(0.4)
        const fn = advanced
          ? pick(['mwsAdvKeyTime', 'mwsAdvEvenSums', ...(timeout ? ['mwsAdvOnlyTimeout'] : ['mwsAdvNone'])])
          : timeout
            ? pick(['mwsTimeoutPair', 'mwsReadTimeout', 'mwsReadOnly'])
            : pick([
                'mwsSum',
                'mwsPair',
                'mwsOldNew',
                'mwsRemoveIfExists',
                'mwsReadOnly',
                'mwsNull',
                'mwsRemoveAt3',
                'mwsRemoveMissing',
                'mwsListState',
              ])
        const initial = chance(0.3)
          ? {
              initial: [
                [key === 'str' ? 'a' : 1, 2],
                [key === 'str' ? 'q' : 9, 5],
              ],
            }
          : {}
        const made = add(
          {
            op: 'mapWithState',
            fn,
            ...(advanced ? { advanced } : {}),
            ...(timeout ? { timeout: batchMs * (1 + below(3)) } : {}),
            ...initial,
            ...partsOrPartitioner(),
          },
          'other',
          slide,
          true,
        )
        if (chance(0.6)) steps.push({ let: fresh('c'), op: 'checkpoint', from: made, interval: slide * (1 + below(3)) })
        const snapshots = fresh('s')
        steps.push({ let: snapshots, op: 'stateSnapshots', from: made })
        types.set(snapshots, 'other')
        slides.set(snapshots, slide)
        // Records of one key in one batch must come in one order.
        return made
      }
      const growing = (): string => {
        const fn = pick(['sortedListState', 'dropAfter2Idle'])
        const made: Type = fn === 'sortedListState' ? 'ints' : ['int', 'int']
        return add({ op: 'updateStateByKey', variant: 'fn', fn }, [key, made], slide, true)
      }
      keyed.push(update, update, mapping, mapping, growing)
    }
    choices.push(...keyed, ...keyed)
  }
  for (;;) {
    const made = pick(choices)()
    if (made !== undefined) return made
  }
}

function streamCase(id: string): Step {
  names = 0
  const batchMs = pick([1000, 1000, 1000, 500, 2000])
  const numBatches = 4 + below(6)
  const context: Context = { steps: [], batchMs, slides: new Map(), types: new Map(), gaps: chance(0.12), bag: false, lists: false }
  const startAt = chance(0.15) ? batchMs * 7 : 0
  const inputs: Record<string, unknown> = {}
  for (const name of chance(0.5) ? ['a'] : ['a', 'b']) {
    const type =
      name === 'b' && chance(0.7)
        ? context.types.get('a')!
        : pick<Type>(['int', 'str', ['str', 'int'], ['str', 'int'], ['int', 'str'], ['int', 'int'], ...oddPairs])
    inputs[name] = Array.from({ length: numBatches - below(2) }, () => (context.gaps && chance(0.3) ? null : batch(type, 5)))
    context.types.set(name, type)
    context.slides.set(name, batchMs)
  }
  let last = 'a'
  for (let left = 1 + below(4); left > 0; left--) {
    if (context.types.get(last) === 'other') break
    last = streamStep(context, last)
  }
  const produced = context.steps.map((step) => String(step['let'])).filter((name) => context.types.has(name))
  const collect = [...new Set([last, ...produced.slice(-2)])]
  const after: Step[] = [...produced.slice(-3), 'a'].map((name) => ({ into: `i_${name}`, op: 'introspect', from: name }))
  if (chance(0.3))
    after.push({
      into: 'sl',
      op: 'slice',
      from: last,
      fromTime: startAt + batchMs * (numBatches - 1),
      toTime: startAt + batchMs * numBatches,
    })
  return {
    id,
    group: String(context.steps.find((step) => step['let'] === last)!['op']).toLowerCase(),
    title: `${context.steps.map((step) => String(step['op'])).join(', ')}${context.gaps ? ', with batches that have no RDD' : ''}`,
    batchMs,
    parallelism: pick([1, 2, 2, 3]),
    numBatches,
    compare: context.lists ? 'bag-per-key' : context.bag ? 'bag' : 'ordered',
    ...(startAt === 0 ? {} : { startAtMs: startAt + pick([0, 0, 123]) }),
    ...(chance(0.15) ? { rememberMs: batchMs * (2 + below(12)) } : {}),
    inputs,
    program: context.steps,
    collect,
    foreach:
      context.types.get(last) === 'other'
        ? []
        : [
            { into: 'n', from: last, action: 'count' },
            ...(orderable(context.types.get(last)!) ? [{ into: 't', from: last, action: 'takeOrdered', n: 2 }] : []),
            ...(chance(0.3) ? [{ into: 'p', from: last, action: 'partitioner' }] : []),
            ...(chance(0.3) ? [{ into: 'e', from: last, action: 'isEmpty' }] : []),
            ...(context.types.get(last) === 'int'
              ? [
                  { into: 'f', from: last, action: 'fold', zero: 1, fn: 'addInts' },
                  { into: 's', from: last, action: 'sum' },
                  { into: 'a', from: last, action: 'aggregateSumCount' },
                ]
              : []),
          ],
    after,
    ...(chance(0.4) ? { recordPartitions: true } : {}),
  }
}

// ---- print programs

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

function printCase(id: string): Step {
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

function printPairsCase(id: string): Step {
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

const count = Number(countText)
const kinds: readonly (readonly [string, string, number, (id: string) => Step])[] = [
  ['rdd', 'more-rdd', count, rddCase],
  ['stream', 'more-stream', count, streamCase],
  ['print', 'more-print', Math.ceil(count / 6), printCase],
  ['print', 'more-pairs', Math.ceil(count / 6), printPairsCase],
]
for (const [folder, prefix, many, make] of kinds) {
  mkdirSync(join(out, folder), { recursive: true })
  for (let index = 1; index <= many; index++) {
    const id = `${prefix}-${seedText}-${String(index).padStart(3, '0')}`
    writeFileSync(join(out, folder, `${id}.json`), `${write(make(id))}\n`)
  }
}
