// The encoding of EventBatches bound to Node: zlib's CRC-32 and its UTF-8.
import { crc32 } from 'node:zlib'
import type { EventBatch } from '../../src-shared/event/event-batch.ts'
import { decodeBatch as decode, type EncodingPlatform, encodeBatch as encode } from '../../src-shared/event/event-batch-encoding.ts'

export const nodeEncoding: EncodingPlatform = {
  crc32: (bytes) => crc32(bytes),
  encodeText: (text) => Buffer.from(text, 'utf8'),
  decodeText: (bytes) => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8'),
}

/** Encodes a batch, checksum included. */
export function encodeBatch(batch: EventBatch): Uint8Array<ArrayBuffer> {
  return encode(batch, nodeEncoding)
}

/** The batch that `bytes` holds; throws BATCH_DAMAGED. `trusted`: the bytes never left this process. */
export function decodeBatch(bytes: Uint8Array, options: { trusted?: boolean } = {}): EventBatch {
  return decode(bytes, nodeEncoding, options)
}
