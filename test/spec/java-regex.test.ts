import { describe, expect, test } from 'vitest'
import { javaRegex, javaRegexWhole } from '../../src-shared/spec/java-regex.ts'

describe('a Java expression finds in Millrace what it finds in Java', () => {
  test.each<[pattern: string, text: string, found: string | null]>([
    ['\\d+', 'a12', '12'],
    ['GET /health', 'GET /health', 'GET /health'],
    ['foo$', 'foo\n', 'foo'],
    ['foo$', 'foo\r', 'foo'],
    ['foo$', 'foo bar', null],
    ['^a.c$', 'a\u0085c', null],
    ['(?i)error', 'an ERROR', 'ERROR'],
    ['a(?i)b|c', 'C', 'C'],
    ['a(?i)b|c', 'AB', null],
    ['(?:(?i)x)y', 'Xy', 'Xy'],
    ['(?:(?i)x)y', 'XY', null],
    ['(?i:a)b', 'Ab', 'Ab'],
    ['(?s)a.b', 'a\nb', 'a\nb'],
    ['\\Qa.b\\E+', 'a.bb', 'a.bb'],
    ['\\p{Alpha}+', '1ab2', 'ab'],
    ['[\\p{Digit}x]+', 'a1x', '1x'],
    ['\\P{Digit}+', '1ab', 'ab'],
    ['\\p{L}+', '1é', 'é'],
    ['\\p{IsLatin}+', '1é', 'é'],
    ['\\h+', 'a \tb', ' \t'],
    ['\\s+', 'a\u00a0b c', ' '],
    ['[^\\s]+', ' ab ', 'ab'],
    ['\\x{41}', 'A', 'A'],
    ['\\x41\\u0042', 'AB', 'AB'],
    ['\\0101', 'A', 'A'],
    ['\\Aab\\z', 'ab', 'ab'],
    ['ab\\Z', 'ab\n', 'ab'],
    ['a\\-b\\_c\\"', 'a-b_c"', 'a-b_c"'],
    ['[a\\-z]+', '-', '-'],
    ['[a-c[x-z]]+', 'mazn', 'az'],
    ['[]a]+', ']a', ']a'],
    ['{x}', '{x}', '{x}'],
    ['a{2,3}', 'aaaa', 'aaa'],
    ['a{2}]', 'aa]', 'aa]'],
    ['(?<year>\\d{4})-\\k<year>', '2024-2024', '2024-2024'],
    ['(a)\\1', 'aa', 'aa'],
    ['(?<=x)y', 'xy', 'y'],
    ['\\R', '\r\n', '\r\n'],
  ])('%s in %j finds %j', (pattern, text, found) => {
    expect(javaRegex(pattern).exec(text)?.[0] ?? null).toBe(found)
  })

  test('groups keep their numbers', () => {
    expect(javaRegex('(?i)(a)(?:b)(c)').exec('ABC')?.slice(1)).toEqual(['A', 'C'])
  })

  test('matches() is the whole text', () => {
    expect(javaRegexWhole('a|b').test('ab')).toBe(false)
    expect(javaRegexWhole('.*\\.log').test('x.log')).toBe(true)
  })
})

describe('what has no equal in JavaScript is refused with a reason', () => {
  test.each([
    ['a++', /possessive/],
    ['(?>a)', /atomic/],
    ['[a-z&&[^b]]', /intersection/],
    ['(?x)a b', /flag/],
    ['\\G', /\\G/],
    ['(a', /unclosed group/],
    ['a)', /\) without/],
    ['[a', /unclosed/],
    ['*a', /regular expression/],
  ])('%s', (pattern, reason) => {
    expect(() => javaRegex(pattern)).toThrow(reason)
  })
})
