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

  test('half a surrogate pair in UTF-8 is one malformed character; half a character at the end of a file is none', () => {
    const surrogate = Buffer.from('a\xed\xa0\x80b', 'latin1')
    expect(new CharacterDecoder('UTF-8', 'REPLACE').decode(surrogate)).toBe('a\ufffdb')
    const cut = Buffer.from('end\xe2\x82', 'latin1')
    expect(new CharacterDecoder('UTF-8', 'REPLACE').decode(cut)).toBe('end\ufffd')
    expect(new CharacterDecoder('UTF-8', 'REPLACE').decode(cut, true)).toBe('end')
    expect(new CharacterDecoder('UTF-8', 'REPLACE').decode(Buffer.from('\u20ac'), true)).toBe('\u20ac')
  })

  test('a file in UTF-16 says its byte order; without a mark it is big-endian', () => {
    const decoder = new CharacterDecoder('UTF-16', 'FAIL')
    expect(decoder.readMark(Uint8Array.of(0xff, 0xfe))).toBe(2)
    expect(decoder.decode(Buffer.from('x\u00f1', 'utf16le'))).toBe('x\u00f1')
    expect(decoder.readMark(Uint8Array.of(0, 0x78))).toBe(0)
    expect(decoder.decode(Uint8Array.of(0, 0x78, 0, 0xf1))).toBe('x\u00f1')
  })
})
