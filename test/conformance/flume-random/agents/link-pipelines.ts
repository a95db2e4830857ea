// From one agent's sink to its other source, and from one source to several channels.
import type { Random } from '../../../driver/random.ts'
import { oddText } from './odd-text.ts'
import { type Pipeline, written } from './pipeline.ts'

const memory = (name: string): string[] => [
  `channels.${name}.type = memory`,
  `channels.${name}.capacity = 1000`,
  `channels.${name}.transactionCapacity = 100`,
]

const shown = (name: string, channel: string, folder: string): string[] => [
  `sinks.${name}.type = file_roll`,
  `sinks.${name}.channel = ${channel}`,
  `sinks.${name}.sink.directory = @OUT@/${folder}`,
  `sinks.${name}.sink.rollInterval = 0`,
  `sinks.${name}.sink.serializer = HEADER_AND_TEXT`,
]

const setting =
  (random: Random, lines: string[], prefix: string) =>
  (probability: number, key: string, values: readonly string[]): void => {
    if (random.chance(probability)) lines.push(`${prefix}${key} = ${written(random.pick(values))}`)
  }

/** A spooled file through an RPC sink to the source of the same kind. */
export function hopPipeline(random: Random): Pipeline {
  const kind = random.pick(['avro', 'avro', 'thrift'])
  const lines = [
    'sources.r@N@.type = spooldir',
    'sources.r@N@.spoolDir = @WORK@/spool',
    'sources.r@N@.channels = c@N@',
    'sources.r@N@.basenameHeader = true',
    'sources.r@N@.interceptors = i',
    'sources.r@N@.interceptors.i.type = static',
    'sources.r@N@.decodeErrorPolicy = REPLACE',
    ...memory('c@N@'),
    ...memory('d@N@'),
    `sinks.k@N@.type = ${kind}`,
    'sinks.k@N@.channel = c@N@',
    `sources.s@N@.type = ${kind}`,
    'sources.s@N@.port = @PORT@',
    'sources.s@N@.bind = 127.0.0.1',
    'sources.s@N@.channels = d@N@',
    ...shown('ka@N@', 'd@N@', '0'),
  ]
  const sink = setting(random, lines, 'sinks.k@N@.')
  const source = setting(random, lines, 'sources.s@N@.')
  const interceptor = setting(random, lines, 'sources.r@N@.interceptors.i.')
  interceptor(0.5, 'key', ['k', 'ü', 'a b', 'basename', '\u{1f600}'])
  interceptor(0.6, 'value', ['v', '', 'ü€', 'x=y, z', ' lead'])
  interceptor(0.2, 'preserveExisting', ['false', 'true'])
  lines.push('sinks.k@N@.hostname = 127.0.0.1', 'sinks.k@N@.port = @PORT@')
  sink(0.5, 'batch-size', ['1', '2', '7', '100', '1000', '0', '-1', 'x'])
  sink(0.2, 'reset-connection-interval', ['1', '0', 'x'])
  sink(0.2, 'request-timeout', ['1', '5000', 'x'])
  sink(0.2, 'maxIoWorkers', ['1', '0', 'x'])
  if (kind === 'avro') {
    sink(0.4, 'compression-type', ['deflate', 'none', 'DEFLATE'])
    source(0.4, 'compression-type', ['deflate', 'none', 'DEFLATE'])
    sink(0.2, 'compression-level', ['1', '9', '0'])
    source(0.2, 'threads', ['1', '4'])
    source(0.2, 'ipFilter', ['true'])
    source(0.2, 'ipFilterRules', ['allow:ip:127.*', 'deny:ip:*', 'deny:name:localhost,allow:ip:*', 'allow:name:localhost'])
  }
  if (kind === 'thrift') {
    sink(0.3, 'protocol', ['binary', 'compact', 'BINARY'])
    source(0.3, 'protocol', ['binary', 'compact', 'BINARY'])
    source(0.2, 'threads', ['1', '4'])
  }
  return {
    kind: 'hop',
    lines,
    sources: ['r@N@', 's@N@'],
    channels: ['c@N@', 'd@N@'],
    sinks: ['k@N@', 'ka@N@'],
    folders: ['spool'],
    before: [{ do: 'write', path: 'spool/a.log', bytes: oddText(random, 1) }],
    stages: [],
    ordered: true,
    comparesWork: false,
  }
}

/** Lines whose first word decides to which channels they go. */
export function selectorPipeline(random: Random): Pipeline {
  const lines = [
    'sources.r@N@.type = spooldir',
    'sources.r@N@.spoolDir = @WORK@/spool',
    'sources.r@N@.channels = c@N@ d@N@ e@N@',
    'sources.r@N@.interceptors = i',
    'sources.r@N@.interceptors.i.type = regex_extractor',
    `sources.r@N@.interceptors.i.regex = ${written(random.pick(['^(\\S+)', '^(\\w*) ', '^(A)?', '(.)']))}`,
    'sources.r@N@.interceptors.i.serializers = s',
    'sources.r@N@.interceptors.i.serializers.s.name = h',
    ...memory('c@N@'),
    ...memory('d@N@'),
    ...memory('e@N@'),
    ...shown('ka@N@', 'c@N@', '0'),
    ...(random.chance(0.8) ? shown('kb@N@', 'd@N@', '1') : []),
    ...shown('kc@N@', 'e@N@', '2'),
  ]
  const own = setting(random, lines, 'sources.r@N@.selector.')
  const some = ['c@N@', 'd@N@', 'e@N@', 'c@N@ e@N@', 'd@N@ e@N@', 'e@N@ c@N@ d@N@', 'c@N@ c@N@', 'c9', '']
  own(0.95, 'type', ['multiplexing', 'multiplexing', 'multiplexing', 'replicating', 'MULTIPLEXING'])
  own(0.85, 'header', ['h', 'h', 'h', 'H', 'none'])
  own(0.6, 'default', some)
  own(0.2, 'optional', some)
  for (const value of ['A', 'B', 'line', '1', 'a', 'ü€', 'x y']) {
    own(0.4, `mapping.${value}`, some)
    own(0.15, `optional.${value}`, some)
  }
  const words = ['A one', 'B two', 'A', 'line 1', '1 x', 'a x', ' lead', '', 'ü€ x', 'C', 'A one']
  const text = Array.from({ length: random.pick([1, 5, 20, 60, 300]) }, () => `${random.pick(words)}\n`).join('')
  return {
    kind: 'selector',
    // Keys of their own need their blanks and letters escaped.
    lines: lines.map((line) => line.replace('.ü€ ', '.\\u00fc\\u20ac ').replace('.x y ', '.x\\ y ')),
    sources: ['r@N@'],
    channels: ['c@N@', 'd@N@', 'e@N@'],
    sinks: ['ka@N@', 'kb@N@', 'kc@N@'],
    folders: ['spool'],
    before: [{ do: 'write', path: 'spool/a.log', bytes: Buffer.from(text) }],
    stages: [],
    ordered: false,
    comparesWork: false,
    byFolder: true,
  }
}
