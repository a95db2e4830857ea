import { describe, expect, test } from 'vitest'
import { interpolator, SubstitutionError, substitute } from '../../src-shared/flume/substitution.ts'
import { fc } from '../driver/property.ts'

const known: Record<string, string> = { a: '1', b: '${a}2', name: 'a', empty: '', loop: '${loop}', x: '}' }
const lookup = (name: string): string | undefined => known[name]

describe('substitution as commons-text does it', () => {
  test.each([
    ['${a}', '1'],
    ['x${a}y${b}z', 'x1y12z'],
    ['${no}', '${no}'],
    ['${no:-d}', 'd'],
    ['${a:-d}', '1'],
    ['${no:-}', ''],
    ['${no:-${a}}', '1'],
    ['${no:-a:-b}', 'a:-b'],
    ['${${name}}', '1'],
    ['${no${name}:-${b}}', '12'],
    ['$${a}', '${a}'],
    ['$$${a}', '$${a}'],
    ['$ {a} $a', '$ {a} $a'],
    ['${a', '${a'],
    ['${', '${'],
    ['a}b', 'a}b'],
    ['${empty}', ''],
    ['${no${a}', '${no${a}'],
  ])('%s becomes %s', (text, expected) => {
    expect(substitute(text, lookup)).toBe(expected)
  })

  test('a value that refers to itself is an infinite loop', () => {
    expect(() => substitute('${loop}', lookup)).toThrow(SubstitutionError)
    expect(() => substitute('${loop}', lookup)).toThrow(/^Infinite loop in property interpolation of /)
  })

  test('whatever the text, it ends with a text or that error', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom('${', '}', '$', '{', ':-', 'a', 'b', 'name', 'loop', 'no', 'x') }), (text) => {
        try {
          expect(typeof substitute(text, lookup)).toBe('string')
        } catch (error) {
          expect(error).toBeInstanceOf(SubstitutionError)
        }
      }),
      { numRuns: 5000 },
    )
  })
})

describe('the lookups of a configuration', () => {
  const resolve = interpolator({
    env: { HOME: '/h', GONE: undefined },
    systemProperties: { p: 'v' },
    java: (name) => (name === 'version' ? 'Java version 17' : undefined),
    date: (format) => `date(${format})`,
    key: (name) => (name === 'HOME2' || name === 'k' ? `key ${name}` : undefined),
  })

  test.each([
    ['env:HOME', '/h'],
    ['ENV:HOME', '/h'],
    ['sys:p', 'v'],
    ['java:version', 'Java version 17'],
    ['date:yyyy:MM', 'date(yyyy:MM)'],
    ['k', 'key k'],
    ['env:HOME2', 'key HOME2'],
    ['nosuch:k', 'key k'],
    ['env:GONE', undefined],
    ['constructor', undefined],
    ['constructor:x', undefined],
  ])('%s gives %s', (name, expected) => {
    expect(resolve(name)).toBe(expected)
  })
})
