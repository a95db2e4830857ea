// CRC-64-AVRO of a schema's parsing canonical form, as Java's SchemaNormalization.parsingFingerprint64 writes it: 16 hexadecimal digits.
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
  return value.toString(16).padStart(16, '0')
}
