// Steps of stream programs by chance, typed by what comes before.
import { element, failing, flats, hasText, isPair, maps, orderable, predicates, reduced, reducers, type Type } from './element-types.ts'
import { below, chance, pick } from './random.ts'
import { rddStep } from './rdd-steps.ts'
import { fresh, partitions, parts, partsOrPartitioner, type Step } from './steps.ts'

interface Made {
  readonly type: Type
  readonly slide: number
}

/** A program as it grows. */
export interface Program {
  readonly steps: Step[]
  readonly batchMs: number
  readonly streams: Map<string, Made>
  /** Some batches have no RDD: then nothing follows that Spark refuses without one. */
  readonly gaps: boolean
}

type Choice = () => string | undefined

/** Adds a step after `from`; its name. */
export function streamStep(program: Program, from: string): string {
  for (;;) {
    const name = pick(choicesAfter(program, from))()
    if (name !== undefined) return name
  }
}

function choicesAfter(program: Program, from: string): readonly Choice[] {
  const { type } = program.streams.get(from)!
  // Arrays are no keys.
  if (!hasText(type)) return [() => adder(program, from)({ op: 'filter', fn: 'all' }), () => adder(program, from)({ op: 'cache' })]
  return [
    ...anyType(program, from),
    ...(program.gaps ? [] : ofRdds(program, from)),
    ...reductions(program, from),
    ...(isPair(type) ? [...pairSteps(program, from, type), ...pairSteps(program, from, type), ...stateSteps(program, from, type)] : []),
  ]
}

/** Adds a step that follows `from`. */
function adder(program: Program, from: string): (step: Step, type?: Type, slide?: number) => string {
  const before = program.streams.get(from)!
  return (step, type = before.type, slide = before.slide) => {
    const name = fresh('x')
    program.steps.push({ let: name, ...step, from })
    program.streams.set(name, { type, slide })
    return name
  }
}

const spansOf = (slide: number): { readonly window: number; readonly slide: number } => ({
  window: slide * (chance(0.05) ? 0 : 1 + below(4)),
  slide: slide * pick([1, 1, 2, 3]),
})

const sameType = (one: Type, other: Type): boolean => JSON.stringify(one) === JSON.stringify(other)
const listOf = (type: Type): Type => (type === 'int' ? 'ints' : hasText(type) ? 'shown' : 'other')

function anyType(program: Program, from: string): Choice[] {
  const { type, slide } = program.streams.get(from)!
  const add = adder(program, from)
  const window = (): string => {
    const spans = spansOf(slide)
    return add({ op: 'window', ...spans }, type, spans.slide)
  }
  return [
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
      const fn = failing(type)
      return fn === undefined || chance(0.6) ? undefined : add({ op: 'map', fn })
    },
    window,
    window,
    () => add({ op: 'window', window: slide * (1 + below(3)) }),
    () => add({ op: 'countByValue', ...parts() }, [type, 'long']),
    () => {
      const spans = spansOf(slide)
      return add({ op: 'countByValueAndWindow', ...spans, ...parts() }, [type, 'long'], spans.slide)
    },
    () => {
      const spans = spansOf(slide)
      return add({ op: 'countByWindow', ...spans }, 'long', spans.slide)
    },
    () => add({ op: 'cache' }),
    () =>
      add({
        op: 'persist',
        level: pick([
          'MEMORY_ONLY',
          'MEMORY_AND_DISK',
          'MEMORY_ONLY_SER',
          'DISK_ONLY',
          'MEMORY_AND_DISK_SER_2',
          'OFF_HEAP',
          'NONE',
          'MEMORY_ONLY_2',
        ]),
      }),
    () => {
      program.steps.push({ let: fresh('c'), op: 'checkpoint', from, interval: slide * (1 + below(4)) })
      return undefined
    },
    () => add({ op: 'glom' }, 'other'),
    () => {
      const [fn, next] = pick<readonly [string, Type]>([
        ['countPartition', 'int'],
        ['reversePartition', type],
        ['firstOfPartition', type],
        ['takePerPartition:2', type],
        ['dropPartition', type],
        ['listPartition', listOf(type)],
        ...(type === 'int' || type === 'long'
          ? ([
              ['sumPartition', type],
              ['runningSum', type],
            ] as const)
          : []),
      ])
      return add({ op: 'mapPartitions', fn }, next)
    },
  ]
}

