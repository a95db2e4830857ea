import { describe, expect, test } from 'vitest'
import { CharacterDecoder } from '../../../src-main/agent/spool/character-decoder.ts'

const cafe = Uint8Array.of(0x63, 0x61, 0x66, 0xe9, 0x80, 0x21)

describe('bytes to characters as Java reads them', () => {
  test('ISO-8859-1 gives every byte its own character, 0x80 to 0x9f too', () => {
    expect(new CharacterDecoder('ISO-8859-1', 'FAIL').decode(cafe)).toBe('café\u0080!')
    expect(new CharacterDecoder('ISO-8859-1', 'FAIL').take(cafe, 5)).toEqual({ text: 'café\u0080', bytes: 5 })
  })

  test('US-ASCII has no character above 0x7f: it fails, is replaced, or is left out', () => {
    expect(() => new CharacterDecoder('US-ASCII', 'FAIL').decode(cafe)).toThrow('US-ASCII')
    expect(new CharacterDecoder('US-ASCII', 'REPLACE').decode(cafe)).toBe('caf\ufffd\ufffd!')
    expect(new CharacterDecoder('US-ASCII', 'IGNORE').decode(cafe)).toBe('caf!')
    expect(new CharacterDecoder('US-ASCII', 'IGNORE').take(cafe, 4)).toEqual({ text: 'caf!', bytes: 6 })
  })

  test('UTF-8 is strict only under FAIL', () => {
    expect(() => new CharacterDecoder('UTF-8', 'FAIL').decode(cafe)).toThrow('decodeErrorPolicy = FAIL')
    expect(new CharacterDecoder('UTF-8', 'IGNORE').decode(cafe)).toBe('caf!')
  })
})
