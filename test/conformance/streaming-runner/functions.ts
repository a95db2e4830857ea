// The function library of the case format: `name` or `name:argument`.
import { Double, List, type State, type Time } from '../../../src-main/streaming/api.ts'
import { textOf, toValue } from './values.ts'

type Any = unknown
type Pair = [Any, Any]

/** What the library's failing functions throw: its name stands in the recorded texts. */
class RuntimeException extends Error {
  override readonly name = 'java.lang.RuntimeException'
}

class ArithmeticException extends Error {
  override readonly name = 'java.lang.ArithmeticException'
}

const num = (value: Any): number => value as number
const str = (value: Any): string => value as string
type Whole = number | bigint
/** Arithmetic of ints gives ints of 32 bits, with a long among them longs of 64, as in Scala. A long is a BigInt where a number cannot hold it. */
function arithmetic(a: Any, b: Any, ofInts: (a: number, b: number) => number, ofLongs: (a: bigint, b: bigint) => bigint): Whole {
  if (isInt(a) && isInt(b)) return ofInts(num(a), num(b)) | 0
  const long = BigInt.asIntN(64, ofLongs(BigInt(a as Whole), BigInt(b as Whole)))
  return Number.isSafeInteger(Number(long)) ? Number(long) : long
}
const isInt = (value: Any): boolean => typeof value === 'number' && (value | 0) === value
const add = (a: Any, b: Any): Whole =>
  arithmetic(
    a,
    b,
    (x, y) => x + y,
    (x, y) => x + y,
  )
const subtract = (a: Any, b: Any): Whole =>
  arithmetic(
    a,
    b,
    (x, y) => x - y,
    (x, y) => x - y,
  )
const multiply = (a: Any, b: Any): Whole => arithmetic(a, b, Math.imul, (x, y) => x * y)
const modulo = (a: Any, b: Any): Whole => {
  if (Number(b) === 0) throw new ArithmeticException('/ by zero')
  return arithmetic(
    a,
    b,
    (x, y) => x % y,
    (x, y) => x % y,
  )
}
const larger = (a: Any, b: Any): Any => ((a as Whole) < (b as Whole) ? b : a)
const smaller = (a: Any, b: Any): Any => ((b as Whole) < (a as Whole) ? b : a)
const sum = (values: Iterable<Any>): Whole => {
  let total: Whole = 0
  for (const value of values) total = add(total, value)
  return total
}
const isEven = (value: Any): boolean => modulo(value, 2) === 0
const sorted = (values: readonly Any[]): Any[] => List(...[...values].sort((a, b) => (num(a) < num(b) ? -1 : num(a) > num(b) ? 1 : 0)))
const same = (one: Any, other: Any): boolean =>
  one === other || (one instanceof Double && other instanceof Double && one.value === other.value)
const parity = (value: Any): string => (isEven(value) ? 'even' : 'odd')

function lookUp<F>(table: Readonly<Record<string, (argument: Any) => F>>, spec: Any, kind: string): F {
  const text = String(spec)
  const colon = text.indexOf(':')
  const name = colon < 0 ? text : text.slice(0, colon)
  const make = table[name]
  if (make === undefined) throw new Error(`the case needs the ${kind} function ${text}, which the runner does not have`)
  return make(colon < 0 ? undefined : toValue(JSON.parse(text.slice(colon + 1))))
}

const elements: Readonly<Record<string, (argument: Any) => (x: Any) => Any>> = {
  identity: () => (x) => x,
  const: (v) => () => v,
  toString: () => textOf,
  pairWithOne: () => (x) => [x, 1],
  pairWith: (v) => (x) => [x, v],
  selfPair: () => (x) => [x, x],
  swap: () => (x) => [(x as Pair)[1], (x as Pair)[0]],
  key: () => (x) => (x as Pair)[0],
  value: () => (x) => (x as Pair)[1],
  plus: (n) => (x) => add(x, n),
  times: (n) => (x) => multiply(x, n),
  mod: (n) => (x) => modulo(x, n),
  neg: () => (x) => subtract(0, x),
  square: () => (x) => multiply(x, x),
  parity: () => parity,
  keyByParity: () => (x) => [parity(x), x],
  keyByMod: (n) => (x) => [modulo(x, n), x],
  toUpper: () => (x) => str(x).toUpperCase(),
  toLower: () => (x) => str(x).toLowerCase(),
  length: () => (x) => str(x).length,
  reverse: () => (x) => str(x).split('').reverse().join(''),
  firstChar: () => (x) => str(x).slice(0, 1),
  lastChar: () => (x) => str(x).slice(-1),
  keyByLength: () => (x) => [str(x).length, x],
  keyByFirstChar: () => (x) => [str(x).slice(0, 1), x],
  keyByLastChar: () => (x) => [str(x).slice(-1), x],
  appendStr: (s) => (x) => `${textOf(x)}${str(s)}`,
  parseKv: () => (x) => {
    const [key, value] = str(x).split('=')
    return [key, Number(value)]
  },
  size: () => (x) => (x as Any[]).length,
  sumList: () => (x) => sum(x as Any[]),
  sortList: () => (x) => sorted(x as Any[]),
  sumPair: () => (x) => add((x as Pair)[0], (x as Pair)[1]),
  average: () => (x) => new Double(num((x as Pair)[0]) / num((x as Pair)[1])),
  failOn: (v) => (x) => {
    if (same(x, v)) throw new RuntimeException(`bad element ${textOf(v)}`)
    return x
  },
}

