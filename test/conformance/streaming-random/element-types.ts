// What the elements of a made program are, and which functions of functions.ts there are for each type.
import { below, chance, pick } from './random.ts'

/** Types of elements: of one kind, `[key, value]`, lists of ints, whatever has one text (`shown`), or arrays, which have none (`other`). */
export type Type = 'int' | 'str' | 'kv' | 'double' | 'long' | 'bool' | 'null' | 'ints' | 'shown' | 'other' | readonly [Type, Type]

const words = ['a', 'b', 'c', 'ab', 'ba', 'é', '漢', '', 'A', 'zz', 'x y', 'b b  b', ' a', 'Aa', 'BB', 'ß', '\t', '"q"', 'null'].concat([
  '😀',
  'İi',
  'ﬁ',
  'Σας ΣΑΣ',
  'e\u0301',
  'a\nb\r\nc',
  '\u0000',
  '  ',
  'x'.repeat(300),
])
export const isPair = (type: Type): type is readonly [Type, Type] => Array.isArray(type)

/** A number as it is to stand in the file: whole doubles need their point. */
const literal = (text: string): unknown => ({ '#': text })
const doubles = ['0.5', '2.0', '-1.25', '3.0', '1.0E10', '0.1', '123456.789', '-0.75', '0.0', '1.0E300', '1.0E-7', '2147483648.0', '-0.0']
const longs = [
  '3000000000',
  '-3000000000',
  '9007199254740991',
  '4294967296',
  '1234567890123',
  '2147483648',
  '-2147483649',
  '9223372036854775807',
]

let manyWords = false

/** A case begins: its texts are a few that come often, or so many that tables grow. */
export function startElements(): void {
  manyWords = chance(0.15)
}

export function element(type: Type): unknown {
  if (type === 'double') return literal(pick(doubles))
  if (type === 'long') return literal(pick(longs))
  if (type === 'bool') return chance(0.5)
  if (type === 'null') return chance(0.3) ? null : pick(['a', 'b'])
  if (type === 'int')
    return chance(0.03) ? pick([2147483647, -2147483648, 65536, -1000001]) : chance(0.1) ? below(2000) - 1000 : below(13) - 3
  if (type === 'str' && manyWords) return `w${below(300)}`
  if (type === 'str') return chance(0.2) ? pick(words) : chance(0.2) ? `w${below(100)}` : pick(['a', 'b', 'c'])
  if (type === 'kv') return `${pick(['a', 'b', 'key', ''])}=${below(20) - 5}`
  if (type === 'ints') return Array.from({ length: pick([0, 1, 3, 3, 4]) }, () => below(4))
  if (isPair(type)) return [element(type[0]), element(type[1])]
  return null
}

const smallElement = (type: Type): unknown =>
  type === 'int' ? below(9) - 2 : isPair(type) ? [smallElement(type[0]), smallElement(type[1])] : element(type)
export const batch = (type: Type, most: number): unknown[] => Array.from({ length: below(most + 1) }, () => smallElement(type))

const same = (type: Type, ...names: string[]): [string, Type][] => names.map((name) => [name, type])

