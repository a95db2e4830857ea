// Avro container files as spooldir's AVRO deserializer reads them: events, or an error that puts the file aside. The file says what its own
// schema, codec and blocks are, so all of it is hostile.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { definition } from '../../../src-main/agent/serialization/avro-deserializer.ts'
import type { EventStream } from '../../../src-main/component/define.ts'
import { assert, type FuzzTarget, isDefect } from '../fuzz-target.ts'

const fixtures = join(import.meta.dirname, '../../fixtures/flume')

export const target: FuzzTarget = {
  corpus: readdirSync(fixtures)
    .filter((name) => name.endsWith('.avro'))
    .map((name) => readFileSync(join(fixtures, name))),
  words: [
    'avro.schema',
    'avro.codec',
    'null',
    'deflate',
    'snappy',
    'zstandard',
    '{"type":"array","items":"null"}',
    '"null"',
    '{"type":"fixed","size":0}',
  ],
  cost: 2,
  async run(input) {
    const stream: EventStream = {
      path: '/spool/file.avro',
      size: input.length,
      inputCharset: 'UTF-8',
      decodeErrorPolicy: 'FAIL',
      read: async (offset, length) => {
        assert(Number.isSafeInteger(offset) && offset >= 0, `A place in the file is ${offset}.`)
        assert(Number.isSafeInteger(length) && length >= 0, `A length is ${length}.`)
        return input.subarray(offset, offset + length)
      },
    }
    for (const schemaType of ['HASH', 'LITERAL'] as const) {
      try {
        const deserializer = definition.create({ schemaType }, { stream } as Parameters<typeof definition.create>[1])
        let offset = 0
        for (let reads = 0; reads < 50; reads++) {
          const read = await deserializer.read(offset, 1000)
          if (read === null) break
          assert(read.next > offset, 'Reading does not get on.')
          offset = read.next
        }
      } catch (error) {
        if (isDefect(error)) throw error
      }
    }
  },
}