/** What Spark makes by a function of RDDs: it fails in a batch without one. */
function ofRdds(program: Program, from: string): Choice[] {
  const { type, slide } = program.streams.get(from)!
  const add = adder(program, from)
  const other = otherOf(program, from)
  const ofSameType = (): string | undefined => other((its) => sameType(its, type))
  return [
    () => add({ op: 'count' }, 'long'),
    () => add({ op: 'repartition', numPartitions: partitions() }),
    () =>
      orderable(type)
        ? add({ op: 'transform', body: [{ op: 'sortBy', from: '$0', fn: 'identity', ascending: chance(0.5), ...parts() }] })
        : undefined,
    () => add({ op: 'transform', withTime: true, body: [{ op: 'withTime', from: '$0' }] }, ['long', type]),
    () => {
      const body: Step[] = []
      let [last, next]: readonly [string, Type] = ['$0', type]
      for (let left = 1 + below(3); left > 0; left--) [last, next] = rddStep(body, last, next)
      return add({ op: 'transform', body }, next)
    },
    () => {
      const found = ofSameType()
      if (found === undefined) return undefined
      const name = fresh('x')
      program.steps.push({ let: name, op: 'unionAll', from: [from, found, from] })
      program.streams.set(name, { type, slide })
      return name
    },
    () => (isPair(type) ? joinedInTransform(program, from, type) : undefined),
    () => {
      const found = other(() => true)
      const body = [{ op: pick(['zip', 'cartesian', 'zipPartitions']), from: '$0', with: '$1' }]
      const theirs = found === undefined ? type : program.streams.get(found)!.type
      const made: Type = body[0]!.op !== 'zipPartitions' ? [type, theirs] : hasText(theirs) ? 'shown' : 'other'
      return found === undefined ? undefined : add({ op: 'transformWith', with: found, body }, made)
    },
    () => {
      const found = other(() => true)
      const body = [{ op: 'cartesian', from: '$0', with: '$1' }]
      return found === undefined ? undefined : add({ op: 'transformWith', with: found, body }, [type, program.streams.get(found)!.type])
    },
    () => {
      const found = ofSameType()
      return found === undefined ? undefined : add({ op: 'union', with: found })
    },
    () => {
      const found = ofSameType()
      const body = [{ op: pick(['subtract', 'intersection', 'union']), from: '$0', with: '$1', ...parts() }]
      return found === undefined ? undefined : add({ op: 'transformWith', with: found, body })
    },
    () => {
      const found = ofSameType()
      if (found === undefined) return undefined
      const name = fresh('x')
      const body: Step[] = [
        { let: 'u', op: 'union', from: '$0', with: '$1' },
        { op: 'subtract', from: 'u', with: '$2' },
      ]
      program.steps.push({ let: name, op: 'transformAll', from: [from, found, found], body })
      program.streams.set(name, { type, slide })
      return name
    },
  ]
}

/** What a body makes of the pairs of two streams, in order or as they come. */
function joinedInTransform(program: Program, from: string, [key, value]: readonly [Type, Type]): string | undefined {
  const found = otherOf(program, from)((its) => isPair(its) && sameType(its[0], key))
  if (found === undefined) return undefined
  const theirs = (program.streams.get(found)!.type as readonly [Type, Type])[1]
  const op = pick(['join', 'leftOuterJoin', 'rightOuterJoin', 'fullOuterJoin', 'cogroup', 'subtractByKey', 'groupWith'])
  const shown: Type = hasText(value) && hasText(theirs) ? 'shown' : 'other'
  const made: Type = op === 'join' ? [value, theirs] : op === 'subtractByKey' ? value : shown
  const body: Step[] = [{ let: 'j', op, from: '$0', with: '$1', ...(op === 'groupWith' ? {} : parts()) }]
  if (orderable(key) && chance(0.5)) body.push({ op: 'sortByKey', from: 'j', ascending: chance(0.5), ...parts() })
  return adder(program, from)({ op: 'transformWith', with: found, body }, [key, made])
}

/** Another stream of the same slide, of a type that is wanted. */
function otherOf(program: Program, from: string): (wanted: (type: Type) => boolean) => string | undefined {
  const { slide } = program.streams.get(from)!
  return (wanted) => {
    const fitting = [...program.streams].filter(([name, its]) => (name !== from || chance(0.2)) && its.slide === slide && wanted(its.type))
    return fitting.length === 0 ? undefined : pick(fitting)[0]
  }
}

function reductions(program: Program, from: string): Choice[] {
  const { type, slide } = program.streams.get(from)!
  const add = adder(program, from)
  const reducer = reducers(type)
  if (reducer.length === 0) return []
  const inverses =
    type === 'int'
      ? pick([
          ['addInts', 'subtractInts'],
          ['xor', 'xor'],
        ])
      : ['addInts', 'subtractInts']
  return [
    () => {
      const fn = pick(reducer)
      return add({ op: 'reduce', fn }, reduced(type, fn))
    },
    () => {
      const spans = spansOf(slide)
      const fn = pick(reducer)
      return add({ op: 'reduceByWindow', fn, ...spans }, reduced(type, fn), spans.slide)
    },
    () => {
      if (type !== 'int' && type !== 'long') return undefined
      const spans = spansOf(slide)
      return add({ op: 'reduceByWindow', fn: inverses[0], inv: inverses[1], ...spans }, type, spans.slide)
    },
  ]
}

