// What the elements of a made program are, and which functions of functions.ts there are for each type.
import { below, chance, pick } from './random.ts'
import type { Step } from './steps.ts'

/** Types of elements: `int`, `str`, `[key, value]`, or something no further step is made for. */
export type Type = 'int' | 'str' | 'double' | 'long' | 'bool' | 'null' | 'ints' | 'other' | readonly [Type, Type]

const words = ['a', 'b', 'c', 'ab', 'ba', 'é', '漢', '', 'A', 'zz', 'x y', 'b b  b']
export const isPair = (type: Type): type is readonly [Type, Type] => Array.isArray(type)

/** A number as it is to stand in the file: whole doubles need their point. */
const literal = (text: string): unknown => ({ '#': text })

export function element(type: Type): unknown {
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
export const batch = (type: Type, most: number): unknown[] => Array.from({ length: below(most + 1) }, () => smallElement(type))

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
export const maps = (type: Type): readonly (readonly [string, Type])[] => {
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
export const flats = (type: Type): readonly (readonly [string, Type])[] =>
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
export const predicates = (type: Type): readonly string[] =>
  type === 'int'
    ? ['isEven', 'isOdd', 'gt:1', 'lt:3', 'eq:2', 'ne:0', 'all', 'nothing']
    : type === 'str'
      ? ['nonEmpty', 'startsWith:"a"', 'longerThan:1', 'ne:"b"', 'all']
      : isPair(type) && type[1] === 'int'
        ? ['valueNotZero', 'keepPositive', 'valueGt:1', ...(type[0] === 'str' ? ['keyNot:"a"', 'keyIs:"b"'] : [])]
        : ['all', 'nothing']
/** Mostly functions whose result does not depend on the order; where it does, both rounds of the recorder must agree. */
export function reducers(type: Type): readonly string[] {
  const ordered = chance(0.25)
  if (type === 'int')
    return ordered ? ['subtractInts', 'mulInts', 'keepFirst', 'keepLast', 'xor', 'concat'] : ['addInts', 'maxInts', 'minInts', 'xor']
  if (type === 'str') return ordered ? ['concat', 'keepFirst', 'keepLast'] : []
  return isPair(type) && type.every((part) => part === 'int') ? ['addPairs'] : []
}
/** What a reduction of ints gives: `concat` makes text of them, unless there was one. */
export const reduced = (type: Type, fn: string): Type => (fn === 'concat' && type === 'int' ? 'other' : type)

/** Keys of every kind that has a hash code of its own. */
export const oddPairs: readonly Type[] = [
  ['double', 'int'],
  ['long', 'int'],
  ['bool', 'int'],
  ['null', 'int'],
  [['str', 'int'], 'int'],
]

/** What takeOrdered can order: no nulls, whose place is the ordering's own business. */
export const orderable = (type: Type): boolean =>
  type !== 'other' && type !== 'ints' && type !== 'null' && type !== 'bool' && (!isPair(type) || type.every(orderable))

/** A choice for a made program: the operation with one of the functions that there are for elements of `type`. */
export const oneOf =
  <R>(op: string, functions: (type: Type) => readonly (readonly [string, Type])[], type: Type, add: (step: Step, next: Type) => R) =>
  (): R => {
    const [fn, next] = pick(functions(type))
    return add({ op, fn }, next)
  }
