import { describe, expect, test } from 'vitest'
import { BucketPath, type BucketPathOptions } from '../../../src-main/agent/hdfs/bucket-path.ts'
import { zonedFields } from '../../../src-main/agent/hdfs/zoned-fields.ts'
import { fc } from '../../driver/property.ts'

/** Saturday, 7 June 2025, 00:05:09.678 in Berlin; still Friday in UTC. */
const at = Date.UTC(2025, 5, 6, 22, 5, 9, 678)

function resolved(
  path: string,
  headers: Record<string, string> = { timestamp: String(at) },
  options: Partial<BucketPathOptions> = {},
): string {
  return new BucketPath(path, { timeZone: 'Europe/Berlin', round: undefined, localTime: undefined, ...options }).resolve(
    (name) => headers[name],
  )
}

describe('escapes', () => {
  test('%t is the header as it is written, and seconds before 1970 are cut towards it, as in Flume', () => {
    expect(resolved('%t %Y', { timestamp: '+007' })).toBe('+007 1970')
    expect(resolved('%s', { timestamp: '-1500' })).toBe('-1')
  })

  test('a time that is not after 1970 is refused where it is rounded, as in Flume', () => {
    const round = { value: 5, unit: 'minute' } as const
    expect(() => resolved('%Y', { timestamp: '0' }, { round })).toThrow('Timestamp must be positive')
    expect(resolved('%Y', { timestamp: '1' }, { round })).toBe('1970')
  })

  test.each([
    ['%a %A', 'Sat Saturday'],
    ['%b %B', 'Jun June'],
    ['%c', 'Sat Jun 7 00:05:09 2025'],
    ['%d %e', '07 7'],
    ['%D', '06/07/25'],
    ['%H %I %k %l', '00 12 0 12'],
    ['%j', '158'],
    ['%m %n', '06 6'],
    ['%M %S', '05 09'],
    ['%p', 'AM'],
    ['%s', '1749247509'],
    ['%t', '1749247509678'],
    ['%y %Y', '25 2025'],
    ['%z', '+0200'],
    ['100%%', '100%'],
    ['%q.%x', '.'],
    ['/logs/%{host}/%Y-%m-%d/%{no such}', '/logs//2025-06-07/%{no such}'],
    ['no escape %', 'no escape %'],
  ])('%s', (path, expected) => {
    expect(resolved(path)).toBe(expected)
  })

  test('headers stand as they are, missing ones are empty, and need no timestamp', () => {
    expect(resolved('/%{host}/%{a.b-c_d}/%{none}.', { host: 'web 1', 'a.b-c_d': '%Y' })).toBe('/web 1/%Y/.')
  })

  test('%[localhost] is this machine; another word is refused when the path is read', () => {
    expect(resolved('%[localhost]', {})).toMatch(/.+/)
    expect(resolved('%[IP]', {})).toBe('127.0.0.1')
    expect(() => resolved('%[moon]', {})).toThrow('%[moon] means nothing in a path')
  })

  test('dates of an event without a timestamp, or with a bad one, are an error that says what to do', () => {
    expect(() => resolved('%Y', {})).toThrow('Expected timestamp in the Flume event headers, but it was null')
    expect(() => resolved('%Y', { timestamp: 'noon' })).toThrow('noon is no number of milliseconds')
    expect(resolved('%Y %t', {}, { localTime: () => at })).toBe(`2025 ${at}`)
  })
})

describe('rounding', () => {
  test.each([
    [{ value: 10, unit: 'second' }, '00:05:00'],
    [{ value: 5, unit: 'second' }, '00:05:05'],
    [{ value: 10, unit: 'minute' }, '00:00:00'],
    [{ value: 5, unit: 'minute' }, '00:05:00'],
    [{ value: 6, unit: 'hour' }, '00:00:00'],
  ] as const)('down to %o in the zone’s own time', (round, expected) => {
    expect(resolved('%H:%M:%S', undefined, { round })).toBe(expected)
  })

  test('a zone of half hours has its own hours', () => {
    expect(resolved('%H:%M', undefined, { timeZone: 'Asia/Kolkata', round: { value: 1, unit: 'hour' } })).toBe('03:00')
  })

  test('seconds since 1970 are rounded, %t is not', () => {
    expect(resolved('%s %t', undefined, { round: { value: 1, unit: 'minute' } })).toBe(`${Math.floor(at / 60_000) * 60} ${at}`)
  })
})

describe('zones', () => {
  test.each([
    ['GMT+2', '00:05 +0200'],
    ['GMT-03:30', '18:35 -0330'],
    ['GMT+0530', '03:35 +0530'],
    ['UTC', '22:05 +0000'],
    ['America/New_York', '18:05 -0400'],
    ['Nowhere/Land', '22:05 +0000'],
  ])('%s, and what nobody knows is GMT, as in Java', (timeZone, expected) => {
    expect(resolved('%H:%M %z', undefined, { timeZone })).toBe(expected)
  })

  test('fields are those of the moment in its zone, back to where they came from', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: -2e12, max: 4e12 }),
        fc.constantFrom('UTC', 'Europe/Berlin', 'Asia/Kolkata', 'America/St_Johns'),
        (time, zone) => {
          const { year, month, day, hour, minute, second, offsetMinutes } = zonedFields(time, zone)
          // Before standard time some zones were off by seconds, which %z does not tell.
          fc.pre(year > 1935)
          const whole = Date.UTC(year, month - 1, day, hour, minute, second) - offsetMinutes * 60_000
          expect(whole).toBe(Math.floor(time / 1000) * 1000)
        },
      ),
    )
  })
})

describe('headers that would lead elsewhere', () => {
  test.each([
    ['../../etc', '/logs/%2E%2E/%2E%2E/etc/day'],
    ['..', '/logs/%2E%2E/day'],
    ['a/../b', '/logs/a/%2E%2E/b/day'],
    ['..\\x', '/logs/%2E%2E\\x/day'],
    ['..a', '/logs/..a/day'],
    ['a..', '/logs/a../day'],
    ['.', '/logs/./day'],
  ])('%s stays below', (host, expected) => {
    expect(resolved('/logs/%{host}/day', { host })).toBe(expected)
  })

  test('nor in pieces that are harmless one by one', () => {
    expect(resolved('/logs/.%{a}%{b}/x', { a: '.', b: '' })).toBe('/logs/%2E%2E/x')
  })

  test('what the path itself says stays', () => {
    expect(resolved('/a/../logs/%{host}', { host: 'h' })).toBe('/a/../logs/h')
  })
})