function pairSteps(program: Program, from: string, type: readonly [Type, Type]): Choice[] {
  const { slide } = program.streams.get(from)!
  const [key, value] = type
  const add = adder(program, from)
  const other = otherOf(program, from)
  const reducer = reducers(value)
  const joined =
    (op: string): Choice =>
    () => {
      const found = other((its) => isPair(its) && sameType(its[0], key))
      if (found === undefined) return undefined
      const theirs = (program.streams.get(found)!.type as readonly [Type, Type])[1]
      const made: Type = op === 'join' ? [value, theirs] : hasText(value) && hasText(theirs) ? 'shown' : 'other'
      return add({ op, with: found, ...partsOrPartitioner() }, [key, made])
    }
  return [
    () => {
      const [fn, next] = pick(maps(value))
      return add({ op: 'mapValues', fn }, [key, next])
    },
    () => {
      const fn = failing(value)
      return fn === undefined || chance(0.6) ? undefined : add({ op: 'mapValues', fn })
    },
    () => {
      const [fn, next] = pick(flats(value))
      return add({ op: 'flatMapValues', fn }, [key, next])
    },
    () => add({ op: 'groupByKey', ...partsOrPartitioner() }, [key, listOf(value)]),
    () => {
      const spans = spansOf(slide)
      if (chance(0.2)) return add({ op: 'groupByKeyAndWindow', window: spans.window }, [key, listOf(value)])
      return add({ op: 'groupByKeyAndWindow', ...spans, ...partsOrPartitioner() }, [key, listOf(value)], spans.slide)
    },
    () => {
      const step = {
        op: 'combineByKey',
        combiner: 'collectList',
        ...partsOrPartitioner(),
        ...(chance(0.3) ? { mapSideCombine: false } : {}),
      }
      return add(step, [key, listOf(value)])
    },
    ...(program.gaps ? [] : ['join', 'leftOuterJoin', 'rightOuterJoin', 'fullOuterJoin', 'cogroup'].map(joined)),
    ...(reducer.length === 0
      ? []
      : [
          () => {
            const fn = pick(reducer)
            return add({ op: 'reduceByKey', fn, ...partsOrPartitioner() }, [key, reduced(value, fn)])
          },
          () => {
            const spans = spansOf(slide)
            const fn = pick(reducer)
            if (chance(0.2)) return add({ op: 'reduceByKeyAndWindow', fn, window: spans.window }, [key, reduced(value, fn)])
            return add({ op: 'reduceByKeyAndWindow', fn, ...spans, ...partsOrPartitioner() }, [key, reduced(value, fn)], spans.slide)
          },
        ]),
    ...(value === 'int'
      ? [
          () => {
            const combiner = pick(['sumCount', 'minMax', 'createPlus100'])
            const made: Type = combiner === 'createPlus100' ? 'int' : ['int', 'int']
            const step = { op: 'combineByKey', combiner, ...partsOrPartitioner(), ...(chance(0.3) ? { mapSideCombine: false } : {}) }
            return add(step, [key, made])
          },
        ]
      : []),
    ...(value === 'int' || value === 'long'
      ? [
          () => {
            const spans = spansOf(slide)
            const step = {
              op: 'reduceByKeyAndWindow',
              fn: 'addInts',
              inv: 'subtractInts',
              window: spans.window,
              ...(spans.slide === slide && chance(0.3) ? {} : { slide: spans.slide }),
              ...partsOrPartitioner(),
              ...(chance(0.4) ? { filter: pick(['valueNotZero', 'keepPositive', 'valueGt:1']) } : {}),
            }
            return add(step, type, spans.slide)
          },
        ]
      : []),
  ]
}

function stateSteps(program: Program, from: string, [key, value]: readonly [Type, Type]): Choice[] {
  const update = (): string => updateStateByKey(program, from, [key, value])
  const mapping = (): string => mapWithState(program, from, [key, value])
  return value === 'int' ? [update, update, mapping, mapping] : [update, mapping]
}

const initialState = (key: Type, value: Type): Step => ({
  initial: Array.from({ length: below(5) }, () => [element(key), value === 'int' ? below(5) : element(value)]),
})

