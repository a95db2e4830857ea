// Where a datum ends, found by passing over it: nothing is decoded, nothing is believed that the bytes do not hold. (avsc's own decoding reads
// past the end of its bytes, for as long as a length says that it should.)
import type avro from 'avsc'
import { AvroMalformed, type AvroReader } from '../avro/avro-binary.ts'

const maxDepth = 200

/** Moves `reader` behind one datum of `type`. Throws AvroEndOfData or AvroMalformed. */
export function skipDatum(type: avro.Type, reader: AvroReader): void {
  // A type that contains itself twice, and nothing else, has no end and takes no bytes.
  skip(type, reader, 0, { left: 100_000 + 16 * (reader.bytes.length - reader.position) })
}

function skip(type: avro.Type, reader: AvroReader, depth: number, steps: { left: number }): void {
  if (depth > maxDepth || --steps.left < 0) throw new AvroMalformed(`A datum is nested deeper than ${maxDepth}, or without end.`)
  const { types } = type as avro.types.UnwrappedUnionType
  switch (type.typeName) {
    case 'null':
      return
    case 'boolean':
      reader.readFixed(1)
      return
    case 'float':
      reader.readFixed(4)
      return
    case 'double':
      reader.readFixed(8)
      return
    case 'int':
    case 'long':
      reader.readLong()
      return
    case 'bytes':
    case 'string':
      reader.readBytes()
      return
    case 'fixed':
      reader.readFixed((type as avro.types.FixedType).size)
      return
    case 'enum':
      requireIndex(reader.readLong(), (type as avro.types.EnumType).symbols.length)
      return
    case 'record':
    case 'error':
      for (const field of (type as avro.types.RecordType).fields) skip(field.type, reader, depth + 1, steps)
      return
    case 'array':
      skipBlocks(reader, () => skip((type as avro.types.ArrayType).itemsType, reader, depth + 1, steps))
      return
    case 'map':
      skipBlocks(reader, () => {
        reader.readBytes()
        skip((type as avro.types.MapType).valuesType, reader, depth + 1, steps)
      })
      return
    case 'union:unwrapped':
    case 'union:wrapped': {
      const index = reader.readLong()
      requireIndex(index, types.length)
      skip(types[index]!, reader, depth + 1, steps)
      return
    }
    default: {
      const { underlyingType } = type as avro.types.LogicalType
      if (underlyingType === undefined) throw new AvroMalformed(`The type ${type.typeName} is not known.`)
      skip(underlyingType, reader, depth + 1, steps)
    }
  }
}

function skipBlocks(reader: AvroReader, item: () => void): void {
  for (let count = reader.readBlockCount(); count > 0; count = reader.readBlockCount()) {
    for (let index = 0; index < count; index++) {
      const before = reader.position
      item()
      // Items without bytes are all passed with the first one, however many there are said to be.
      if (reader.position === before) break
    }
  }
}

function requireIndex(index: number, length: number): void {
  if (!Number.isInteger(index) || index < 0 || index >= length) throw new AvroMalformed(`There is no branch or symbol ${index}.`)
}
