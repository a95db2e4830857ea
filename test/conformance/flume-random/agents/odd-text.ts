// Contents of files on which readers of lines differ.
import type { Random } from '../../../driver/random.ts'

const bits = [
  'plain',
  'two words',
  'ü€',
  '\u{1f600}',
  'x'.repeat(40),
  'tab\there',
  '\r',
  '\u0000',
  '\ufeff',
  '\u2028',
  '\u0085',
  '{a=b}',
  '',
  ' ',
  '1',
  'e\u0301',
]
/** Bytes that are no UTF-8. */
const spoilt = [
  [0xff],
  [0xc3],
  [0xe2, 0x82],
  [0xf0, 0x9f, 0x98],
  [0x80],
  [0xc0, 0xaf],
  [0xed, 0xa0, 0x80],
  [0xf5, 0x80, 0x80, 0x80],
  [0xfe, 0xff],
]

export function oddText(random: Random, oddness: number): Buffer {
  const lines = random.pick([0, 1, 1, 2, 3, 5, 12, 30])
  const parts: Buffer[] = []
  for (let line = 0; line < lines; line++) {
    const count = random.pick([0, 1, 1, 2, 3])
    for (let bit = 0; bit < count; bit++) {
      if (random.chance(0.15 * oddness)) parts.push(Buffer.from(random.pick(spoilt)))
      else parts.push(Buffer.from(random.chance(0.3 + 0.3 * oddness) ? random.pick(bits) : `line ${line}`))
    }
    if (line < lines - 1 || random.chance(0.8)) parts.push(Buffer.from(random.chance(0.1) ? '\r\n' : '\n'))
  }
  return Buffer.concat(parts)
}

/** Lines that say where they stand. */
export function plainText(random: Random, name: string, first = 0): Buffer {
  const count = random.pick([0, 1, 2, 3, 7, 25, 120])
  const lines = Array.from({ length: count }, (_, index) => `${name} ${first + index}\n`)
  return Buffer.from(lines.join('') + (random.chance(0.2) ? `${name} unended` : ''))
}
