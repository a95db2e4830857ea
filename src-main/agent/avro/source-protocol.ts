// org.apache.flume.source.avro.AvroSourceProtocol, and Avro's handshake. The text carries the licence as `doc` because the official build's
// does: its MD5 is the hash by which Java peers recognise it without a second round.
import { createHash } from 'node:crypto'
import { type AvroReader, AvroWriter } from './avro-binary.ts'

const licence = [
  '* Licensed to the Apache Software Foundation (ASF) under one',
  ' * or more contributor license agreements.  See the NOTICE file',
  ' * distributed with this work for additional information',
  ' * regarding copyright ownership.  The ASF licenses this file',
  ' * to you under the Apache License, Version 2.0 (the',
  ' * "License"); you may not use this file except in compliance',
  ' * with the License.  You may obtain a copy of the License at',
  ' *',
  ' * http://www.apache.org/licenses/LICENSE-2.0',
  ' *',
  ' * Unless required by applicable law or agreed to in writing,',
  ' * software distributed under the License is distributed on an',
  ' * "AS IS" BASIS, WITHOUT WARRANTIES OR CONDITIONS OF ANY',
  ' * KIND, either express or implied.  See the License for the',
  ' * specific language governing permissions and limitations',
  ' * under the License.',
].join('\n')

/** The protocol's text exactly as Flume's class prints it (1334 characters). */
export const protocolText = JSON.stringify({
  protocol: 'AvroSourceProtocol',
  namespace: 'org.apache.flume.source.avro',
  doc: licence,
  types: [
    { type: 'enum', name: 'Status', symbols: ['OK', 'FAILED', 'UNKNOWN'] },
    {
      type: 'record',
      name: 'AvroFlumeEvent',
      fields: [
        { name: 'headers', type: { type: 'map', values: 'string' } },
        { name: 'body', type: 'bytes' },
      ],
    },
  ],
  messages: {
    append: { request: [{ name: 'event', type: 'AvroFlumeEvent' }], response: 'Status' },
    appendBatch: { request: [{ name: 'events', type: { type: 'array', items: 'AvroFlumeEvent' } }], response: 'Status' },
  },
})

/** MD5 of the text: 86aadae2c45474c0fe93ffd0f2350a65. */
export const protocolHash: Buffer = createHash('md5').update(protocolText).digest()

export type HandshakeMatch = 'BOTH' | 'CLIENT' | 'NONE'

export interface HandshakeRequest {
  readonly clientHash: Uint8Array
  readonly clientProtocol: string | null
  readonly serverHash: Uint8Array
}

/** Reads a HandshakeRequest; its metadata is skipped. */
export function readHandshakeRequest(reader: AvroReader): HandshakeRequest {
  const clientHash = reader.readFixed(16)
  const clientProtocol = reader.readLong() === 0 ? null : reader.readText()
  const serverHash = reader.readFixed(16)
  if (reader.readLong() !== 0) skipMetadata(reader)
  return { clientHash, clientProtocol, serverHash }
}

/** The request that opens a connection: our hash as client's and as guess of the server's, metadata an empty map as Java sends it. */
export function writeHandshakeRequest(writer: AvroWriter, withText: boolean, serverHash: Uint8Array): void {
  writer.writeFixed(protocolHash)
  writer.writeLong(withText ? 1 : 0)
  if (withText) writer.writeText(protocolText)
  writer.writeFixed(serverHash)
  writer.writeLong(1)
  writer.writeLong(0)
}

/** The server's answer: BOTH is four zero bytes; CLIENT and NONE carry text and hash. */
export function encodeHandshakeResponse(match: HandshakeMatch): Buffer {
  const writer = new AvroWriter(match === 'BOTH' ? 4 : 1400)
  writer.writeLong(match === 'BOTH' ? 0 : match === 'CLIENT' ? 1 : 2)
  writer.writeLong(match === 'BOTH' ? 0 : 1)
  if (match !== 'BOTH') writer.writeText(protocolText)
  writer.writeLong(match === 'BOTH' ? 0 : 1)
  if (match !== 'BOTH') writer.writeFixed(protocolHash)
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
  for (let count = reader.readBlockCount(); count > 0; count = reader.readBlockCount()) {
    for (let entry = 0; entry < count; entry++) {
      reader.readBytes()
      reader.readBytes()
    }
  }
}
