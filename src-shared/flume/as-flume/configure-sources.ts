// What configure() of Flume 1.11's sources accepts, refuses, and takes as batch size; one function per class, after its source.
import { isJavaCharset } from '../java-charset.ts'
import { javaIntegerUntrimmed, javaWords } from '../java-text.ts'
import { ConfigureError, checkArray, type FlumeContext, missingLibrary } from './flume-context.ts'

/** What configuring needs of the machine beyond the parameters. */
export interface ConfigureEnvironment {
  readonly env: Readonly<Record<string, string | undefined>>
  readonly systemProperties: Readonly<Record<string, string>>
  /** Whether a key store can be opened; absent: it is taken for granted. */
  readonly keystoreOpens?: (path: string, password: string, type: string) => boolean
  /** Whether there is a file that can be read; absent: there is none. */
  readonly isReadable?: (path: string) => boolean
}

/** Configures a source. Answers its batch size when Flume compares that with transaction capacities. Throws ConfigureError. */
export type ConfigureSource = (context: FlumeContext, environment: ConfigureEnvironment) => number | undefined

const source = 'org.apache.flume.source.'

/** By class name. */
export const sourceClasses: Readonly<Record<string, ConfigureSource>> = {
  [`${source}SequenceGeneratorSource`]: (context) => {
    const batchSize = context.integer('batchSize') ?? 1
    context.long('totalEvents')
    check(batchSize > 0, `batchSize was ${batchSize} but expected positive`)
    pollable(context)
    return batchSize
  },
  [`${source}StressSource`]: (context) => {
    context.long('maxTotalEvents')
    context.long('maxSuccessfulEvents')
    const batchSize = context.integer('batchSize') ?? 1
    const size = context.integer('size') ?? 500
    context.integer('maxEventsPerSecond')
    check(size >= 0, String(size))
    checkArray(size)
    checkArray(batchSize)
    pollable(context)
    return batchSize
  },
  [`${source}NetcatSource`]: (context) => {
    context.required('bind', 'port')
    context.integer('port')
    context.integer('max-line-length')
    return undefined
  },
  [`${source}NetcatUdpSource`]: (context) => {
    context.required('port')
    context.integer('port')
    return undefined
  },
  [`${source}ExecSource`]: (context) => {
    check(context.get('command') !== undefined, 'The parameter command must be specified')
    context.long('restartThrottle')
    const batchSize = context.integer('batchSize') ?? 20
    context.long('batchTimeout')
    charset(context.get('charset') ?? 'UTF-8')
    return batchSize
  },
  [`${source}AvroSource`]: (context, environment) => {
    ssl(context, environment)
    context.required('port', 'bind')
    context.integer('port')
    if (context.boolean('ipFilter', false)) ipFilterRules(context.get('ipFilterRules'))
    return undefined
  },
  [`${source}ThriftSource`]: (context, environment) => {
    ssl(context, environment)
    check(context.integer('port') !== undefined, 'Port must be specified for Thrift Source.')
    check(context.get('bind') !== undefined, 'Bind address must be specified for Thrift Source.')
    const protocol = (context.get('protocol') ?? 'compact').toLowerCase()
    check(protocol === 'binary' || protocol === 'compact', 'binary or compact are the only valid Thrift protocol types to choose from.')
    const principal = context.get('agent-principal')
    const keytab = context.get('agent-keytab')
    check(keytab === undefined || principal !== undefined, 'Principal can not be null when keytab is provided')
    check(principal === undefined || keytab !== undefined, 'Keytab can not be null when Principal is provided')
    if (keytab !== undefined) {
      check(environment.isReadable?.(keytab) ?? false, `Keytab is not a readable file: ${keytab}`)
      // The log-in is Hadoop's, whose jars a Flume does not bring along.
      throw missingLibrary('org/apache/hadoop/security/SecurityUtil')
    }
    check(
      !context.boolean('kerberos', false) || principal !== undefined,
      `Authentication failed in Kerberos mode for principal ${principal} keytab ${keytab}`,
    )
    return undefined
  },
  [`${source}SyslogTcpSource`]: (context, environment) => {
    ssl(context, environment)
    context.required('port')
    context.integer('port')
    context.integer('eventSize')
    return undefined
  },
  [`${source}SyslogUDPSource`]: (context) => {
    context.required('port')
    context.integer('port')
    return undefined
  },
  [`${source}MultiportSyslogTCPSource`]: (context, environment) => {
    ssl(context, environment)
    const ports = context.get('ports')
    check(ports !== undefined, 'Must define config parameter for MultiportSyslogTCPSource: ports')
    for (const port of javaWords(ports!)) untrimmedInteger(port)
    context.integer('numProcessors')
    context.integer('eventSize')
    charset(context.get('charset.default') ?? 'UTF-8')
    for (const [port, name] of context.sub('charset.port.').parameters) {
      untrimmedInteger(port)
      charset(name)
    }
    const batchSize = context.integer('batchSize') ?? 100
    context.integer('readBufferBytes')
    return batchSize
  },
  [`${source}SpoolDirectorySource`]: (context) => {
    check(context.get('spoolDir') !== undefined, 'Configuration must specify a spooling directory')
    const batchSize = context.integer('batchSize') ?? 100
    enumeration('DecodeErrorPolicy', context.get('decodeErrorPolicy') ?? 'FAIL', ['FAIL', 'REPLACE', 'IGNORE'])
    enumeration('ConsumeOrder', context.get('consumeOrder') ?? 'OLDEST', ['OLDEST', 'YOUNGEST', 'RANDOM'])
    context.integer('pollDelay')
    context.integer('bufferMaxLineLength')
    context.integer('maxBackoff')
    return batchSize
  },
  [`${source}taildir.TaildirSource`]: (context) => {
    const groups = context.get('filegroups')
    check(groups !== undefined, 'Missing param: filegroups')
    const paths = context.sub('filegroups.')
    check(
      javaWords(groups!).some((group) => paths.get(group) !== undefined),
      "Mapping for tailing files is empty or invalid: 'filegroups.'",
    )
    // Paths.get("name").getParent() is null, and Files.createDirectories(null) throws.
    check(/.\/+[^/]|^\/./.test((context.get('positionFile') ?? '/x/y').replace(/\/+$/, '')), 'positionFile has no parent folder')
    for (const key of context.sub('headers.').parameters.keys())
      check(key.includes('.'), `Index 1 out of bounds for length 1 (headers.${key})`)
    const batchSize = context.integer('batchSize') ?? 100
    context.integer('idleTimeout')
    context.integer('writePosInterval')
    pollable(context)
    context.long('maxBatchCount')
    return batchSize
  },
  [`${source}http.HTTPSource`]: (context, environment) => {
    const deprecated = { ssl: 'enableSSL', 'keystore-password': 'keystorePassword', 'exclude-protocols': 'excludeProtocols' }
    for (const [key, old] of Object.entries(deprecated)) {
      const value = context.get(old)
      if (value !== undefined && context.get(key) === undefined) context.put(key, value)
    }
    ssl(context, environment)
    const port = context.integer('port')
    check(port !== undefined, 'HTTPSource requires a port number to be specified')
    const handler = (context.get('handler') ?? `${source}http.JSONHandler`).trim()
    if (handler === 'org.apache.flume.sink.solr.morphline.BlobHandler') {
      check((context.sub('handler.').integer('maxBlobLength') ?? 1) > 0, 'Configuration parameter maxBlobLength must be greater than zero')
    } else {
      check([`${source}http.JSONHandler`, `${source}http.BLOBHandler`].includes(handler), `java.lang.ClassNotFoundException: ${handler}`)
    }
    return undefined
  },
  [`${source}scribe.ScribeSource`]: (context) => {
    context.integer('port')
    context.integer('maxReadBufferBytes')
    context.integer('workerThreads')
    return undefined
  },
}

