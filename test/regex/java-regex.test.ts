import { describe, expect, test } from 'vitest'
import { groupsOf, javaRegex, javaRegexWhole } from '../../src-shared/regex/java-regex.ts'

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
    ['\\{x}', '{x}', '{x}'],
    ['a{2}{3}', 'aaaa', 'aa'],
    ['a{2,3}', 'aaaa', 'aaa'],
    ['a{2}]', 'aa]', 'aa]'],
    ['(?<year>\\d{4})-\\k<year>', '2024-2024', '2024-2024'],
    ['(a)\\1', 'aa', 'aa'],
    ['(?<=x)y', 'xy', 'y'],
    ['\\R', '\r\n', '\r\n'],
    ['\r$', '\r\n', null],
    ['(?m)^', '', null],
    ['(?m)^b$', 'a\r\nb\r\n', 'b'],
    ['(?i)k', '\u212a', null],
    ['(?iu)k', '\u212a', '\u212a'],
    ['(?i)é', 'É', null],
    ['(?iu)[à-ü]', 'É', 'É'],
    ['\\bä', 'üä', null],
    ['[a-z&&[^b]]+', 'abc', 'a'],
    ['[a-z&&[def]]+', 'abcdef', 'def'],
    ['[^a[b]]+', 'abc', 'c'],
    ['(?x) a b # comment', 'ab', 'ab'],
    ['a++a', 'aaa', null],
    ['a*+b', 'aab', 'aab'],
    ['(?>a|ab)c', 'abc', null],
    ['"(?>[^"\\\\]++|\\\\.)*+"', '"a\\"b" "', '"a\\"b"'],
    ['(?:a|ab){2}+a', 'ababa', null],
    ['\\p{javaUpperCase}\\p{IsDigit}', 'aÉ7', 'É7'],
    ['\\p{script=greek}', 'aβ', 'β'],
    ['(?U)\\w+', 'é', 'é'],
  ])('%s in %j finds %j', (pattern, text, found) => {
    expect(javaRegex(pattern).exec(text)?.[0] ?? null).toBe(found)
  })

  test('groups keep their numbers and names, whatever the translation adds', () => {
    expect(javaRegex('(?i)(a)(?:b)(c)').exec('ABC')?.slice(1)).toEqual(['A', 'C'])
    const regex = javaRegex('(?>x|(y))++(?<z>z)\\2(w)', 'g')
    expect([...'yzzw xzzw'.matchAll(regex)].map((each) => [...each])).toEqual([
      ['yzzw', 'y', 'z', 'w'],
      ['xzzw', undefined, 'z', 'w'],
    ])
    expect([...'yzzw'.matchAll(regex)][0]!.groups).toEqual({ z: 'z' })
    expect('yzzw.'.replace(regex, '<$1$3$<z>>')).toBe('<ywz>.')
    expect(groupsOf(regex)).toEqual({ count: 3, names: ['z'] })
  })

  test('a group that may be empty is empty where it is optional, not absent', () => {
    expect(javaRegex('key=(.*)?').exec('key=')?.slice(1)).toEqual([''])
  })

  test('matches() is the whole text', () => {
    expect(javaRegexWhole('a|b').test('ab')).toBe(false)
    expect(javaRegexWhole('.*\\.log').test('x.log')).toBe(true)
  })
})

describe('what cannot be translated is refused with a reason, and what Java refuses with Java’s', () => {
  test.each([
    ['\\Gx', /uses \\G, which JavaScript does not have/],
    ['\\p{InGreek}', /uses \\p\{InGreek\}/],
    ['(?i)(a)\\1', /without regard to case/],
    ['(?<=a?+)b', /look-behind/],
    ['(?<=(a)\\1)b', /Look-behind group does not have an obvious maximum length near index 8/],
    ['(a', /Unclosed group near index 2/],
    ['a)', /Unmatched closing '\)' near index 0/],
    ['[a', /Unclosed character class near index 1/],
    ['*a', /Dangling meta character '\*' near index 0/],
    ['{x}', /Illegal repetition near index 1/],
    ['a{2,1}', /Illegal repetition range/],
    ['\\p{Nope}', /Unknown character property name \{Nope\}/],
    ['(?<1a>x)', /capturing group name does not start with a Latin letter/],
    ['(?<a>x)(?<a>y)', /Named capturing group <a> is already defined/],
  ])('%s', (pattern, reason) => {
    expect(() => javaRegex(pattern)).toThrow(reason)
  })
})
