// Hadoop's compression codecs by the names that hdfs.codeC takes. What is compressed in one go is a whole of its own: readers take any
// number of them one after another, so a file that was cut off is readable up to there.
/// <reference path="../agent/serialization/snappyjs.d.ts" />
import { promisify } from 'node:util'
import { deflate, gunzipSync, gzip, inflateSync, zstdCompress, zstdDecompressSync } from 'node:zlib'
import { compress as snappy, uncompress } from 'snappyjs'

export interface HadoopCodec {
  readonly className: string
  readonly extension: string
  compress(bytes: Uint8Array): Promise<Uint8Array>
  /** At once: partitions are read so. */
  decompress(bytes: Uint8Array): Buffer
}

const gzipped = promisify(gzip)
const deflated = promisify(deflate)
const zstandard = promisify(zstdCompress)

/** Hadoop's SnappyCodec buffers so much at once. */
const snappyBlock = 256 * 1024

const zlib = {
  extension: '.deflate',
  compress: (bytes: Uint8Array) => deflated(bytes),
  decompress: (bytes: Uint8Array) => inflateSync(bytes),
}

const codecs: Readonly<Record<string, HadoopCodec>> = {
  GzipCodec: codec('GzipCodec', { extension: '.gz', compress: (bytes) => gzipped(bytes), decompress: (bytes) => gunzipSync(bytes) }),
  DefaultCodec: codec('DefaultCodec', zlib),
  DeflateCodec: codec('DeflateCodec', zlib),
  ZStandardCodec: codec('ZStandardCodec', {
    extension: '.zst',
    compress: (bytes) => zstandard(bytes),
    decompress: (bytes) => zstdDecompressSync(bytes),
  }),
  SnappyCodec: codec('SnappyCodec', {
    extension: '.snappy',
    compress: async (bytes) => snappyBlocks(bytes),
    decompress: (bytes) => snappyUnpacked(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)),
  }),
}

function codec(name: string, forms: Omit<HadoopCodec, 'className'>): HadoopCodec {
  return { className: `org.apache.hadoop.io.compress.${name}`, ...forms }
}

/** As Hadoop's BlockCompressorStream frames it: length before, then length and bytes of what was compressed, both big-endian. */
function snappyBlocks(bytes: Uint8Array): Uint8Array {
  const parts: Uint8Array[] = []
  for (let at = 0; at < bytes.length; at += snappyBlock) {
    const block = bytes.subarray(at, at + snappyBlock)
    const packed = snappy(block)
    const lengths = Buffer.alloc(8)
    lengths.writeUInt32BE(block.length, 0)
    lengths.writeUInt32BE(packed.length, 4)
    parts.push(lengths, packed)
  }
  return Buffer.concat(parts)
}

/** Each block may be in several pieces, whose lengths together are the block's. */
function snappyUnpacked(bytes: Buffer): Buffer {
  const parts: Uint8Array[] = []
  for (let at = 0; at < bytes.length; ) {
    let left = bytes.readUInt32BE(at)
    at += 4
    while (left > 0) {
      const length = bytes.readUInt32BE(at)
      const piece = uncompress(bytes.subarray(at + 4, at + 4 + length))
      parts.push(piece)
      left -= piece.length
      at += 4 + length
    }
  }
  return Buffer.concat(parts)
}

export const codecNames = Object.keys(codecs)

/** `gzip`, `GzipCodec` or the class name, in any case; `none` in any case is null; undefined when there is no such codec here. */
export function hadoopCodec(name: string): HadoopCodec | null | undefined {
  const wanted = name.trim().toLowerCase()
  if (wanted === 'none') return null
  const key = codecNames.find((candidate) => {
    const codec = codecs[candidate]!
    return [candidate, candidate.replace('Codec', ''), codec.className].some((known) => known.toLowerCase() === wanted)
  })
  return key === undefined ? undefined : codecs[key]
}