/** Throws ConfigureError with `message` unless `holds`. */
export function check(holds: boolean, message: string): void {
  if (!holds) throw new ConfigureError(message)
}

export function charset(name: string): void {
  check(isJavaCharset(name), `Unsupported charset: ${name}`)
}

function pollable(context: FlumeContext): void {
  context.long('backoffSleepIncrement')
  context.long('maxBackoffSleep')
}

function untrimmedInteger(text: string): void {
  check(javaIntegerUntrimmed(text) !== undefined, `For input string: "${text}"`)
}

function enumeration(name: string, value: string, words: readonly string[]): void {
  check(words.includes(value.toUpperCase()), `No enum constant ${name}.${value.toUpperCase()}`)
}

function ipFilterRules(rules: string | undefined): void {
  check(rules !== undefined && rules.trim() !== '', 'ipFilter is configured with true but ipFilterRules is not defined:')
  for (const rule of rules!.split(',')) {
    check(
      /^(?:allow|deny):(?:ip|name):/.test(rule.trim()),
      `Invalid ipFilter patternRule '${rule.trim()}' should look like <'allow'  or 'deny'>:<'ip' or 'name'>:<pattern>`,
    )
  }
}

/** SslContextAwareAbstractSource.configureSsl. */
function ssl(context: FlumeContext, { env, systemProperties, keystoreOpens }: ConfigureEnvironment): void {
  if (!context.boolean('ssl', false)) return
  const keystore = context.get('keystore') ?? systemProperties['javax.net.ssl.keyStore'] ?? env['FLUME_SSL_KEYSTORE_PATH']
  const password =
    context.get('keystore-password') ?? systemProperties['javax.net.ssl.keyStorePassword'] ?? env['FLUME_SSL_KEYSTORE_PASSWORD']
  const type = context.get('keystore-type') ?? systemProperties['javax.net.ssl.keyStoreType'] ?? env['FLUME_SSL_KEYSTORE_TYPE'] ?? 'JKS'
  if (keystore === undefined) throw new ConfigureError('keystore must be specified when SSL is enabled')
  if (password === undefined) throw new ConfigureError('keystore-password must be specified when SSL is enabled')
  check(keystoreOpens?.(keystore, password, type) ?? true, `configured with invalid keystore: ${keystore}`)
}
