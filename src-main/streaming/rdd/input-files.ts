// SparkContext.textFile, wholeTextFiles and sequenceFile: files, folders and patterns; text is divided into partitions as Hadoop's
// TextInputFormat divides it.
import { globSync, readFileSync, statSync } from 'node:fs'
import { basename, join, resolve } from 'node:path'
import { gunzipSync, inflateSync, zstdDecompressSync } from 'node:zlib'
import { MillraceError, messageOf } from '../../../src-shared/errors.ts'
import { IllegalArgumentException, SparkException } from '../../../src-shared/streaming/exceptions.ts'
import { readSequenceFile } from '../../hadoop/sequence-file-reader.ts'
import { LineSplitter } from '../receiver/line-splitter.ts'
import type { Push, RddDefinition } from './definition.ts'
import { filePieces } from './file-pieces.ts'

/** Hadoop's block size of local files: no split is larger. */
const blockBytes = 32 * 1024 * 1024
/** A last split may be a tenth larger. */
const splitSlop = 1.1

interface Split {
  readonly path: string
  readonly from: number
  readonly until: number
}

/** What can only be read from its beginning, by the end of its name. */
const packed: Readonly<Record<string, (bytes: Buffer) => Buffer>> = {
  '.gz': (bytes) => gunzipSync(bytes),
  '.deflate': (bytes) => inflateSync(bytes),
  '.zst': (bytes) => zstdDecompressSync(bytes),
}
const unreadable = /\.(bz2|snappy|lz4)$/

/** Lines of files; at least `minPartitions` partitions where there is enough to divide. Files are looked for when it is first asked. */
export function textLinesOf(paths: string, minPartitions: number): RddDefinition<string> {
  const splits = once(() => splitsOf(filesOf(paths), minPartitions))
  return {
    className: 'HadoopRDD',
    dependencies: [],
    partitions: () => splits().length,
    each: (partition, push) => pushLines(splits()[partition]!, push),
  }
}

/** Pairs of path and content, about evenly many bytes in each of up to `minPartitions` partitions. */
export function wholeFiles(paths: string, minPartitions: number): RddDefinition<[string, string]> {
  const groups = once(() => grouped(filesOf(paths), minPartitions))
  return {
    className: 'WholeTextFileRDD',
    dependencies: [],
    partitions: () => groups().length,
    each(partition, push) {
      for (const path of groups()[partition]!) push([path, contentOf(path).toString()])
    },
  }
}

/** Pairs of Hadoop's SequenceFiles, a partition for each file. */
export function sequenceFiles<K, V>(paths: string): RddDefinition<[K, V]> {
  const files = once(() => filesOf(paths))
  return {
    className: 'HadoopRDD',
    dependencies: [],
    partitions: () => files().length,
    each: (partition, push) => sequenceFilePairs<K, V>(files()[partition]!.path, push),
  }
}

/** Of one file. */
export function sequenceFilePairs<K, V>(path: string, push: Push<[K, V]>): void {
  for (const pair of readSequenceFile(path, readFileSync(path))) push(pair as [K, V])
}

function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined
  return () => {
    made ??= { value: make() }
    return made.value
  }
}

interface InputFile {
  readonly path: string
  readonly bytes: number
}

/** Paths and patterns, separated by commas outside of braces; of a folder its files, but for those that begin with `.` or `_`. */
function filesOf(paths: string): InputFile[] {
  return paths.split(/,(?![^{]*\})/).flatMap((path) => {
    const pattern = /[*?[{]/.test(path)
    const found = pattern ? globSync(path) : [path]
    if (found.length === 0) throw new SparkException(`Input Pattern ${path} matches 0 files`)
    return found.sort().flatMap((each) => inputFiles(resolve(each)))
  })
}

function inputFiles(path: string): InputFile[] {
  const stat = statSync(path, { throwIfNoEntry: false })
  if (stat === undefined) throw new SparkException(`Input path does not exist: ${path}`)
  if (!stat.isDirectory()) return [{ path, bytes: stat.size }]
  return globSync('*', { cwd: path })
    .filter((name) => !/^[._]/.test(basename(name)))
    .sort()
    .flatMap((name) => {
      const file = join(path, name)
      const inside = statSync(file)
      if (inside.isDirectory()) throw new SparkException(`Not a file: ${file}`)
      return [{ path: file, bytes: inside.size }]
    })
}

function splitsOf(files: readonly InputFile[], minPartitions: number): Split[] {
  const total = files.reduce((sum, file) => sum + file.bytes, 0)
  const size = Math.max(1, Math.min(Math.floor(total / Math.max(1, minPartitions)), blockBytes))
  return files.flatMap(({ path, bytes }) => {
    if (unpackerOf(path) !== undefined) return [{ path, from: 0, until: bytes }]
    const splits: Split[] = []
    let from = 0
    for (; (bytes - from) / size > splitSlop; from += size) splits.push({ path, from, until: from + size })
    if (from < bytes || bytes === 0) splits.push({ path, from, until: bytes })
    return splits
  })
}

function unpackerOf(path: string): ((bytes: Buffer) => Buffer) | undefined {
  if (unreadable.test(path))
    throw new IllegalArgumentException(`${path} is compressed in a way that Millrace does not read; unpack it, or use gzip or zstd.`)
  return packed[/\.[^.]*$/.exec(path)?.[0] ?? '']
}

function contentOf(path: string): Buffer {
  const unpack = unpackerOf(path)
  const bytes = readFileSync(path)
  try {
    return unpack?.(bytes) ?? bytes
  } catch (thrown) {
    throw new MillraceError('PROGRAM_FAILED', `${path} cannot be unpacked: ${messageOf(thrown)}`, { cause: thrown })
  }
}

/** A line belongs to the split that it begins in; one that begins with the first byte of a later split, to the split before. */
function pushLines({ path, from, until }: Split, push: Push<string>): void {
  const splitter = new LineSplitter({ byteOrderMark: from === 0 ? 'left-out' : 'text' })
  const pieces = unpackerOf(path) === undefined ? filePieces(path, lineStart(path, from), lineStart(path, until)) : [contentOf(path)]
  for (const piece of pieces) for (const line of splitter.add(piece)) push(line)
  const last = splitter.end()
  if (last !== undefined) push(last)
}

/** Where the line after the one at this byte begins: both splits that meet there find the same. */
function lineStart(path: string, at: number): number {
  if (at === 0) return 0
  let position = at
  let afterCr = false
  for (const piece of filePieces(path, at, undefined, 4096)) {
    for (const byte of piece) {
      if (afterCr) return byte === lf ? position + 1 : position
      position += 1
      if (byte === lf) return position
      afterCr = byte === cr
    }
  }
  return position
}

const lf = 10
const cr = 13

/** Neighbours together, each group with its share of the bytes. */
function grouped(files: readonly InputFile[], wanted: number): string[][] {
  const share = files.reduce((sum, file) => sum + file.bytes, 0) / Math.max(1, wanted)
  const groups: string[][] = []
  let bytes = Number.POSITIVE_INFINITY
  for (const file of files) {
    if (bytes + file.bytes > share) {
      groups.push([])
      bytes = 0
    }
    groups.at(-1)!.push(file.path)
    bytes += file.bytes
  }
  return groups
}
