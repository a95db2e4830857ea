// Stream programs by chance: inputs of a few batches, steps that are typed by the one before, and what is collected of them.
import {
  batch,
  element,
  flats,
  isPair,
  maps,
  oddPairs,
  oneOf,
  orderable,
  predicates,
  reduced,
  reducers,
  type Type,
} from './element-types.ts'
import { below, chance, pick } from './random.ts'
import { hasList, positional, rddStep } from './rdd-steps.ts'
import { fresh, parts, partsOrPartitioner, type Step, startNames } from './steps.ts'

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
    oneOf('map', maps, type, add),
    oneOf('flatMap', flats, type, add),
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
      oneOf('mapValues', maps, value, (step, next) => add(step, [key, next])),
      oneOf('flatMapValues', flats, value, (step, next) => add(step, [key, next])),
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

export function streamCase(id: string): Step {
  startNames()
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
