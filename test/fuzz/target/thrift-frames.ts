// A client's bytes to the Thrift source, in both protocols: answered, or refused with BadThrift, which closes the connection.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { defaultLimits } from '../../../src-main/agent/network/limits.ts'
import { FramedDecoder } from '../../../src-main/agent/thrift/framed-stream.ts'
import { readStatus, respond } from '../../../src-main/agent/thrift/source-protocol.ts'
import { BadThrift } from '../../../src-main/agent/thrift/thrift-protocol.ts'
import { encodeBatch } from '../../../src-main/storage/batch-encoding.ts'
import { expected, type FuzzTarget } from '../fuzz-target.ts'

const recordings = join(import.meta.dirname, '../../fixtures/flume/wire')

export const target: FuzzTarget = {
  corpus: readdirSync(recordings)
    .filter((name) => name.includes('thrift'))
    .flatMap((name) => ['c2s.bin', 's2c.bin'].map((file) => readFileSync(join(recordings, name, file)))),
  async run(input) {
    for (const protocol of ['compact', 'binary'] as const) {
      try {
        const decoder = new FramedDecoder(1 << 20)
        for (let at = 0; at < input.length; at += 1000) {
          for (const message of decoder.push(input.subarray(at, at + 1000))) {
            await respond(
              protocol,
              message,
              async (batch) => {
                encodeBatch(batch)
                return 'OK'
              },
              defaultLimits,
            )
          }
        }
      } catch (error) {
        expected(error, BadThrift)
      }
      try {
        // The same bytes as the answer of a server.
        readStatus(protocol, input.subarray(4))
      } catch (error) {
        expected(error, BadThrift)
      }
    }
  },
}
