// `millrace avro-client`: sends the lines of a file, of the files of a directory or of standard input to an Avro source, as flume-ng
// avro-client does.
import { open, readFile } from 'node:fs/promises'
import type { Readable } from 'node:stream'
import { Command, Option } from 'commander'
import { MillraceError, messageOf } from '../../src-shared/errors.ts'
import { batchOf, withSharedHeaders } from '../../src-shared/event/build-batch.ts'
import type { FlumeEvent, Headers } from '../../src-shared/event/event-batch.ts'
import { decodeProperties } from '../../src-shared/flume/properties-bytes.ts'
import { entriesOf, parseDocument } from '../../src-shared/flume/properties-document.ts'
import { withGlobalValues } from '../../src-shared/spec/global-values.ts'
import { definedProperties } from '../agent/configuration/system-properties.ts'
import { clientTlsProperties } from '../agent/network/tls.ts'
import { type ClientProperties, hostsOf, type RpcClient } from '../agent/rpc-client/rpc-client.ts'
import { createRpcClient } from '../agent/rpc-client/rpc-client-factory.ts'
import { splitLines } from '../agent/serialization/split-lines.ts'
import { systemClock } from '../clock.ts'
import { hostName, portNumber } from './named-address.ts'
import { existingFolder, readableFile } from './named-path.ts'
import { repeated } from './repeated-option.ts'
import { spoolThrough } from './spool-through.ts'

interface AvroClientFlags {
  readonly host?: string
  readonly port?: number
  readonly rpcProps?: string
  readonly filename?: string
  readonly dirname?: string
  readonly headerFile?: string
  readonly dryrun?: boolean
  readonly define?: readonly string[]
}

/** The command; a failure sets exit code 1 after everything that was acknowledged is sent, usage errors exit with 2. */
export function avroClientCommand(): Command {
  return new Command('avro-client')
    .description('Send lines to an Avro source: one event per line, ends when the input ends.')
    .helpOption('-h, --help', 'display help')
    .option('-H, --host <host>', 'host of the Avro source', hostName)
    .option('-p, --port <port>', 'its port; with --host, batches of 5 events as in Flume', portNumber)
    .option('-P, --rpcProps <file>', 'RPC client properties (hosts, hosts.<h>, client.type, batch-size, compression-type, ssl …)')
    .addOption(new Option('-F, --filename <file>', 'file to send; standard input when absent').conflicts('dirname'))
    .option('--dirname <dir>', 'send every file of a directory; each is renamed to .COMPLETED when it is sent')
    .option('-R, --headerFile <file>', 'Java properties that become headers of every event')
    .option('-d, --dryrun', 'say what would be sent where, and send nothing')
    .option('-D, --define <key=value>', 'a system property: javax.net.ssl.* and flume.ssl.* for all hosts', repeated)
    .option('-c, --conf <dir>', 'accepted as flume-ng does; nothing is read from it')
    .option('-C, --classpath <path>', 'accepted as flume-ng does; Millrace loads no Java classes')
    .option('--plugins-path <dirs>', 'accepted as flume-ng does; Millrace loads no Java classes')
    .addHelpText(
      'after',
      '\nclient.type: default, thrift, default_failover (max-attempts), default_loadbalance (host-selector, backoff, maxBackoff).' +
        '\nTLS for all hosts: FLUME_SSL_TRUSTSTORE_PATH, FLUME_SSL_TRUSTSTORE_PASSWORD …, or -Djavax.net.ssl.trustStore=….' +
        '\nExit code: 0 all lines were acknowledged, 1 something failed, 2 wrong usage.',
    )
    .action(async (flags: AvroClientFlags, command: Command) => {
      if (flags.rpcProps === undefined && (flags.host === undefined || flags.port === undefined)) {
        command.error('error: give --rpcProps, or --host and --port', { exitCode: 2 })
      }
      try {
        await send(flags)
      } catch (error) {
        process.stderr.write(`avro-client: ${messageOf(error)}\n`)
        process.exitCode = 1
      }
    })
}

async function send(flags: AvroClientFlags): Promise<void> {
  const headers = flags.headerFile === undefined ? {} : await propertiesOf(flags.headerFile, '--headerFile')
  const properties = withGlobalValues(
    clientTlsProperties,
    flags.rpcProps === undefined ? hostAndPort(flags) : await propertiesOf(flags.rpcProps, '--rpcProps'),
    {
      systemProperties: definedProperties(flags.define),
      env: process.env,
    },
  )
  if (flags.dryrun === true) {
    process.stdout.write(
      `${sentFrom(flags)} would go to ${hostsOf(properties)
        .map(({ host, port }) => `${host}:${port}`)
        .join(' ')}\n`,
    )
    return
  }
  // Opened before anything is sent: a file that is not there must not look like a short one.
  const input = flags.filename === undefined ? undefined : (await open(readableFile(flags.filename, '--filename'))).createReadStream()
  if (flags.dirname !== undefined) existingFolder(flags.dirname, '--dirname')
  const client = await createRpcClient(properties, { clock: systemClock, warn: (sentence) => process.stderr.write(`${sentence}\n`) })
  const counted = new CountingClient(client)
  try {
    if (flags.dirname === undefined) await sendLines(counted, input ?? process.stdin, headers)
    else {
      const sent = (batch: Parameters<RpcClient['appendBatch']>[0]): Promise<void> => counted.appendBatch(withSharedHeaders(batch, headers))
      await spoolThrough(flags.dirname, counted.batchSize, sent)
    }
  } catch (error) {
    throw new MillraceError('EVENT_DELIVERY', `after ${counted.sent} acknowledged events`, { cause: error })
  } finally {
    client.close()
  }
  process.stderr.write(`${counted.sent} events sent and acknowledged.\n`)
}

const sentFrom = ({ filename, dirname }: AvroClientFlags): string =>
  dirname !== undefined ? `The files of ${dirname}` : (filename ?? 'Standard input')

async function sendLines(client: CountingClient, input: Readable, headers: Headers): Promise<void> {
  let waiting: FlumeEvent[] = []
  const flush = async (): Promise<void> => {
    await client.appendBatch(batchOf(waiting))
    waiting = []
  }
  for await (const body of splitLines(input)) {
    waiting.push({ headers, body })
    if (waiting.length >= client.batchSize) await flush()
  }
  if (waiting.length > 0) await flush()
}

class CountingClient implements Omit<RpcClient, 'close'> {
  readonly #client: RpcClient
  sent = 0

  constructor(client: RpcClient) {
    this.#client = client
  }

  get batchSize(): number {
    return this.#client.batchSize
  }

  async appendBatch(batch: Parameters<RpcClient['appendBatch']>[0]): Promise<void> {
    await this.#client.appendBatch(batch)
    this.sent += batch.count
  }
}

/** As Flume's default instance for a host and a port. */
function hostAndPort({ host, port }: AvroClientFlags): ClientProperties {
  return { hosts: 'h1', 'hosts.h1': `${host}:${port}`, 'batch-size': '5' }
}

async function propertiesOf(path: string, option: string): Promise<ClientProperties> {
  const { text } = decodeProperties(await readFile(readableFile(path, option)))
  return Object.fromEntries(entriesOf(parseDocument(text)).map((entry) => [entry.key, entry.value]))
}
