// Sink groups, sources of their own, and file names.
import type { Random } from '../../../driver/random.ts'
import { oddText } from './odd-text.ts'
import { type Pipeline, withFileSink, written } from './pipeline.ts'

const put =
  (random: Random, lines: string[]) =>
  (probability: number, key: string, values: readonly string[]): void => {
    if (random.chance(probability)) lines.push(`${key} = ${written(random.pick(values))}`)
  }

/** Events of a counter, to two to four sinks of which some never work. */
export function groupPipeline(random: Random): Pipeline {
  const lines = [
    'sources.r@N@.type = seq',
    `sources.r@N@.totalEvents = ${random.pick([1, 10, 250])}`,
    `sources.r@N@.batchSize = ${random.pick([1, 10, 100])}`,
    'sources.r@N@.channels = c@N@',
    'channels.c@N@.type = memory',
    'channels.c@N@.capacity = 1000',
  ]
  const maybe = put(random, lines)
  const sinks = ['ka@N@', 'kb@N@', 'kc@N@', 'kd@N@'].slice(0, random.pick([1, 2, 2, 3, 4]))
  const works = sinks.map(() => random.chance(0.6))
  if (!works.includes(true)) works[random.below(works.length)] = true
  sinks.forEach((sink, index) => {
    const own = `sinks.${sink}.`
    lines.push(`${own}channel = c@N@`)
    if (works[index] === true) lines.push(`${own}type = file_roll`, `${own}sink.directory = @OUT@/${index}`, `${own}sink.rollInterval = 0`)
    else
      lines.push(
        ...random.pick([
          [`${own}type = avro`, `${own}hostname = 127.0.0.1`, `${own}port = 1`, `${own}connect-timeout = 500`],
          [`${own}type = thrift`, `${own}hostname = 127.0.0.1`, `${own}port = 1`],
          [`${own}type = file_roll`, `${own}sink.directory = @WORK@/none`],
          [`${own}type = http`, `${own}endpoint = http://127.0.0.1:1/`],
        ]),
      )
  })
  const type = random.pick(['failover', 'failover', 'load_balance', 'load_balance', 'default', 'FAILOVER', 'other'])
  const group = 'sinkgroups.g@N@.'
  const members = random.chance(0.9) ? sinks : sinks.slice(1)
  lines.push(`${group}sinks = ${members.join(' ')}${random.chance(0.05) ? ' k9' : ''}`)
  if (random.chance(0.95)) lines.push(`${group}processor.type = ${type}`)
  for (const sink of sinks)
    maybe(0.8, `${group}processor.priority.${sink}`, ['1', '5', '5', '10', '-1', '+7', 'x', ' 8', '9999999999', '0', '007', '1.5', ''])
  maybe(0.4, `${group}processor.maxpenalty`, ['1000', '10000', '0', 'x'])
  maybe(0.4, `${group}processor.backoff`, ['true', 'false', 'TRUE', 'x'])
  maybe(0.4, `${group}processor.selector`, [
    'round_robin',
    'random',
    'ROUND_ROBIN',
    'bogus',
    'org.apache.flume.sink.LoadBalancingSinkProcessor$RoundRobinSinkSelector',
  ])
  maybe(0.3, `${group}processor.selector.maxTimeOut`, ['1000', '0', '-1', 'x'])
  return {
    kind: 'group',
    lines,
    sources: ['r@N@'],
    channels: ['c@N@'],
    sinks,
    sinkgroups: ['g@N@'],
    folders: [],
    before: [],
    stages: [],
    ordered: (type.toLowerCase() === 'failover' || sinks.length === 1) && members === sinks,
    comparesWork: false,
  }
}

const shells = ['/bin/sh -c', '/bin/bash -c', ' /bin/sh  -c ', '/bin/sh -ec', 'sh -c', '/no/such -c', '/bin/sh']
const commands = [
  'cat @WORK@/text',
  'head -3 @WORK@/text',
  'echo one two  three',
  'echo "quoted text" and \'this\'',
  'for i in 1 2 3; do echo $i; done',
  'echo out; echo err >&2',
  'printf a\\\\nb',
  'printf a\\nb',
  'seq 1 50',
  'exit 3',
  'false',
  'echo $HOME | wc -c',
  'no-such-command',
  'seq 1 120 | tail -2',
  '',
  ' echo  lead',
  'echo é',
  'cat',
  'sleep 0.2; echo late',
]

export function execPipeline(random: Random): Pipeline {
  const lines = ['type = exec', `command = ${written(random.pick(commands))}`]
  const maybe = put(random, lines)
  maybe(0.5, 'shell', shells)
  maybe(0.3, 'batchSize', ['1', '2', '20', '1000', '0', '-1', 'x'])
  maybe(0.3, 'batchTimeout', ['100', '3000', '0', '-1'])
  maybe(0.2, 'logStdErr', ['true'])
  maybe(0.1, 'restartThrottle', ['100000', '0'])
  maybe(0.2, 'charset', ['UTF-8', 'ISO-8859-1', 'US-ASCII', 'UTF-16', 'bogus', 'windows-1252'])
  return {
    kind: 'exec',
    ...withFileSink(lines),
    folders: [],
    before: [{ do: 'write', path: 'text', bytes: oddText(random, random.pick([0, 1])) }],
    stages: [],
    ordered: true,
    comparesWork: false,
  }
}

