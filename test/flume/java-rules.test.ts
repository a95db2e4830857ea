import { describe, expect, test } from 'vitest'
import { isJavaCharset } from '../../src-shared/flume/java-charset.ts'
import { formatJavaDate } from '../../src-shared/flume/java-date-format.ts'
import { hashMapOrder, hashSetOrder, javaHashCode, propertiesOrder } from '../../src-shared/flume/java-hash-order.ts'
import { javaInteger, javaLong, javaTrim, javaWords } from '../../src-shared/flume/java-text.ts'
import { javaRegexError } from '../../src-shared/regex/java-regex.ts'

describe('rules of Java that decide what a configuration means', () => {
  test('a text has the hash code that Java gives it', () => {
    expect(javaHashCode('')).toBe(0)
    expect(javaHashCode('a1.sources')).toBe(585_091_002)
    expect(javaHashCode('hello')).toBe(99_162_322)
  })

  // Answers of a Java 17: new HashMap / new HashSet with these keys put in this order.
  test('HashMap and HashSet hand out keys in the order of their buckets', () => {
    expect(hashMapOrder(['zz', 'aa', 'q', 'g2', 'g1'])).toEqual(['zz', 'aa', 'q', 'g1', 'g2'])
    expect(hashSetOrder('k12 k3 zeta alpha r10 r9 x y mm q7 foo bar baz'.split(' '))).toEqual(
      'zeta mm q7 r9 foo k3 k12 r10 bar alpha x y baz'.split(' '),
    )
  })

  test('Properties that grow turn the keys of a bucket round', () => {
    const keys = Array.from({ length: 30 }, (_, index) => `a1.s.k${(index * 53) % 97}`)
    const order = `72 71 73 90 9 18 19 2 36 37 54 10 53 55 11 82 63 62 81 80 1 0 29 28 46 27 64 20 89 45`
    expect(propertiesOrder(keys)).toEqual(order.split(' ').map((number) => `a1.s.k${number}`))
  })

  test.each([
    ['5', 5],
    [' +7 ', 7],
    ['-1', -1],
    ['2147483647', 2_147_483_647],
    ['2147483648', undefined],
    ['1.5', undefined],
    ['', undefined],
    ['0x10', undefined],
    ['1_000', undefined],
    ['-٤٢', -42],
    ['०५', 5],
    ['５', 5],
    ['𝟗', undefined],
  ])('Context.getInteger reads %j as %s', (text, expected) => {
    expect(javaInteger(text)).toBe(expected)
  })

  test('a long has 64 bits', () => {
    expect(javaLong('9223372036854775807')).toBe(2 ** 63)
    expect(javaLong('9223372036854775808')).toBeUndefined()
  })

  test('trim takes control characters and not Unicode blanks; split keeps a leading empty word', () => {
    expect(javaTrim('\u0001 a\u00a0\t')).toBe('a\u00a0')
    expect(javaWords(' a  b ')).toEqual(['', 'a', 'b'])
  })

  test.each(['UTF-8', 'utf8', 'ISO-8859-1', 'windows-1252', 'US-ASCII', 'UTF-16', 'UTF-32', 'Shift_JIS'])(
    'Java knows the charset %s',
    (name) => {
      expect(isJavaCharset(name)).toBe(true)
    },
  )

  test.each(['nope', '', 'utf_8', 'UTF 8', ' UTF-8', '-x'])('Java knows no charset %j', (name) => {
    expect(isJavaCharset(name)).toBe(false)
  })

  test.each([
    '(\\d+)',
    '(?i)x',
    'a++',
    '[]a]',
    '[a-z&&[^b]]',
    '(?<n>a)\\k<n>',
    '\\Qa[\\E',
    '(?<=a)b',
    '\\p{Alpha}\\x41\\u0041\\07',
    '(?x) a # (\n b',
    'a{2,}?',
    '',
  ])('Pattern.compile takes %j', (pattern) => {
    expect(javaRegexError(pattern)).toBeUndefined()
  })

  test.each([
    ['?&', 'Dangling meta character'],
    ['(a', 'Unclosed group'],
    ['a)', 'Unmatched closing'],
    ['[a', 'Unclosed character class'],
    ['a{', 'Illegal repetition'],
    ['x{2,1}', 'Illegal repetition range'],
    ['\\y', 'Illegal/unsupported escape'],
    ['[z-a]', 'Illegal character range'],
    ['\\p{Foo}', 'Unknown character property'],
    ['\\k<n>', 'does not exist'],
    ['(?<n>a)(?<n>b)', 'already defined'],
    ['(?q)', 'Unknown inline modifier'],
  ])('Pattern.compile refuses %j: %s', (pattern, reason) => {
    expect(javaRegexError(pattern)).toContain(reason)
  })

  test('dates by a pattern of SimpleDateFormat', () => {
    const date = new Date(2024, 11, 31, 15, 4, 5, 67)
    expect(formatJavaDate("yyyy-MM-dd'T'HH:mm:ss.SSS", date)).toBe('2024-12-31T15:04:05.067')
    expect(formatJavaDate("EEE EEEE MMM MMMM yy D h a k K F 'it''s' ''", date)).toBe("Tue Tuesday Dec December 24 366 3 PM 15 3 5 it's '")
    expect(formatJavaDate('YYYY w', date)).toBe('2025 1')
    expect(() => formatJavaDate('J', date)).toThrow(RangeError)
    expect(() => formatJavaDate("'x", date)).toThrow(RangeError)
  })
})