function javaSplit(text: string): string[] {
  const parts = text.split(' ')
  if (text === '') return ['']
  while (parts.length > 0 && parts.at(-1) === '') parts.pop()
  return parts
}

const flats: Readonly<Record<string, (argument: Any) => (x: Any) => Any[]>> = {
  splitSpaces: () => (x) => javaSplit(str(x)),
  chars: () => (x) => str(x).split(''),
  duplicate: () => (x) => [x, x],
  selfAndDouble: () => (x) => [x, multiply(x, 2)],
  selfAndPlus: (n) => (x) => [x, add(x, n)],
  upTo: () => (x) => Array.from({ length: Math.max(0, num(x)) }, (_, index) => index),
  none: () => () => [],
  keepEven: () => (x) => (isEven(x) ? [x] : []),
  elements: () => (x) => x as Any[],
}

const predicates: Readonly<Record<string, (argument: Any) => (x: Any) => boolean>> = {
  isEven: () => isEven,
  isOdd: () => (x) => !isEven(x),
  gt: (n) => (x) => num(x) > num(n),
  lt: (n) => (x) => num(x) < num(n),
  eq: (v) => (x) => same(x, v),
  ne: (v) => (x) => !same(x, v),
  all: () => () => true,
  nothing: () => () => false,
  nonEmpty: () => (x) => str(x) !== '',
  startsWith: (s) => (x) => str(x).startsWith(str(s)),
  longerThan: (n) => (x) => str(x).length > num(n),
  valueNotZero: () => (x) => (x as Pair)[1] !== 0,
  keepPositive: () => (x) => num((x as Pair)[1]) > 0,
  valueGt: (n) => (x) => num((x as Pair)[1]) > num(n),
  keyNot: (k) => (x) => !same((x as Pair)[0], k),
  keyIs: (k) => (x) => same((x as Pair)[0], k),
}

type PartitionFunction = (partition: Iterable<Any>) => Iterable<Any>

const partitions: Readonly<Record<string, (argument: Any) => PartitionFunction>> = {
  sumPartition: () => (it) => [sum(it)],
  countPartition: () => (it) => [[...it].length],
  firstOfPartition: () => (it) => [...it].slice(0, 1),
  reversePartition: () => (it) => [...it].reverse(),
  listPartition: () => (it) => [List(...it)],
  runningSum: () =>
    function* (it) {
      let total: Whole = 0
      for (const value of it) {
        total = add(total, value)
        yield total
      }
    },
  takePerPartition: (n) => (it) => [...it].slice(0, num(n)),
  dropPartition: () => (it) => [...it].slice(0, 0),
}

const indexed: Readonly<Record<string, (argument: Any) => (index: number, it: Iterable<Any>) => Iterable<Any>>> = {
  tagIndex: () => (index, it) => Array.from(it, (value) => [index, value]),
  indexAndSum: () => (index, it) => [[index, sum(it)]],
  indexAndCount: () => (index, it) => [[index, [...it].length]],
  onlyEvenPartitions: () => (index, it) => (index % 2 === 0 ? it : []),
  indexAndList: () => (index, it) => [[index, List(...it)]],
}

const binaries: Readonly<Record<string, (argument: Any) => (a: Any, b: Any) => Any>> = {
  addInts: () => add,
  subtractInts: () => subtract,
  mulInts: () => multiply,
  maxInts: () => larger,
  minInts: () => smaller,
  concat: () => (a, b) => textOf(a) + textOf(b),
  keepFirst: () => (a) => a,
  keepLast: () => (_a, b) => b,
  addPairs: () => (a, b) => [add((a as Pair)[0], (b as Pair)[0]), add((a as Pair)[1], (b as Pair)[1])],
  xor: () => (a, b) => num(a) ^ num(b),
}