export function counterPipeline(random: Random): Pipeline {
  const stress = random.chance(0.4)
  const lines = [`type = ${stress ? 'org.apache.flume.source.StressSource' : 'seq'}`]
  const maybe = put(random, lines)
  const few = ['1', '2', '7', '10', '99', '100', '250']
  if (stress) {
    lines.push(`${random.pick(['maxTotalEvents', 'maxSuccessfulEvents'])} = ${random.pick([...few, '0'])}`)
    maybe(0.6, 'size', ['0', '1', '10', '500', '5000'])
    maybe(0.2, 'maxTotalEvents', few)
    maybe(0.2, 'maxEventsPerSecond', ['0', '1000', '-1'])
  } else lines.push(`totalEvents = ${random.pick([...few, '0', '-1'])}`)
  maybe(0.6, 'batchSize', ['1', '2', '3', '7', '100', '1000'])
  return { kind: 'counter', ...withFileSink(lines), folders: [], before: [], stages: [], ordered: true, comparesWork: false }
}

export function udpPipeline(random: Random): Pipeline {
  const lines = ['type = netcatudp', `bind = ${random.pick(['127.0.0.1', '0.0.0.0', 'localhost'])}`, 'port = @PORT@']
  // Without it Flume has a header with a null name.
  lines.push('remoteAddress = sender')
  put(random, lines)(0.2, 'maxsize', ['10'])
  const datagrams = Array.from({ length: random.pick([1, 3, 6]) }, () => oddText(random, 1))
  return {
    kind: 'netcatudp',
    ...withFileSink(lines),
    folders: [],
    before: [],
    stages: [[{ do: 'datagrams', datagrams }]],
    ordered: true,
    comparesWork: false,
  }
}

/** Events as Avro's containers. */
function avroRollPipeline(random: Random): Pipeline {
  const sink = [
    'sink.rollInterval = 0',
    `sink.serializer = ${random.pick(['avro_event', 'AVRO_EVENT', 'org.apache.flume.serialization.FlumeEventAvroEventSerializer$Builder'])}`,
  ]
  const maybe = put(random, sink)
  maybe(0.5, 'sink.serializer.compressionCodec', ['null', 'deflate', 'DEFLATE', 'bogus', ''])
  maybe(0.4, 'sink.serializer.syncIntervalBytes', ['32', '2000', '0', '31', '-1', 'x'])
  maybe(0.4, 'sink.batchSize', ['1', '3', '100'])
  return {
    kind: 'avro_event',
    ...withFileSink(['type = spooldir', 'spoolDir = @WORK@/spool', 'basenameHeader = true', 'decodeErrorPolicy = IGNORE'], sink),
    folders: ['spool'],
    before: [{ do: 'write', path: 'spool/a.log', bytes: oddText(random, 0) }],
    stages: [],
    ordered: true,
    comparesWork: false,
    format: 'avro',
  }
}

export function rollPipeline(random: Random): Pipeline {
  if (random.chance(0.3)) return avroRollPipeline(random)
  const sink = [`sink.rollInterval = ${random.pick(['0', '0', '2', '3', '1', '100'])}`]
  const maybe = put(random, sink)
  maybe(0.7, 'sink.serializer', [
    'text',
    'TEXT',
    'header_and_text',
    'HEADER_AND_TEXT',
    'org.apache.flume.serialization.BodyTextEventSerializer$Builder',
  ])
  maybe(0.4, 'sink.serializer.appendNewline', ['false', 'true', 'FALSE', 'no', ''])
  maybe(0.3, 'sink.serializer.columns', ['a', 'h1 h2'])
  maybe(0.3, 'sink.serializer.format', ['CSV', 'x'])
  maybe(0.6, 'sink.pathManager', [
    'DEFAULT',
    'default',
    'rolltime',
    'ROLLTIME',
    'org.apache.flume.formatter.output.DefaultPathManager$Builder',
    'bogus',
    'x.Y',
  ])
  maybe(0.4, 'sink.pathManager.prefix', ['p-', 'a b', 'ü', '', '.', 'q.'])
  maybe(0.4, 'sink.pathManager.extension', ['log', '.txt', '', 'a.b', 'ü'])
  maybe(0.3, 'sink.pathManager.directory', ['@WORK@'])
  maybe(0.3, 'sink.batchSize', ['1', '3', '100', '1000', 'x'])
  const source = ['type = spooldir', 'spoolDir = @WORK@/spool', 'basenameHeader = true']
  return {
    kind: 'file_roll',
    ...withFileSink(source, sink),
    folders: ['spool'],
    before: [{ do: 'write', path: 'spool/a.log', bytes: oddText(random, 0) }],
    stages: random.chance(0.3) ? [[{ do: 'write', path: 'spool/b.log', bytes: oddText(random, 0) }]] : [],
    ordered: true,
    comparesWork: false,
  }
}
