// Lines to netcat and syslog sources: ends, lengths, characters and dates on which readers of lines differ.
import type { Random } from '../../../driver/random.ts'
import { oddBytes } from './odd-bytes.ts'

const ends = ['\n', '\n', '\n', '\n', '\r\n', '\n\n', '\r', '']

/** Lines of all lengths around a limit. */
export function netcatLines(mark: string, limit: number, utf16: boolean, random: Random): Buffer {
  const parts = Array.from({ length: random.pick([1, 1, 2, 3, 6]) }, (_, index) => {
    const text = random.pick([
      () => `${mark}.${index}`,
      () => `${mark}.${index} ü€\u{1f600}`,
      () => `${mark}.${index} `.padEnd(limit + random.below(5) - 3, 'x'),
      () => `${mark}.${index} `.padEnd(Math.floor(limit / 2), '€'),
      () => '',
      () => ' ',
      () => `${mark}\0${index}`,
      () => 'x'.repeat(random.below(3 * limit)),
    ])()
    const whole = Buffer.from(text + random.pick(ends), utf16 ? 'utf16le' : 'utf8')
    return !utf16 && random.chance(0.1) ? Buffer.concat([oddBytes(random), whole]) : whole
  })
  const all = Buffer.concat(parts)
  return utf16 ? all.swap16() : all
}

const priorities = [
  '<13>',
  '<0>',
  '<191>',
  '<192>',
  '<7>',
  '<>',
  '<1',
  '',
  '<013>',
  '<-1>',
  '<999>',
  '<1000>',
  '<a>',
  '< 1>',
  '<13> ',
  '<<13>',
]
const times = [
  '2023-11-14T22:13:20Z',
  '2023-11-14T22:13:20.123Z',
  '2023-11-14T22:13:20.123456Z',
  '2023-11-14T22:13:20+02:00',
  '2023-11-14T22:13:20.5-05:30',
  '2023-11-14 22:13:20',
  '2023-11-14T22:13:20',
  '2023-13-14T22:13:20Z',
  '2023-02-30T10:00:00Z',
  '2023-11-14T24:00:00Z',
  'Nov 14 22:13:20',
  'Nov  4 22:13:20',
  'Nov 4 22:13:20',
  'nov 14 22:13:20',
  'Nov 31 22:13:20',
  'Xyz 14 22:13:20',
  '-',
  '',
  '0',
  '2023-11-14T22:13:20.1234567890Z',
  '2023-11-14T22:13:20.Z',
  '2023-11-14T22:13:20+0200',
  'Nov 14 22:13',
  '1999-12-31T23:59:60Z',
]
const hosts = ['host', 'host.example.org', '192.168.0.1', '::1', '-', '', 'h:', 'ü', 'host:', '[x]']
const bodies = [
  'app[12]: text',
  'app: ',
  '',
  ' ',
  '- - - text',
  'proc 12 ID47 [a b="c"] text',
  '- 12 - - text',
  'text with <13> in it',
  '\ufeffBOM',
  'a  b',
  'app text',
  'ü€\u{1f600}',
  'x'.repeat(300),
  '\t',
  ':',
  '[',
]

/** Syslog messages of both formats, most with something odd. */
export function syslogLines(mark: string, random: Random): Buffer {
  const count = random.pick([1, 1, 2, 4])
  const messages = Array.from({ length: count }, (_, index) => {
    const odd = random.chance(0.5)
    const pick = (from: readonly string[], usual: number): string => (odd ? random.pick(from) : random.pick(from.slice(0, usual)))
    const version = random.chance(0.5) ? pick(['1 ', '1 ', '0 ', '2 ', '1', ' 1 ', '11 '], 2) : ''
    const separator = odd ? random.pick([' ', '', '  ', '\t']) : ' '
    const text = `${pick(priorities, 3)}${version}${pick(times, 6)}${separator}${pick(hosts, 3)}${separator}${pick(bodies, 2)} ${mark}.${index}`
    const whole = Buffer.from(text + (odd ? random.pick(ends) : '\n'))
    return odd && random.chance(0.1)
      ? Buffer.concat([whole.subarray(0, random.below(whole.length)), oddBytes(random), Buffer.from('\n')])
      : whole
  })
  // Whatever follows a NUL is thrown away by one of the sources (rule syslog-multiport-nul).
  return Buffer.from(Buffer.concat(messages).filter((byte) => byte !== 0))
}
