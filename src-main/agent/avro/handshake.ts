// Avro RPC's handshake: both sides tell the hash of their protocol, and its text when the other does not know the hash.
import { createHash } from 'node:crypto'
import { type AvroReader, AvroWriter } from './avro-binary.ts'

/** A protocol by its text, exactly as peers print it: its hash is the MD5 of these bytes. */
export interface AvroProtocol {
  readonly text: string
  readonly hash: Buffer
}

export const avroProtocol = (text: string): AvroProtocol => ({ text, hash: createHash('md5').update(text).digest() })

export type HandshakeMatch = 'BOTH' | 'CLIENT' | 'NONE'

export interface HandshakeRequest {
  readonly clientHash: Uint8Array
  readonly clientProtocol: string | null
  readonly serverHash: Uint8Array
}

/** Reads a HandshakeRequest; its metadata is skipped. */
export function readHandshakeRequest(reader: AvroReader): HandshakeRequest {
  const clientHash = reader.readFixed(16)
  const clientProtocol = reader.readBranch(2) === 0 ? null : reader.readText()
  const serverHash = reader.readFixed(16)
  if (reader.readBranch(2) !== 0) skipMetadata(reader)
  return { clientHash, clientProtocol, serverHash }
}

/** The request that opens a connection: our hash as client's and as guess of the server's, metadata an empty map as Java sends it. */
export function writeHandshakeRequest(writer: AvroWriter, protocol: AvroProtocol, withText: boolean, serverHash: Uint8Array): void {
  writer.writeFixed(protocol.hash)
  writer.writeLong(withText ? 1 : 0)
  if (withText) writer.writeText(protocol.text)
  writer.writeFixed(serverHash)
  writer.writeLong(1)
  writer.writeLong(0)
}

/** The server's answer: BOTH is four zero bytes; CLIENT and NONE carry text and hash. */
export function encodeHandshakeResponse(protocol: AvroProtocol, match: HandshakeMatch): Buffer {
  const writer = new AvroWriter(match === 'BOTH' ? 4 : 1400)
  writer.writeLong(match === 'BOTH' ? 0 : match === 'CLIENT' ? 1 : 2)
  writer.writeLong(match === 'BOTH' ? 0 : 1)
  if (match !== 'BOTH') writer.writeText(protocol.text)
  writer.writeLong(match === 'BOTH' ? 0 : 1)
  if (match !== 'BOTH') writer.writeFixed(protocol.hash)
  writer.writeLong(0)
  return writer.finish()
}

/** Reads a HandshakeResponse: what matched, and the server's hash where it told one. */
export function readHandshakeResponse(reader: AvroReader): { match: HandshakeMatch; serverHash: Uint8Array | null } {
  const match = (['BOTH', 'CLIENT', 'NONE'] as const)[reader.readLong()]
  if (match === undefined) throw new RangeError('The server answered a handshake with an unknown match.')
  if (reader.readLong() !== 0) reader.readText()
  const serverHash = reader.readLong() === 0 ? null : reader.readFixed(16)
  if (reader.readLong() !== 0) skipMetadata(reader)
  return { match, serverHash }
}

/** Passes over a map<bytes>. */
export function skipMetadata(reader: AvroReader): void {
  for (let count = reader.readFirstBlockCount('map'); count > 0; count = reader.readBlockCount()) {
    for (let entry = 0; entry < count; entry++) {
      reader.readTextBytes()
      reader.readBytes()
    }
  }
}
