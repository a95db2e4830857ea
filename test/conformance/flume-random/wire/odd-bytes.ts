// Texts and byte changes on which readers of messages differ.
import type { Random } from '../../../driver/random.ts'

const texts = ['', 'k', 'a b', 'ü€', '\u{1f600}', '\0', '\ufeff', 'x'.repeat(40), 'x=y, z', '{', '\t', 'timestamp']
/** Bytes that are no UTF-8, alone and before others. */
const spoilt = [
  [0xff],
  [0x80],
  [0xc3],
  [0xc0, 0xaf],
  [0xc3, 0x28],
  [0xe2, 0x82],
  [0xe2, 0x28, 0xa1],
  [0xe0, 0x80, 0xaf],
  [0xed, 0xa0],
  [0xed, 0xa0, 0x80],
  [0xed, 0xbf, 0xbf, 0xed, 0xa0],
  [0xed, 0xa0, 0x41],
  [0xed, 0x9f, 0xbf],
  [0xf0, 0x9f],
  [0xf0, 0x9f, 0x98],
  [0xf0, 0x9f, 0x41, 0x98],
  [0xf0, 0x80, 0x80, 0x80],
  [0xf4, 0x90, 0x80, 0x80],
  [0xf4, 0x90],
  [0xf5, 0x80, 0x80, 0x80],
  [0xf8, 0x88, 0x80, 0x80, 0x80],
  [0xfe, 0xff],
]

/** Text in UTF-8; spoilt sometimes. */
export function oddBytes(random: Random): Buffer {
  const parts = Array.from({ length: random.pick([1, 1, 2, 3]) }, () =>
    random.chance(0.3) ? Buffer.from(random.pick(spoilt)) : Buffer.from(random.pick(texts)),
  )
  return Buffer.concat(parts)
}

/** The same bytes with one to three changes. */
export function changedBytes(bytes: Buffer, random: Random): Buffer {
  let all = bytes
  for (let left = random.pick([1, 1, 1, 2, 3]); left > 0; left--) {
    const at = random.below(all.length + 1)
    const before = all.subarray(0, at)
    const behind = all.subarray(Math.min(all.length, at + 1))
    switch (random.below(6)) {
      case 0:
        all = Buffer.concat([before, Buffer.from([(all[at] ?? 0) ^ (1 << random.below(8))]), behind])
        break
      case 1:
        all = Buffer.concat([before, Buffer.from([random.pick([0, 1, 2, 0x7f, 0x80, 0xff, random.below(256)])]), behind])
        break
      case 2:
        all = before
        break
      case 3:
        all = Buffer.concat([before, behind])
        break
      case 4:
        all = Buffer.concat([
          before,
          Buffer.from(random.pick([[0xff, 0xff, 0xff, 0xff, 0x0f], [0x80], [0xff, 0xff, 0xff, 0xff], [0], [1]])),
          all.subarray(at),
        ])
        break
      default:
        all = Buffer.concat([all, all.subarray(at)])
    }
  }
  return all
}
