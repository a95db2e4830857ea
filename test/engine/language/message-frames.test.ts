import { expect, test } from 'vitest'
import { framed, MessageReader } from '../../../src-main/engine/language/message-frames.ts'
import { fc } from '../../driver/property.ts'

test('messages come out as they went in, wherever the bytes are cut', () => {
  fc.assert(
    fc.property(
      fc.array(fc.string({ unit: 'grapheme' }), { minLength: 1 }),
      fc.infiniteStream(fc.integer({ min: 1, max: 40 })),
      (messages, cuts) => {
        const reader = new MessageReader()
        let bytes = Buffer.from(messages.map(framed).join(''))
        const read: string[] = []
        for (const cut of cuts) {
          if (bytes.length === 0) break
          read.push(...reader.push(bytes.subarray(0, cut)))
          bytes = bytes.subarray(cut)
        }
        expect(read).toEqual(messages)
      },
    ),
  )
})

test('other headers may stand beside Content-Length; without it nothing is guessed', () => {
  const reader = new MessageReader()
  expect(reader.push(Buffer.from('Content-Type: application/json\r\ncontent-length: 2\r\n\r\n{}'))).toEqual(['{}'])
  expect(() => reader.push(Buffer.from('Hello: 2\r\n\r\n{}'))).toThrow('without Content-Length')
})
