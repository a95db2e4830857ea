// Spooled lines through an hdfs sink into a directory of this machine: buckets, names, rolling and formats.
import { readFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { gunzipSync, inflateSync } from 'node:zlib'
import { readSequenceFile } from '../../../../src-main/hadoop/sequence-file-reader.ts'
import type { Random } from '../../../driver/random.ts'
import { avroLines } from '../../runner/avro-container.ts'
import { filesBelow } from '../../runner/collect.ts'
import { type Pipeline, withFileSink, written } from './pipeline.ts'

const times = [
  '1700000000123',
  '1700000000999',
  '1704067199999',
  '1709164800000',
  '951782399000',
  '253402300800000',
  '1711846800000',
  '1698541200500',
]
const oddTimes = ['0', '-1', '', 'x', '+5', '007', '9223372036854775808', '1.5', '-62135596800001']
const words = ['A', 'B', 'x y', 'ü', '$1', 'a\\\\b', '%Y', 'a.b', '-', '#']
const pathParts = [
  '%Y',
  '%m-%d',
  '%H',
  '%M',
  '%S',
  '%{h}',
  '%{none}',
  '%t',
  '%s',
  '%a',
  '%A',
  '%b',
  '%B',
  '%c',
  '%d',
  '%e',
  '%H%M%S',
  '%I',
  '%j',
  '%k',
  '%l',
  '%p',
  '%y',
  '%z',
  '%n',
  '%%',
  '%q',
  '%_',
  '%5',
  '%{a b}',
  '%[localhost]',
  'plain',
  'x=%{h}',
  '%Y%{h}%H',
  '%',
  '%{',
  '%é',
]

function text(random: Random, oddness: number): Buffer {
  const count = random.pick([1, 2, 5, 12, 40, 130])
  const lines = Array.from({ length: count }, (_, index) => {
    const time = random.chance(oddness) ? random.pick(oddTimes) : random.pick(times)
    return `${time} ${random.pick(words.slice(0, random.pick([2, 2, words.length])))} line ${index} ${'x'.repeat(random.below(30))}\n`
  })
  return Buffer.from(lines.join(''))
}

export function hdfsPipeline(random: Random): Pipeline {
  const parts = Array.from({ length: random.pick([1, 1, 2, 3]) }, () => random.pick(random.chance(0.5) ? pathParts.slice(0, 7) : pathParts))
  const sink = ['type = hdfs', `hdfs.path = @OUT@/${written(parts.join(random.pick(['/', '/', '-', '//'])))}${random.pick(['', '', '/'])}`]
  const maybe = (probability: number, key: string, values: readonly string[]): void => {
    if (random.chance(probability)) sink.push(`${key} = ${written(random.pick(values))}`)
  }
  maybe(0.3, 'hdfs.filePrefix', ['p', '%{h}', 'ev-%Y', 'a b', '.x', '_h', '', '%{h}/%{h}', 'ü'])
  maybe(0.3, 'hdfs.fileSuffix', ['.log', '', 'x', '.gz', ' .a', '%Y'])
  maybe(0.2, 'hdfs.inUsePrefix', ['.', '_', 'in/', ''])
  maybe(0.2, 'hdfs.inUseSuffix', ['.part', '', '.x y'])
  maybe(0.1, 'hdfs.emptyInUseSuffix', ['true', 'false', 'TRUE'])
  // The default is as long as a busy machine takes for a stage.
  maybe(1, 'hdfs.rollInterval', ['0', '3600', '5', '0', '0', '0', '0', '-1'])
  maybe(0.6, 'hdfs.rollSize', ['0', '50', '51', '200', '1', '-1', '0'])
  maybe(0.7, 'hdfs.rollCount', ['0', '0', '1', '3', '10', '-1'])
  maybe(0.3, 'hdfs.idleTimeout', ['0', '3', '-1', '0'])
  maybe(0.3, 'hdfs.batchSize', ['1', '3', '100', '1000'])
  const fileType = random.pick([
    'DataStream',
    'DataStream',
    'DataStream',
    'SequenceFile',
    'CompressedStream',
    'datastream',
    'CompressedStream',
    'bogus',
  ])
  if (random.chance(0.9)) sink.push(`hdfs.fileType = ${fileType}`)
  maybe(/^comp/i.test(fileType) ? 0.95 : 0.2, 'hdfs.codeC', [
    'gzip',
    'gzip',
    'DefaultCodec',
    'default',
    'org.apache.hadoop.io.compress.GzipCodec',
    'GZIP',
    'GzipCodec',
    'deflate',
    'bogus',
    'none',
  ])
  maybe(0.3, 'hdfs.writeFormat', ['Text', 'Writable', ''])
  if (parts.length === 1) maybe(0.05, 'hdfs.maxOpenFiles', ['1'])
  maybe(0.3, 'hdfs.round', ['true', 'true', 'false'])
  maybe(0.3, 'hdfs.roundValue', ['1', '5', '10', '30', '59', '24', '7'])
  maybe(0.3, 'hdfs.roundUnit', ['second', 'minute', 'hour', 'hour', 'MINUTE', 'day', ''])
  maybe(0.3, 'hdfs.timeZone', [
    'UTC',
    'Europe/Berlin',
    'America/New_York',
    'GMT+2',
    'Asia/Kathmandu',
    'bogus',
    'EST',
    'Australia/Lord_Howe',
    '',
  ])
  maybe(0.3, 'serializer', ['TEXT', 'text', 'HEADER_AND_TEXT', 'header_and_text', 'avro_event'])
  maybe(0.2, 'serializer.appendNewline', ['false', 'true'])
  const source = [
    'type = spooldir',
    'spoolDir = @WORK@/spool',
    'interceptors = i',
    'interceptors.i.type = regex_extractor',
    'interceptors.i.regex = ^(\\\\S*) (\\\\S+)',
    'interceptors.i.serializers = s t',
    'interceptors.i.serializers.s.name = timestamp',
    'interceptors.i.serializers.t.name = h',
  ]
  const stages = random.chance(0.4) ? [[{ do: 'write', path: 'spool/b.log', bytes: text(random, 0) } as const]] : []
  const base = withFileSink(source)
  return {
    kind: 'hdfs',
    ...base,
    lines: [
      ...base.lines.filter((line) => !line.startsWith('sinks.k@N@.')),
      'sinks.k@N@.channel = c@N@',
      ...sink.map((line) => `sinks.k@N@.${line}`),
    ],
    folders: ['spool'],
    before: [{ do: 'write', path: 'spool/a.log', bytes: text(random, random.chance(0.1) ? 0.05 : 0) }],
    stages,
    ordered: false,
    comparesWork: false,
    shows,
  }
}

/** Not what Hadoop keeps beside each file. */
const files = (folder: string): string[] => filesBelow(folder).filter((name) => !/^\..*\.crc$/.test(basename(name)))

/** A file's folder and name, without the number that is the time. */
const named = (name: string): string => join(dirname(name), basename(name).replace(/\d{13}(?=\.|$|[^\d])/, '<time>'))

const shows = {
  // What is in a file that is being written is seen at another time.
  names: (folder: string): string =>
    files(folder)
      .map((name) => `${named(name)}\n`)
      .join(''),
  contents: (folder: string): string =>
    files(folder)
      .map((name) => `${named(name)}: ${contents(join(folder, name))}\n`)
      .join(''),
}

function contents(file: string): string {
  const bytes = readFileSync(file)
  const shown = (plain: Buffer): string =>
    JSON.stringify(
      plain.toString('latin1').replace(/^\{([^}\n]*)\}/gm, (_, headers: string) => `{${headers.split(', ').sort().join(', ')}}`),
    )
  try {
    if (bytes.subarray(0, 3).toString() === 'SEQ')
      return [...readSequenceFile(file, bytes)]
        .map(([key, value]) => `${key}=${value instanceof Uint8Array ? shown(Buffer.from(value)) : value}`)
        .join(' ')
    // How well a file is compressed is its library's own affair.
    if (bytes[0] === 0x1f && bytes[1] === 0x8b) return `gzip ${shown(gunzipSync(bytes))}`
    if (bytes[0] === 0x78) return `deflate ${shown(inflateSync(bytes))}`
    if (bytes.subarray(0, 3).toString() === 'Obj') return avroLines(bytes)
  } catch (error) {
    return `unreadable: ${String(error)}`
  }
  return shown(bytes)
}
