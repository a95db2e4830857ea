// CRC-64-AVRO of a schema's parsing canonical form as Flume's header flume.avro.schema.hash has it: the bytes of Java's
// SchemaNormalization.parsingFingerprint in hexadecimal, lowest byte first (recorded from a real Flume 1.11).
import type avro from 'avsc'

const empty = 0xc15d213aa4d7a795n
const mask = 0xffffffffffffffffn

const table = Array.from({ length: 256 }, (_, index) => {
  let value = BigInt(index)
  for (let bit = 0; bit < 8; bit++) value = (value >> 1n) ^ (empty & -(value & 1n) & mask)
  return value
})

export function avroFingerprint(type: avro.Type): string {
  let value = empty
  for (const byte of Buffer.from(JSON.stringify(type.schema()))) value = (value >> 8n) ^ table[Number((value ^ BigInt(byte)) & 0xffn)]!
  const bytes = Buffer.alloc(8)
  bytes.writeBigUInt64LE(value)
  return bytes.toString('hex')
}
