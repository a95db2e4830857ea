// The property `protocol` of what speaks Thrift.
import type { Property } from '../../../src-shared/spec/property.ts'
import type { ThriftProtocolName } from './thrift-protocol.ts'

/** In capitals a word passes Flume's check, and is then not the one that it looks for: BINARY speaks compact, on both sides. */
export const inSmallLetters = (property: Property<ThriftProtocolName>): Property<ThriftProtocolName> => ({
  ...property,
  parse: (text) => (property.parse(text) === text.trim() ? (text.trim() as ThriftProtocolName) : 'compact'),
})
