// A client's bytes to the Avro source, in chunks of any size: every frame is answered, or the connection is closed; never anything else.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { BadFrame, encodeFrame, NettyFrameDecoder } from '../../../src-main/agent/avro/netty-frame.ts'
import { KnownProtocols, RpcResponder } from '../../../src-main/agent/avro/rpc-responder.ts'
import { sourceProtocol } from '../../../src-main/agent/avro/source-protocol.ts'
import { sourceService } from '../../../src-main/agent/avro/source-service.ts'
import { defaultLimits } from '../../../src-main/agent/network/limits.ts'
import { encodeBatch } from '../../../src-main/storage/batch-encoding.ts'
import { assert, type FuzzTarget } from '../fuzz-target.ts'

const recordings = join(import.meta.dirname, '../../fixtures/flume/wire')

export const target: FuzzTarget = {
  corpus: readdirSync(recordings)
    .filter((name) => !/thrift|tls|deflate/.test(name))
    .map((name) => readFileSync(join(recordings, name, 'c2s.bin'))),
  async run(input) {
    const whole = await conversation(input, input.length)
    const pieces = await conversation(input, 1 + (input.length % 97))
    assert(whole === pieces, 'The answer depends on how the bytes were cut into packets.')
  },
}

async function conversation(input: Buffer, step: number): Promise<string> {
  const stored: string[] = []
  const service = sourceService(async (batch) => {
    // What is let in can be stored.
    stored.push(Buffer.from(encodeBatch(batch)).toString('base64'))
    return 'OK' as const
  }, defaultLimits)
  const responder = new RpcResponder(service, new KnownProtocols(sourceProtocol))
  const decoder = new NettyFrameDecoder(1 << 20)
  const answers: string[] = []
  try {
    for (let at = 0; at < input.length; at += step) {
      for (const { message, serial } of decoder.push(input.subarray(at, at + step)))
        answers.push(encodeFrame(serial, await responder.respond(message)).toString('base64'))
    }
  } catch (error) {
    if (!(error instanceof BadFrame)) throw error
    // Frames before a bad one in the same packet go with it: the connection is closed either way.
    return 'closed'
  }
  return JSON.stringify([answers, stored])
}
