// Pairs as Hadoop's output formats write them: TextOutputFormat and SequenceFileOutputFormat.
import { IllegalArgumentException } from '../../../src-shared/streaming/exceptions.ts'
import { codecNames, type HadoopCodec, hadoopCodec } from '../../hadoop/hadoop-codecs.ts'
import { SequenceFileWriter, type SerializedPair } from '../../hadoop/sequence-file.ts'
import { type WritableName, writables } from '../../hadoop/writables.ts'
import type { OutputKey } from '../output-context.ts'
import { collectPartitions } from './actions.ts'
import type { RddNode } from './rdd-node.ts'
import { blame, newStage, runTask } from './task.ts'
import { Double, show } from './value.ts'

/** Lines of key, separator and value as they print; a side that is null or undefined is left out with the separator (Hadoop's TextOutputFormat). */
export interface TextOutputFormat {
  readonly format?: 'TextOutputFormat'
  /** `mapreduce.output.textoutputformat.separator`. Default: a tab. */
  readonly separator?: string
  /** `gzip`, `GzipCodec`, … as the hdfs sink's `hdfs.codeC`. Default: none. */
  readonly codec?: string
}

/** Hadoop's SequenceFile. */
export interface SequenceFileOutputFormat {
  readonly format: 'SequenceFileOutputFormat'
  /**
   * Of `org.apache.hadoop.io`. Default: as the first key is: Text for a string, LongWritable for a whole number, DoubleWritable for another,
   * BooleanWritable, BytesWritable for a Uint8Array, NullWritable for null. All keys must be of it.
   */
  readonly keyClass?: WritableName
  readonly valueClass?: WritableName
  /** Records are then written in compressed blocks, one per partition. */
  readonly codec?: string
}

export type HadoopOutputFormat = TextOutputFormat | SequenceFileOutputFormat

/** What writes a partition. */
export interface HadoopWriter {
  /** Of a part file: `.gz`; empty for none. */
  readonly extension: string
  /** The content of each part file. */
  write(partitions: readonly (readonly [unknown, unknown][])[]): Promise<Uint8Array[]>
}

/** Throws for options that nothing can be written with. */
export function hadoopWriter(options: HadoopOutputFormat): HadoopWriter {
  const codec = options.codec === undefined ? null : hadoopCodec(options.codec)
  if (codec === undefined) {
    throw new IllegalArgumentException(`There is no codec ${options.codec}; there are ${codecNames.join(', ')} and none.`)
  }
  switch (options.format) {
    case undefined:
    case 'TextOutputFormat':
      return textWriter(options.separator ?? '\t', codec)
    case 'SequenceFileOutputFormat':
      return sequenceFileWriter(classNamed(options.keyClass), classNamed(options.valueClass), codec)
    default:
      throw new IllegalArgumentException(
        `There is no output format ${(options as { format: unknown }).format}; there are TextOutputFormat and SequenceFileOutputFormat.`,
      )
  }
}

/** A directory with a file per partition and `_SUCCESS`; `part`: how the interface names part files. */
export async function saveAsHadoopFile(
  rdd: RddNode<[unknown, unknown]>,
  directory: string,
  writer: HadoopWriter,
  part: 'part-' | 'part-r-',
  key: OutputKey,
): Promise<void> {
  const contents = await writer.write(await collectPartitions(rdd))
  const files = contents.map((content, index) => ({ name: `${part}${String(index).padStart(5, '0')}${writer.extension}`, content }))
  rdd.context.outputs.saveDirectory(key, directory, files)
}

function textWriter(separator: string, codec: HadoopCodec | null): HadoopWriter {
  const line = ([key, value]: readonly [unknown, unknown]): string => {
    const sides = [key, value].filter((side) => side !== null && side !== undefined).map(show)
    return sides.length === 0 ? '' : `${sides.join(separator)}\n`
  }
  return {
    extension: codec?.extension ?? '',
    write: (partitions) =>
      Promise.all(
        partitions.map((pairs) => {
          const text = Buffer.from(pairs.map(line).join(''))
          return codec === null ? text : codec.compress(text)
        }),
      ),
  }
}

function classNamed(name: WritableName | undefined): WritableName | undefined {
  if (name !== undefined && !Object.hasOwn(writables, name)) {
    throw new IllegalArgumentException(`There is no Writable ${name} here; there are ${Object.keys(writables).join(', ')}.`)
  }
  return name
}

function sequenceFileWriter(
  keyClass: WritableName | undefined,
  valueClass: WritableName | undefined,
  codec: HadoopCodec | null,
): HadoopWriter {
  return {
    extension: '',
    write: async (partitions) => {
      const first = partitions.find((pairs) => pairs.length > 0)?.[0]
      const names = { key: keyClass ?? classFor(first?.[0]), value: valueClass ?? classFor(first?.[1]) }
      const stage = newStage()
      return Promise.all(
        partitions.map(async (pairs, partition) => {
          const serialized = runTask(stage, partition, () => pairs.map((pair) => serializedPair(pair, names)))
          const writer = new SequenceFileWriter({
            keyClass: writables[names.key].className,
            valueClass: writables[names.value].className,
            codec,
          })
          const body = serialized.length === 0 ? new Uint8Array(0) : await writer.encode(serialized)
          return Buffer.concat([writer.beginning(), body, writer.ending()])
        }),
      )
    },
  }
}

function serializedPair(
  pair: readonly [unknown, unknown],
  names: { readonly key: WritableName; readonly value: WritableName },
): SerializedPair {
  const side = (what: 'key' | 'value', value: unknown): Uint8Array => {
    const bytes = writables[names[what]].serialize(value instanceof Double ? value.value : value)
    if (bytes !== undefined) return bytes
    const error = new IllegalArgumentException(
      `The ${what} ${show(value)} is no ${names[what]}. Map it to one, or name another ${what}Class.`,
    )
    throw blame(error, pair, {})
  }
  return [side('key', pair[0]), side('value', pair[1])]
}

function classFor(value: unknown): WritableName {
  if (typeof value === 'string') return 'Text'
  if (typeof value === 'boolean') return 'BooleanWritable'
  if (typeof value === 'bigint' || Number.isSafeInteger(value)) return 'LongWritable'
  if (typeof value === 'number' || value instanceof Double) return 'DoubleWritable'
  if (value instanceof Uint8Array) return 'BytesWritable'
  if (value === null || value === undefined) return 'NullWritable'
  return 'Text'
}