export interface Combiner {
  readonly create: (value: Any) => Any
  readonly merge: (combiner: Any, value: Any) => Any
  readonly mergeCombiners: (one: Any, other: Any) => Any
}

const combiners: Readonly<Record<string, (argument: Any) => Combiner>> = {
  collectList: () => ({
    create: (v) => List(v),
    merge: (c, v) => List(...(c as Any[]), v),
    mergeCombiners: (c, d) => List(...(c as Any[]), ...(d as Any[])),
  }),
  sumCount: () => ({
    create: (v) => [v, 1],
    merge: (c, v) => [add((c as Pair)[0], v), add((c as Pair)[1], 1)],
    mergeCombiners: (c, d) => binaries['addPairs']!(undefined)(c, d),
  }),
  minMax: () => ({
    create: (v) => [v, v],
    merge: (c, v) => [smaller((c as Pair)[0], v), larger((c as Pair)[1], v)],
    mergeCombiners: (c, d) => [smaller((c as Pair)[0], (d as Pair)[0]), larger((c as Pair)[1], (d as Pair)[1])],
  }),
  createPlus100: () => ({ create: (v) => add(v, 100), merge: add, mergeCombiners: add }),
}

type Update = (values: Any[], old: Any) => Any
const or0 = (value: Any): Any => value ?? 0

const updates: Readonly<Record<string, (argument: Any) => Update>> = {
  sumState: () => (values, old) => {
    const total = add(sum(values), or0(old))
    return total === 0 ? undefined : total
  },
  sumKeepZero: () => (values, old) => add(sum(values), or0(old)),
  countState: () => (values, old) => add(or0(old), values.length),
  lastState: () => (values, old) => (values.length === 0 ? old : values.at(-1)),
  maxState: () => (values, old) => {
    const all = old === undefined ? [...values] : [...values, old]
    return all.length === 0 ? undefined : all.reduce(larger)
  },
  sortedListState: () => (values, old) => sorted([...((old as Any[] | undefined) ?? []), ...values]),
  dropIfIdle: () => (values, old) => (values.length === 0 ? undefined : add(sum(values), or0(old))),
  dropAfter2Idle: () => (values, old) => {
    const [total, idle] = (old as [number, number] | undefined) ?? [0, 0]
    if (values.length > 0) return [add(total, sum(values)), 0]
    return idle >= 1 ? undefined : [total, idle + 1]
  },
  capAt3: () => (values, old) => {
    const total = add(sum(values), or0(old))
    return num(total) >= 3 ? undefined : total
  },
  none: () => () => undefined,
}

type Groups = Iterable<[Any, Any[], Any]>

const iterators: Readonly<Record<string, (argument: Any) => (groups: Groups) => Iterable<Pair>>> = {
  iterSum: () =>
    function* (groups) {
      for (const [key, values, old] of groups) yield [key, add(sum(values), or0(old))]
    },
  iterSumDropB: () =>
    function* (groups) {
      for (const [key, values, old] of groups) if (key !== 'b') yield [key, add(sum(values), or0(old))]
    },
  iterSumDouble: () =>
    function* (groups) {
      for (const [key, values, old] of groups) {
        const total = add(sum(values), or0(old))
        yield [key, total]
        if (values.length > 0) yield [`${textOf(key)}2`, total]
      }
    },
  iterUpperKey: () =>
    function* (groups) {
      for (const [key, values, old] of groups) yield [str(key).toUpperCase(), add(sum(values), or0(old))]
    },
}

type TimedUpdate = (time: Time, key: Any, values: Any[], old: Any) => Any

const timedUpdates: Readonly<Record<string, (argument: Any) => TimedUpdate>> = {
  timeSum: () => (time, _key, values, old) => (values.length > 0 ? add(or0(old), time.milliseconds) : or0(old)),
  timeStamp: () => (time, _key, values, old) => (values.length > 0 ? time.milliseconds : old),
  timeExpire2s: () => (time, _key, values, old) => {
    if (values.length > 0) return time.milliseconds
    return old !== undefined && time.milliseconds - num(old) < 2000 ? old : undefined
  },
  keyLenSum: () => (_time, key, values, old) => add(or0(old), values.length * str(key).length),
}

type Mapping = (key: Any, value: Any, state: State<Any>) => Any
const total = (value: Any, state: State<Any>): Any => add(or0(value), or0(state.getOption()))

