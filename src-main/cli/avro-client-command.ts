// `millrace avro-client`: sends the lines of a file or of standard input to an Avro source, as flume-ng avro-client does.
import { open, readFile } from 'node:fs/promises'
import type { Readable } from 'node:stream'
import { Command } from 'commander'
import { MillraceError, messageOf } from '../../src-shared/errors.ts'
import { batchOf } from '../../src-shared/event/build-batch.ts'
import type { FlumeEvent, Headers } from '../../src-shared/event/event-batch.ts'
import { decodeProperties } from '../../src-shared/flume/properties-bytes.ts'
import { entriesOf, parseDocument } from '../../src-shared/flume/properties-document.ts'
import { FlumeClient, type FlumeClientOptions } from '../agent/avro/flume-client.ts'
import { clientSecureContext } from '../agent/network/tls.ts'
import { splitLines } from '../agent/serialization/split-lines.ts'

interface AvroClientFlags {
  readonly host?: string
  readonly port?: string
  readonly rpcProps?: string
  readonly filename?: string
  readonly headerFile?: string
}

/** The command; a failure sets exit code 1 after everything that was acknowledged is sent, usage errors exit with 2. */
export function avroClientCommand(): Command {
  return new Command('avro-client')
    .description('Send lines to an Avro source: one event per line, ends when the input ends.')
    .helpOption('-h, --help', 'display help')
    .option('-H, --host <host>', 'host of the Avro source')
    .option('-p, --port <port>', 'its port; with --host, batches of 5 events as in Flume')
    .option('-P, --rpcProps <file>', 'RPC client properties (hosts, hosts.<h>, batch-size, compression-type, ssl …)')
    .option('-F, --filename <file>', 'file to send; standard input when absent')
    .option('-R, --headerFile <file>', 'Java properties that become headers of every event')
    .addHelpText('after', '\nExit code: 0 all lines were acknowledged, 1 something failed, 2 wrong usage.')
    .action(async (flags: AvroClientFlags, command: Command) => {
      if (flags.rpcProps === undefined && (flags.host === undefined || flags.port === undefined)) {
        command.error('error: give --rpcProps, or --host and --port', { exitCode: 2 })
      }
      try {
        const sent = await send(flags)
        process.stderr.write(`${sent} events sent and acknowledged.\n`)
      } catch (error) {
        process.stderr.write(`avro-client: ${messageOf(error)}\n`)
        process.exitCode = 1
      }
    })
}

async function send(flags: AvroClientFlags): Promise<number> {
  const headers = flags.headerFile === undefined ? {} : await propertiesOf(flags.headerFile)
  const { batchSize, ...options } = flags.rpcProps === undefined ? hostAndPort(flags) : await rpcOptions(await propertiesOf(flags.rpcProps))
  // Opened before anything is sent: a file that is not there must not look like a short one.
  const input: Readable = flags.filename === undefined ? process.stdin : (await open(flags.filename)).createReadStream()
  const client = await FlumeClient.connect(options)
  let sent = 0
  try {
    let waiting: FlumeEvent[] = []
    const flush = async (): Promise<void> => {
      await client.appendBatch(batchOf(waiting))
      sent += waiting.length
      waiting = []
    }
    for await (const body of splitLines(input)) {
      waiting.push({ headers, body })
      if (waiting.length >= batchSize) await flush()
    }
    if (waiting.length > 0) await flush()
  } catch (error) {
    throw new MillraceError('EVENT_DELIVERY', `after ${sent} acknowledged events`, { cause: error })
  } finally {
    client.close()
  }
  return sent
}

type ClientSettings = FlumeClientOptions & { readonly batchSize: number }

const flumeTimeoutMs = (text: string | undefined): number => {
  const value = Number(text ?? 20_000)
  return Number.isInteger(value) && value >= 1000 ? value : 20_000
}

function hostAndPort(flags: AvroClientFlags): ClientSettings {
  return { host: flags.host!, port: portOf(flags.port!, '--port'), connectTimeoutMs: 20_000, requestTimeoutMs: 20_000, batchSize: 5 }
}

async function rpcOptions(properties: Readonly<Record<string, string>>): Promise<ClientSettings> {
  const type = properties['client.type'] ?? 'default'
  if (type.toLowerCase() !== 'default') throw new MillraceError('BAD_ARGUMENT', `client.type = ${type} is not built yet; use default.`)
  const [first, ...others] = (properties['hosts'] ?? '').split(/\s+/).filter((name) => name !== '')
  if (first === undefined)
    throw new MillraceError('BAD_ARGUMENT', 'The RPC properties name no hosts. Add hosts = h1 and hosts.h1 = host:port.')
  if (others.length > 0) process.stderr.write(`client.type default uses one host; ${others.join(', ')} are not used.\n`)
  const address = properties[`hosts.${first}`]
  const [, host, port] = /^(.+):(\d+)$/.exec(address ?? '') ?? []
  if (host === undefined || port === undefined)
    throw new MillraceError('BAD_ARGUMENT', `hosts.${first} = ${address ?? '(absent)'} is not host:port.`)
  return {
    host,
    port: portOf(port, `hosts.${first}`),
    connectTimeoutMs: flumeTimeoutMs(properties['connect-timeout']),
    requestTimeoutMs: flumeTimeoutMs(properties['request-timeout']),
    batchSize: Math.max(1, Number(properties['batch-size'] ?? 100) || 100),
    ...(properties['compression-type'] === 'deflate' && { compressionLevel: Number(properties['compression-level'] ?? 6) }),
    ...(properties['ssl'] === 'true' && { tls: await tlsOf(properties) }),
  }
}

async function tlsOf(properties: Readonly<Record<string, string>>): Promise<NonNullable<FlumeClientOptions['tls']>> {
  const words = (key: string): string[] => (properties[key] ?? '').split(/\s+/).filter((word) => word !== '')
  const trustAll = properties['trust-all-certs'] === 'true'
  const secureContext = await clientSecureContext({
    'trust-all-certs': trustAll,
    truststore: properties['truststore'],
    'truststore-password': properties['truststore-password'],
    'truststore-type': properties['truststore-type'] ?? 'JKS',
    'exclude-protocols': words('exclude-protocols'),
    'include-protocols': words('include-protocols'),
    'exclude-cipher-suites': words('exclude-cipher-suites'),
    'include-cipher-suites': words('include-cipher-suites'),
  })
  return { secureContext, rejectUnauthorized: !trustAll }
}

function portOf(text: string, what: string): number {
  const port = Number(text)
  if (!/^\d+$/.test(text) || port < 1 || port > 65535)
    throw new MillraceError('BAD_ARGUMENT', `${what}: ${text} is not a port (1 to 65535).`)
  return port
}

async function propertiesOf(path: string): Promise<Headers & Readonly<Record<string, string>>> {
  const { text } = decodeProperties(await readFile(path))
  return Object.fromEntries(entriesOf(parseDocument(text)).map((entry) => [entry.key, entry.value]))
}
