// What configure() of Flume 1.11's sinks and sink processors accepts, refuses, and takes as batch size.
import { javaIntegerUntrimmed, javaLongUntrimmed } from '../java-text.ts'
import { check } from './configure-sources.ts'
import { type FlumeContext, missingLibrary } from './flume-context.ts'
import { isJavaUrl } from './java-url.ts'

/** Configures a sink. Answers its batch size where Flume compares that with transaction capacities. Throws ConfigureError. */
export type ConfigureSink = (context: FlumeContext) => number | undefined

const sink = 'org.apache.flume.sink.'

/** By class name. */
export const sinkClasses: Readonly<Record<string, ConfigureSink>> = {
  [`${sink}NullSink`]: (context) => {
    const batchSize = context.integer('batchSize') ?? 100
    check(batchSize > 0, 'Batch size must be > 0')
    check((context.integer('logEveryNEvents') ?? 10_000) > 0, 'logEveryNEvents must be > 0')
    return batchSize
  },
  // Flume never calls its configure(Context): the configuration type has no class, so nothing can fail (and maxBytesToLog is ignored).
  [`${sink}LoggerSink`]: () => undefined,
  [`${sink}RollingFileSink`]: (context) => {
    pathManager(context.get('sink.pathManager') ?? 'DEFAULT')
    check(context.get('sink.directory') !== undefined, 'Directory may not be null')
    const rollInterval = context.get('sink.rollInterval')
    check(rollInterval === undefined || javaLongUntrimmed(rollInterval) !== undefined, `For input string: "${rollInterval}"`)
    return context.integer('sink.batchSize') ?? 100
  },
  [`${sink}AvroSink`]: rpcSink,
  [`${sink}ThriftSink`]: rpcSink,
  [`${sink}irc.IRCSink`]: (context) => {
    const port = context.get('port')
    check(port === undefined || javaIntegerUntrimmed(port) !== undefined, `For input string: "${port}"`)
    check(context.get('hostname') !== undefined, 'No hostname specified')
    check(context.get('nick') !== undefined, 'No nick specified')
    check(context.get('chan') !== undefined, 'No chan specified')
    return undefined
  },
  [`${sink}hdfs.HDFSEventSink`]: hdfsSink,
  [`${sink}http.HttpSink`]: (context) => {
    check(isJavaUrl(context.get('endpoint') ?? ''), 'Endpoint URL invalid')
    check((context.integer('connectTimeout') ?? 5000) > 0, 'Connect timeout must be a non-zero and positive')
    check((context.integer('requestTimeout') ?? 5000) > 0, 'Request timeout must be a non-zero and positive')
    return undefined
  },
}

function rpcSink(context: FlumeContext): number {
  const hostname = context.get('hostname')
  const port = context.integer('port')
  check(hostname !== undefined, 'No hostname specified')
  check(port !== undefined, 'No port specified')
  context.integer('reset-connection-interval')
  // parseBatchSize: what is no number, or below 1, is the default.
  const batchSize = javaIntegerUntrimmed(context.get('batch-size') ?? '')
  return batchSize === undefined || batchSize < 1 ? 100 : batchSize
}

function hdfsSink(context: FlumeContext): number {
  check(context.get('hdfs.path') !== undefined, 'hdfs.path is required')
  for (const key of ['rollInterval', 'rollSize', 'rollCount']) context.long(`hdfs.${key}`)
  const batchSize = context.long('hdfs.batchSize') ?? 100
  for (const key of ['idleTimeout', 'maxOpenFiles']) context.integer(`hdfs.${key}`)
  context.long('hdfs.callTimeout')
  for (const key of ['threadsPoolSize', 'rollTimerPoolSize', 'closeTries']) context.integer(`hdfs.${key}`)
  context.long('hdfs.retryInterval')
  check(batchSize > 0, 'batchSize must be greater than 0')
  // Codecs and the log-in are Hadoop's, whose jars a Flume does not bring along.
  throw missingLibrary('org/apache/hadoop/security/UserGroupInformation')
}

function pathManager(type: string): void {
  const known = ['DEFAULT', 'ROLLTIME'].includes(type.toUpperCase())
  const classes = ['DefaultPathManager$Builder', 'RollTimePathManager$Builder'].map((name) => `org.apache.flume.formatter.output.${name}`)
  check(known || classes.includes(type), `java.lang.ClassNotFoundException: ${type}`)
}

/** Makes the processor of a group. Answers its name in the words of the golden cases. Throws ConfigureError: then the group is removed and its sinks run not at all. */
export function configureProcessor(context: FlumeContext, sinks: number): 'Default' | 'Failover' | 'LoadBalancing' {
  const type = context.get('type')
  const name =
    type === undefined
      ? undefined
      : (processors[type.toUpperCase()] ?? Object.values(processors).find((known) => `${sink}${known}SinkProcessor` === type))
  if (name === undefined) check(false, `Unable to load sink processor type: ${type}, class: ${type}`)
  if (name === 'Default') check(sinks === 1, 'DefaultSinkPolicy can only handle one sink, try using a policy that supports multiple sinks')
  if (name === 'LoadBalancing') {
    check(sinks > 1, 'The LoadBalancingSinkProcessor cannot be used for a single sink. Please configure more than one sinks and try again.')
    const selector = (context.get('selector') ?? 'ROUND_ROBIN').toUpperCase()
    check(selector === 'ROUND_ROBIN' || selector === 'RANDOM', `Unable to instantiate sink selector: ${context.get('selector')}`)
    context.sub('selector.').long('maxTimeOut')
  }
  return name!
}

const processors: Readonly<Record<string, 'Default' | 'Failover' | 'LoadBalancing'>> = {
  DEFAULT: 'Default',
  FAILOVER: 'Failover',
  LOAD_BALANCE: 'LoadBalancing',
}