function updateStateByKey(program: Program, from: string, [key, value]: readonly [Type, Type]): string {
  const { slide } = program.streams.get(from)!
  const add = adder(program, from)
  const ofInts = value === 'int'
  const variants = ['fn', 'fn', 'fnNum', 'fnPartitioner', 'fnInitial']
  const variant = pick(ofInts ? [...variants, 'iter', 'iterInitial', 'time', 'time'] : [...variants, 'time'])
  const iterates = variant.startsWith('iter')
  const fn = iterates
    ? pick(['iterSum', ...(key === 'str' ? ['iterSumDropB', 'iterSumDouble', 'iterUpperKey'] : [])])
    : variant === 'time'
      ? pick(['timeSum', 'timeStamp', 'timeExpire2s', ...(key === 'str' ? ['keyLenSum'] : [])])
      : pick([
          ...(variant === 'fnInitial' || !orderable(value) ? [] : ['sortedListState']),
          ...(ofInts ? ['sumState', 'sumKeepZero', 'maxState', 'dropIfIdle', 'capAt3'] : []),
          ...(ofInts && variant !== 'fnInitial' ? ['dropAfter2Idle'] : []),
          ...(variant === 'fnInitial' && !ofInts ? [] : ['countState']),
          'none',
          'lastState',
        ])
  const kept: Type = fn === 'lastState' ? value : 'int'
  const state: Type =
    fn === 'sortedListState' ? listOf(value) : fn === 'dropAfter2Idle' ? ['int', 'int'] : fn.startsWith('time') ? 'long' : kept
  const made = add(
    {
      op: 'updateStateByKey',
      variant,
      fn,
      ...(variant === 'fn' ? {} : variant === 'fnNum' ? { numPartitions: partitions() } : { partitioner: `hash:${partitions()}` }),
      ...(variant.endsWith('Initial') || (variant === 'time' && chance(0.4)) ? initialState(key, variant === 'time' ? 'int' : value) : {}),
      ...((iterates || variant === 'time') && chance(0.3) ? { rememberPartitioner: false } : {}),
    },
    [key, state],
  )
  if (chance(0.3)) program.steps.push({ let: fresh('c'), op: 'checkpoint', from: made, interval: slide * (1 + below(4)) })
  return made
}

const wrongResults = ['mwsGetMissing', 'mwsRemoveThenUpdate']
/** Functions that throw, now and then. */
const wrong = (...names: readonly string[]): readonly string[] => (chance(0.2) ? names : [])

function mapWithState(program: Program, from: string, [key, value]: readonly [Type, Type]): string {
  const { slide } = program.streams.get(from)!
  const ofInts = value === 'int'
  const advanced = chance(0.25) && ofInts
  const timeout = chance(0.45)
  const fn = advanced
    ? pick(['mwsAdvKeyTime', 'mwsAdvEvenSums', timeout ? 'mwsAdvOnlyTimeout' : 'mwsAdvNone'])
    : timeout
      ? pick([...(ofInts ? ['mwsTimeoutPair'] : []), 'mwsReadTimeout', 'mwsReadOnly', 'mwsListState', ...wrong('mwsUpdateOnTimeout')])
      : pick([
          ...(ofInts ? ['mwsSum', 'mwsPair', 'mwsNull', 'mwsRemoveAt3'] : []),
          'mwsOldNew',
          'mwsRemoveIfExists',
          'mwsReadOnly',
          'mwsListState',
          'mwsRemoveMissing',
          ...wrong('mwsGetMissing', 'mwsRemoveThenUpdate'),
        ])
  // A function that updates a state that times out fails: with a timeout those that look.
  const failing = timeout && ['mwsAdvKeyTime', 'mwsAdvEvenSums'].includes(fn)
  const mapped: Type =
    fn === 'mwsSum'
      ? 'int'
      : ['mwsPair', 'mwsAdvEvenSums'].includes(fn)
        ? [key, 'int']
        : fn === 'mwsUpdateOnTimeout'
          ? key
          : fn.startsWith('mwsAdv')
            ? [key, 'long']
            : fn === 'mwsListState'
              ? [key, listOf(value)]
              : fn === 'mwsNull' || wrongResults.includes(fn)
                ? 'null'
                : [key, 'shown']
  const made = adder(program, from)(
    {
      op: 'mapWithState',
      fn,
      ...(advanced ? { advanced } : {}),
      ...(timeout && !failing ? { timeout: Math.max(1, program.batchMs * (1 + below(3)) + pick([0, 0, -1, 1])) } : {}),
      ...(fn !== 'mwsListState' && chance(0.3) ? initialState(key, value) : {}),
      ...partsOrPartitioner(),
    },
    mapped,
  )
  if (chance(0.6)) program.steps.push({ let: fresh('c'), op: 'checkpoint', from: made, interval: slide * (1 + below(3)) })
  const kept: Type =
    fn === 'mwsListState' ? listOf(value) : (fn === 'mwsRemoveIfExists' || fn === 'mwsUpdateOnTimeout') && !ofInts ? 'shown' : value
  const snapshots = fresh('s')
  program.steps.push({ let: snapshots, op: 'stateSnapshots', from: made })
  program.streams.set(snapshots, { type: [key, kept], slide })
  return pick([made, made, snapshots])
}
