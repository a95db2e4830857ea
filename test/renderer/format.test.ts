import { expect, test } from 'vitest'
import {
  formatAgo,
  formatBytes,
  formatCount,
  formatDateTime,
  formatDuration,
  formatForecast,
  formatRate,
  formatShare,
  formatShort,
  plural,
} from '../../src-renderer/ui/format.ts'

const plain = (text: string): string => text.replaceAll('\u2009', ' ').replaceAll('\u202f', ' ').replaceAll('\u00a0', ' ')

test('figures are short and have their unit', () => {
  expect([0, 999, 1204, 99_960, 4_812_000, 999_600].map((value) => plain(formatShort(value)))).toEqual([
    '0',
    '999',
    '1.2 k',
    '100 k',
    '4.8 M',
    '1.0 M',
  ])
  expect(formatCount(1_204)).toBe('1,204')
  expect([0, 0.4, 12_345].map((value) => plain(formatRate(value)))).toEqual(['0/s', '0.4/s', '12.3 k/s'])
  expect([0, 1023, 1024, 1.2 * 1024 ** 3, 1024 ** 2 - 1].map((value) => plain(formatBytes(value)))).toEqual([
    '0 B',
    '1023 B',
    '1.0 KiB',
    '1.2 GiB',
    '1.0 MiB',
  ])
})

test('durations read as a person says them', () => {
  const words = [0, 0.01, 0.42, 48, 1250, 59_990, 192_000, 11_520_000, 187_200_000].map((ms) => plain(formatDuration(ms)))
  expect(words).toEqual(['0 ms', '< 0.1 ms', '0.4 ms', '48 ms', '1.25 s', '60 s', '3 min 12 s', '3 h 12 min', '2 d 4 h'])
})

test('a share above nothing is never shown as nothing', () => {
  expect([0, 0.000_01, 0.031, 0.31, 1].map((share) => plain(formatShare(share)))).toEqual(['0 %', '< 0.1 %', '3.1 %', '31 %', '100 %'])
})

test('a forecast beyond a day is not told', () => {
  expect(formatForecast(undefined)).toBeUndefined()
  expect(formatForecast(90_000)).toBeUndefined()
  expect(plain(formatForecast(540)!)).toBe('9 min to full')
})

test('times are told in the chosen zone, and how long ago they were', () => {
  expect(formatDateTime(Date.UTC(2026, 10, 22, 21, 53, 46, 120), 'utc', true)).toBe('2026-11-22 21:53:46.120')
  const now = Date.UTC(2026, 0, 1)
  expect([0, 12_000, 180_000, 7_200_000, -5000].map((past) => formatAgo(now - past, now))).toEqual([
    'now',
    '12 s ago',
    '3 min ago',
    '2 h ago',
    'in 5 s',
  ])
  expect([plural(1, 'event'), plural(2, 'event'), plural(0, 'batch', 'batches')]).toEqual(['1 event', '2 events', '0 batches'])
})
