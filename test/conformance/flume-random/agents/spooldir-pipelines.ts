// Spooling directories with odd files and every property.
import type { Random } from '../../../driver/random.ts'
import { oddText } from './odd-text.ts'
import { type Action, type Pipeline, withFileSink, written } from './pipeline.ts'

const names = [
  'a.log',
  'b.log',
  'c.txt',
  'x y.log',
  'ü.log',
  '漢字.log',
  '[1].log',
  'a%20b.log',
  '$1.log',
  "q'uote.log",
  '#h.log',
  'tmp.tmp',
  'A.LOG',
  'a.log.1',
  'none',
  '{b}.log',
  ',.log',
  'a.log~',
  '+.log',
  'sub/d.log',
  'sub/e.txt',
  'sub/deep/f.log',
  'sub2/a.log',
  '.hidden/g.log',
  '.dot.log',
  'b.log.COMPLETED',
  'sub/c.log.COMPLETED',
  'a.log.done',
  'COMPLETED',
  'big.error',
  'x.error.1',
  'x.COMPLETED.1',
]

const patterns = [
  '^.*$',
  '.*\\.log',
  '^.*\\.tmp$',
  'a.*',
  '.*',
  '^$',
  '[ab].*',
  '.*\\.(log|txt)',
  '.*sub.*',
  'sub',
  '(?i)a.*',
  '.*/.*',
  '^\\.',
  '',
  '.*\\.error',
]
const charsets = ['UTF-8', 'ISO-8859-1', 'US-ASCII', 'UTF-16', 'UTF-16LE', 'UTF-16BE', 'utf8', 'windows-1252', 'no-such']

export function spooldirPipeline(random: Random): Pipeline {
  const oddness = random.pick([0, 0, 1])
  const lines = ['type = spooldir', 'spoolDir = @WORK@/spool', 'pollDelay = 100']
  const maybe = (probability: number, key: string, values: readonly string[]): void => {
    if (random.chance(probability)) lines.push(`${key} = ${written(random.pick(values))}`)
  }
  maybe(0.5, 'fileHeader', ['true', 'true', 'false', 'TRUE', 'x'])
  maybe(0.2, 'fileHeaderKey', ['path', 'f h', 'basename', 'ü'])
  maybe(0.5, 'basenameHeader', ['true', 'true', 'false', 'yes'])
  maybe(0.2, 'basenameHeaderKey', ['base', 'file', 'path'])
  maybe(0.3, 'deletePolicy', ['never', 'immediate', 'IMMEDIATE', 'immediate', 'Never', 'delayed', ''])
  maybe(0.3, 'trackingPolicy', ['rename', 'tracker_dir', 'TRACKER_DIR', 'tracker_dir', 'other'])
  maybe(0.2, 'trackerDir', ['track', '@WORK@/track', '.flumespool', '.t'])
  maybe(0.3, 'consumeOrder', ['oldest', 'youngest', 'OLDEST', 'Youngest', 'random', 'newest'])
  maybe(0.3, 'includePattern', patterns)
  maybe(0.3, 'ignorePattern', patterns)
  maybe(0.4, 'recursiveDirectorySearch', ['true', 'true', 'TRUE', 'false', '1'])
  maybe(0.2, 'fileSuffix', ['.done', '.COMPLETED', 'x', '', ' .d', '.ü', '~', '.log'])
  maybe(0.3, 'batchSize', ['1', '2', '3', '100', '1000', 'x'])
  const charset = random.chance(0.3) ? random.pick(charsets) : 'UTF-8'
  if (charset !== 'UTF-8') lines.push(`inputCharset = ${charset}`)
  maybe(oddness === 1 ? 0.9 : 0.2, 'decodeErrorPolicy', ['REPLACE', 'IGNORE', 'replace', 'REPLACE', 'FAIL', 'other'])
  const deserializer = random.pick([
    '',
    '',
    '',
    'LINE',
    'line',
    'AVRO',
    'org.apache.flume.sink.solr.morphline.BlobDeserializer$Builder',
    'x.Y',
  ])
  if (deserializer !== '' && random.chance(0.8)) lines.push(`deserializer = ${deserializer}`)
  maybe(0.3, 'deserializer.maxLineLength', ['1', '2', '5', '6', '7', '40', '2048', '0', '-1', 'x'])
  maybe(0.15, 'deserializer.outputCharset', ['UTF-8', 'ISO-8859-1', 'UTF-16', 'US-ASCII', 'UTF-16LE', 'bogus'])
  maybe(0.15, 'deserializer.maxBlobLength', ['1', '5', '100', '0', 'x'])
  maybe(0.05, 'bufferMaxLineLength', ['3', '0'])
  maybe(0.05, 'bufferMaxLines', ['3', '0'])
  const text = (): Buffer => {
    const bytes = oddText(random, oddness)
    return /UTF-16/.test(charset) && random.chance(0.8) ? utf16(bytes.toString(), charset) : bytes
  }
  let mtime = 1_700_000_000
  const later = (): number => {
    mtime += random.pick([0, 1, 7, 1000])
    return mtime
  }
  const file = (among: readonly string[]): Action => ({
    do: 'write',
    path: `spool/${random.pick(among)}`,
    bytes: text(),
    mtime: later(),
  })
  const few = Array.from({ length: random.pick([1, 2, 3, 4, 6]) }, () => file(names))
  const stages = random.chance(0.5) ? [Array.from({ length: random.pick([1, 1, 2]) }, () => file(names))] : []
  return {
    kind: 'spooldir',
    ...withFileSink(lines),
    folders: ['spool'],
    before: few,
    stages,
    ordered: !lines.some((line) => /random/.test(line)),
    comparesWork: true,
  }
}

function utf16(text: string, charset: string): Buffer {
  const little = Buffer.from(text, 'utf16le')
  return charset === 'UTF-16LE' ? little : little.swap16()
}
