// Hadoop's Writables: the serialised forms of single values in its files.

/** A class of org.apache.hadoop.io. */
export interface Writable {
  readonly className: string
  /** The serialised form; undefined for a value that this class does not hold. */
  serialize(value: unknown): Uint8Array | undefined
}

function fixed(bytes: number, write: (buffer: Buffer) => void): Uint8Array {
  const buffer = Buffer.alloc(bytes)
  write(buffer)
  return buffer
}

const isInteger = (value: unknown, bits: number): value is number =>
  typeof value === 'number' && Number.isInteger(value) && value >= -(2 ** (bits - 1)) && value < 2 ** (bits - 1)

const nothing = new Uint8Array(0)

/** By their names without package. */
export const writables = {
  Text: of('Text', (value) => (typeof value === 'string' ? text(Buffer.from(value)) : undefined)),
  IntWritable: of('IntWritable', (value) => (isInteger(value, 32) ? fixed(4, (buffer) => buffer.writeInt32BE(value)) : undefined)),
  LongWritable: of('LongWritable', (value) => {
    if (typeof value === 'bigint') return BigInt.asIntN(64, value) === value ? long(value) : undefined
    return Number.isSafeInteger(value) ? long(BigInt(value as number)) : undefined
  }),
  FloatWritable: of('FloatWritable', (value) => (typeof value === 'number' ? fixed(4, (buffer) => buffer.writeFloatBE(value)) : undefined)),
  DoubleWritable: of('DoubleWritable', (value) =>
    typeof value === 'number' ? fixed(8, (buffer) => buffer.writeDoubleBE(value)) : undefined,
  ),
  BooleanWritable: of('BooleanWritable', (value) => (typeof value === 'boolean' ? Uint8Array.of(value ? 1 : 0) : undefined)),
  BytesWritable: of('BytesWritable', (value) => (value instanceof Uint8Array ? bytes(value) : undefined)),
  NullWritable: of('NullWritable', (value) => (value === null || value === undefined ? nothing : undefined)),
} as const satisfies Record<string, Writable>

export type WritableName = keyof typeof writables

function of(name: string, serialize: Writable['serialize']): Writable {
  return { className: `org.apache.hadoop.io.${name}`, serialize }
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