const mappings: Readonly<Record<string, (argument: Any) => Mapping>> = {
  mwsSum: () => (_key, value, state) => {
    const n = total(value, state)
    state.update(n)
    return n
  },
  mwsPair: () => (key, value, state) => {
    const n = total(value, state)
    state.update(n)
    return [key, n]
  },
  mwsOldNew: () => (key, value, state) => {
    const old = state.getOption()
    state.update(value)
    return [key, [old ?? null, value]]
  },
  mwsRemoveIfExists: () => (key, _value, state) => {
    if (state.exists()) {
      state.remove()
      return [key, 'removed']
    }
    state.update(1)
    return [key, 'set']
  },
  mwsReadOnly: () => (key, _value, state) => [key, state.getOption() ?? null],
  mwsNull: () => (_key, value, state) => {
    state.update(total(value, state))
    return null
  },
  mwsListState: () => (key, value, state) => {
    const list = List(...((state.getOption() as Any[] | undefined) ?? []), ...(value === undefined ? [] : [value]))
    if (!state.isTimingOut()) state.update(list)
    return [key, list]
  },
  mwsTimeoutPair: () => (key, value, state) => {
    if (state.isTimingOut()) return [key, ['timeout', state.get()]]
    const n = total(value, state)
    state.update(n)
    return [key, ['sum', n]]
  },
  mwsRemoveAt3: () => (key, value, state) => {
    const n = total(value, state)
    if (num(n) < 3) {
      state.update(n)
      return [key, ['open', n]]
    }
    if (state.exists()) state.remove()
    return [key, ['done', n]]
  },
  mwsReadTimeout: () => (key, value, state) => {
    if (state.isTimingOut()) return [key, 'timeout']
    if (state.exists()) return [key, 'read']
    state.update(value)
    return [key, 'new']
  },
  mwsGetMissing: () => (_key, _value, state) => state.get(),
  mwsRemoveThenUpdate: () => (_key, _value, state) => {
    state.update(1)
    state.remove()
    state.update(2)
    return null
  },
  mwsRemoveMissing: () => (key, _value, state) => {
    const exists = state.exists()
    state.remove()
    return [key, exists]
  },
  mwsUpdateOnTimeout: () => (key, _value, state) => {
    state.update(1)
    return key
  },
}

type TimedMapping = (time: Time, key: Any, value: Any, state: State<Any>) => Any

const timedMappings: Readonly<Record<string, (argument: Any) => TimedMapping>> = {
  mwsAdvKeyTime: () => (time, key, value, state) => {
    state.update(total(value, state))
    return [key, time.milliseconds]
  },
  mwsAdvOnlyTimeout: () => (time, key, value, state) => {
    if (state.isTimingOut()) return [key, time.milliseconds]
    state.update(total(value, state))
    return undefined
  },
  mwsAdvEvenSums: () => (_time, key, value, state) => {
    const n = total(value, state)
    state.update(n)
    return isEven(n) ? [key, n] : undefined
  },
  mwsAdvNone: () => (_time, _key, value, state) => {
    state.update(value)
    return undefined
  },
}

export const element = (spec: Any): ((x: Any) => Any) => lookUp(elements, spec, 'element')
export const flat = (spec: Any): ((x: Any) => Any[]) => lookUp(flats, spec, 'flat')
export const predicate = (spec: Any): ((x: Any) => boolean) => lookUp(predicates, spec, 'predicate')
export const partition = (spec: Any): PartitionFunction => lookUp(partitions, spec, 'partition')
export const partitionWithIndex = (spec: Any): ((index: number, it: Iterable<Any>) => Iterable<Any>) =>
  lookUp(indexed, spec, 'indexed partition')
export const binary = (spec: Any): ((a: Any, b: Any) => Any) => lookUp(binaries, spec, 'binary')
export const combiner = (spec: Any): Combiner => lookUp(combiners, spec, 'combiner')
export const update = (spec: Any): Update => lookUp(updates, spec, 'updateStateByKey')
export const iteratorUpdate = (spec: Any): ((groups: Groups) => Iterable<Pair>) => lookUp(iterators, spec, 'updateStateByKey iterator')
export const timedUpdate = (spec: Any): TimedUpdate => lookUp(timedUpdates, spec, 'updateStateByKey time')
export const mapping = (spec: Any): Mapping => lookUp(mappings, spec, 'mapWithState')
export const timedMapping = (spec: Any): TimedMapping => lookUp(timedMappings, spec, 'mapWithState time')