const intMaps: readonly (readonly [string, Type])[] = [
  ...same('int', 'plus:1', 'plus:-7', 'times:2', 'times:-3', 'mod:3', 'mod:-2', 'neg', 'square', 'const:7'),
  ...same('str', 'toString', 'parity', 'appendStr:"x"'),
  ['pairWithOne', ['int', 'int']],
  ['selfPair', ['int', 'int']],
  ['keyByParity', ['str', 'int']],
  ['keyByMod:2', ['int', 'int']],
  ['keyByMod:-3', ['int', 'int']],
  ['pairWith:"v"', ['int', 'str']],
  ['const:"k"', 'str'],
  ['const:null', 'null'],
  ['const:[1,2,3]', 'ints'],
  ['pairWith:[1,2]', ['int', ['int', 'int']]],
]
const longMaps: readonly (readonly [string, Type])[] = [
  ...same('long', 'identity', 'plus:1', 'times:2', 'neg'),
  ...same('str', 'toString', 'parity'),
  ['pairWithOne', ['long', 'int']],
  ['keyByParity', ['str', 'long']],
]
const strMaps: readonly (readonly [string, Type])[] = [
  ...same('str', 'toUpper', 'toLower', 'reverse', 'firstChar', 'lastChar', 'appendStr:"!"', 'toString'),
  ['length', 'int'],
  ['keyByLength', ['int', 'str']],
  ['keyByFirstChar', ['str', 'str']],
  ['keyByLastChar', ['str', 'str']],
  ['pairWithOne', ['str', 'int']],
  ['pairWith:2.5', ['str', 'double']],
  ['selfPair', ['str', 'str']],
]
const listMaps: readonly (readonly [string, Type])[] = [
  ['size', 'int'],
  ['sumList', 'int'],
  ['sortList', 'ints'],
  ['toString', 'str'],
  ['pairWithOne', ['ints', 'int']],
]
export const maps = (type: Type): readonly (readonly [string, Type])[] => {
  if (type === 'int') return intMaps
  if (type === 'long') return longMaps
  if (type === 'str') return strMaps
  if (type === 'kv') return [['parseKv', ['str', 'int']], ...strMaps]
  if (type === 'ints') return listMaps
  if (isPair(type))
    return [
      ['swap', [type[1], type[0]]],
      ['key', type[0]],
      ['value', type[1]],
      ['selfPair', [type, type]],
      ...(hasText(type) ? same('str', 'toString') : []),
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
    ['pairWith:null', [type, 'null']],
    ...(hasText(type) ? same('str', 'toString') : []),
  ]
}
/** Whether the text of such a value says what it is: that of an array does not. */
export const hasText = (type: Type): boolean => (isPair(type) ? type.every(hasText) : type !== 'other')
export const flats = (type: Type): readonly (readonly [string, Type])[] => {
  if (type === 'int') return same('int', 'duplicate', 'selfAndDouble', 'selfAndPlus:10', 'keepEven', 'upTo', 'none')
  if (type === 'str') return same('str', 'splitSpaces', 'chars', 'duplicate', 'none')
  if (type === 'ints') return same('int', 'elements')
  return same(type, 'duplicate', 'none')
}
export const predicates = (type: Type): readonly string[] => {
  if (type === 'int') return ['isEven', 'isOdd', 'gt:1', 'lt:3', 'eq:2', 'ne:0', 'all', 'nothing']
  if (type === 'long') return ['isEven', 'isOdd', 'gt:2147483648', 'lt:0', 'ne:4294967296', 'all']
  if (type === 'str' || type === 'kv') return ['nonEmpty', 'startsWith:"a"', 'longerThan:1', 'ne:"b"', 'eq:"a"', 'all', 'nothing']
  if (type === 'null') return ['ne:null', 'eq:null', 'eq:"a"']
  if (!isPair(type)) return ['all', 'nothing']
  return [
    ...(type[1] === 'int' ? ['valueNotZero', 'keepPositive', 'valueGt:1'] : []),
    ...(type[0] === 'str' || type[0] === 'null' ? ['keyNot:"a"', 'keyIs:"b"'] : []),
    ...(type[0] === 'null' ? ['keyNot:null', 'keyIs:null'] : []),
    ...(type[0] === 'int' ? ['keyNot:1', 'keyIs:0'] : []),
    'all',
  ]
}
/** Mostly functions whose result does not depend on the order; where it does, both runs of Spark must agree. */
export function reducers(type: Type): readonly string[] {
  const ordered = chance(0.25)
  if (type === 'int')
    return ordered ? ['subtractInts', 'mulInts', 'keepFirst', 'keepLast', 'xor', 'concat'] : ['addInts', 'maxInts', 'minInts', 'xor']
  // A small long is a long there, and flows over later than the number that it is here.
  if (type === 'long') return ['addInts', 'maxInts', 'minInts']
  if (type === 'str') return ordered ? ['concat', 'keepFirst', 'keepLast'] : []
  return isPair(type) && type.every((part) => part === 'int') ? ['addPairs'] : []
}
/** What a reduction of ints gives: `concat` makes text of them, unless there was one. */
export const reduced = (type: Type, fn: string): Type => (fn === 'concat' && type !== 'str' ? 'shown' : type)

/** A function that throws at one element, of which some batches have none. */
export const failing = (type: Type): string | undefined => {
  if (type === 'int' || type === 'long') return `failOn:${pick([4, 5, 6, -2])}`
  if (type === 'str' || type === 'kv') return `failOn:${pick(['"c"', '"zz"', '"b"', '"a=3"'])}`
  return type === 'null' ? 'failOn:null' : undefined
}

/** Keys of every kind that has a hash code of its own. */
export const oddPairs: readonly Type[] = [
  ['double', 'int'],
  ['long', 'int'],
  ['bool', 'int'],
  ['null', 'int'],
  ['ints', 'int'],
  [['str', 'int'], 'int'],
  [['double', 'long'], 'int'],
  [['bool', 'null'], 'str'],
]

/** What takeOrdered can order: no nulls, whose place is the ordering's own business. */
export const orderable = (type: Type): boolean =>
  isPair(type) ? type.every(orderable) : ['int', 'long', 'str', 'kv', 'double'].includes(type)
