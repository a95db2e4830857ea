// Hadoop's Writables: the serialised forms of single values in its files.

/** A class of org.apache.hadoop.io. */
export interface Writable {
  readonly className: string
  /** The serialised form; undefined for a value that this class does not hold. */
  serialize(value: unknown): Uint8Array | undefined
  /** The value of a serialised form. */
  deserialize(bytes: Buffer): unknown
}

function fixed(length: number, write: (buffer: Buffer) => void): Uint8Array {
  const buffer = Buffer.alloc(length)
  write(buffer)
  return buffer
}

const isInteger = (value: unknown, bits: number): value is number =>
  typeof value === 'number' && Number.isInteger(value) && value >= -(2 ** (bits - 1)) && value < 2 ** (bits - 1)

const nothing = new Uint8Array(0)

/** By their names without package. */
export const writables = {
  Text: of('Text', {
    serialize: (value) => (typeof value === 'string' ? text(Buffer.from(value)) : undefined),
    deserialize: (buffer) => {
      const { value: length, next } = readVInt(buffer, 0)
      return buffer.toString('utf8', next, next + length)
    },
  }),
  IntWritable: of('IntWritable', {
    serialize: (value) => (isInteger(value, 32) ? fixed(4, (buffer) => buffer.writeInt32BE(value)) : undefined),
    deserialize: (buffer) => buffer.readInt32BE(),
  }),
  LongWritable: of('LongWritable', {
    serialize: (value) => {
      if (typeof value === 'bigint') return BigInt.asIntN(64, value) === value ? long(value) : undefined
      return Number.isSafeInteger(value) ? long(BigInt(value as number)) : undefined
    },
    // A bigint only where a number would not be exact.
    deserialize: (buffer) => {
      const value = buffer.readBigInt64BE()
      return Number.isSafeInteger(Number(value)) ? Number(value) : value
    },
  }),
  FloatWritable: of('FloatWritable', {
    serialize: (value) => (typeof value === 'number' ? fixed(4, (buffer) => buffer.writeFloatBE(value)) : undefined),
    deserialize: (buffer) => buffer.readFloatBE(),
  }),
  DoubleWritable: of('DoubleWritable', {
    serialize: (value) => (typeof value === 'number' ? fixed(8, (buffer) => buffer.writeDoubleBE(value)) : undefined),
    deserialize: (buffer) => buffer.readDoubleBE(),
  }),
  BooleanWritable: of('BooleanWritable', {
    serialize: (value) => (typeof value === 'boolean' ? Uint8Array.of(value ? 1 : 0) : undefined),
    deserialize: (buffer) => buffer.readUInt8() !== 0,
  }),
  BytesWritable: of('BytesWritable', {
    serialize: (value) => (value instanceof Uint8Array ? bytes(value) : undefined),
    deserialize: (buffer) => new Uint8Array(buffer.subarray(4, 4 + buffer.readInt32BE())),
  }),
  NullWritable: of('NullWritable', {
    serialize: (value) => (value === null || value === undefined ? nothing : undefined),
    deserialize: () => null,
  }),
} as const satisfies Record<string, Writable>

export type WritableName = keyof typeof writables

function of(name: string, forms: Omit<Writable, 'className'>): Writable {
  return { className: `org.apache.hadoop.io.${name}`, ...forms }
}

/** By its full name; undefined for a class that is not here. */
export function writableOfClass(className: string): Writable | undefined {
  return Object.values<Writable>(writables).find((writable) => writable.className === className)
}

/** LongWritable. */
export function long(value: bigint): Uint8Array {
  return fixed(8, (buffer) => buffer.writeBigInt64BE(value))
}

/** Text of UTF-8 bytes. */
export function text(utf8: Uint8Array): Uint8Array {
  return Buffer.concat([vInt(utf8.length), utf8])
}

/** BytesWritable. */
export function bytes(value: Uint8Array): Uint8Array {
  const length = Buffer.alloc(4)
  length.writeInt32BE(value.length)
  return Buffer.concat([length, value])
}

/** WritableUtils.writeVInt of a number that is not negative. */
export function vInt(value: number): Uint8Array {
  if (value <= 127) return Uint8Array.of(value)
  const digits: number[] = []
  for (let rest = value; rest > 0; rest = Math.floor(rest / 256)) digits.unshift(rest & 0xff)
  return Uint8Array.of(0x100 - 112 - digits.length, ...digits)
}

/** What vInt wrote at this place, and where the next begins. */
export function readVInt(buffer: Buffer, at: number): { readonly value: number; readonly next: number } {
  const first = buffer.readInt8(at)
  if (first >= -112) return { value: first, next: at + 1 }
  const length = -112 - first
  return { value: buffer.readUIntBE(at + 1, length), next: at + 1 + length }
}
