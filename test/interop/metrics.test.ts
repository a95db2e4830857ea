// /metrics of the same agent in Millrace and in a real Flume 1.11, after the same events: components, keys, and every value that does not
// depend on time.
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { freePort } from '../driver/free-port.ts'
import { temporaryFolder } from '../driver/temporary-folder.ts'
import { until } from '../driver/until.ts'
import { ending, write } from './agents.ts'
import { type Metrics, metricsAt } from './metrics.ts'
import { listening } from './ports.ts'
import { type Run, startFlumeAgent, startMillraceAgent } from './real-flume.ts'
import { sendSamples } from './receiving.ts'

const count = 3000

/** Times, how often something looked and found nothing or a part, and how often a sink came before the source that
 * it sends to; Flume counts open connections once a minute. */
const dependsOnTime =
  /^(StartTime|StopTime|Batch(Empty|Underflow|Complete)Count|(ConnectionFailed|OpenConnection)Count|EventWriteFail|Event(Take|DrainAttempt|PutAttempt|TakeAttempt)\w*Count)$/

test('the same pipeline has the same components, keys and values in both', async () => {
  const [theirs, ours] = [await flumeMetrics(), await millraceMetrics()]
  expect(Object.keys(ours).sort()).toEqual(Object.keys(theirs).sort())
  for (const [component, values] of Object.entries(theirs)) {
    expect({ component, keys: Object.keys(ours[component]!).sort() }).toEqual({ component, keys: Object.keys(values).sort() })
    expect({ component, ...timeless(ours[component]!) }).toEqual({ component, ...timeless(values) })
  }
})

function timeless(values: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(values).filter(([key]) => !dependsOnTime.test(key)))
}

async function flumeMetrics(): Promise<Metrics> {
  const { file, into, metrics } = await pipeline()
  return await after(ending(startFlumeAgent('a1', file, metrics)), into, metrics)
}

async function millraceMetrics(): Promise<Metrics> {
  const { folder, file, into, metrics } = await pipeline()
  return await after(ending(startMillraceAgent('a1', file, join(folder, 'state'), metrics)), into, metrics)
}

/** The metrics once the events have gone all the way. */
async function after(run: Run, into: number, metricsPort: number): Promise<Metrics> {
  await listening(run, into)
  await sendSamples(into, count)
  const through = async (): Promise<Metrics | undefined> => {
    const metrics = await metricsAt(metricsPort)
    const empty =
      metrics !== undefined && Object.values(metrics).every(({ ChannelSize }) => ChannelSize === undefined || ChannelSize === '0')
    return empty && metrics['SINK.rolled']?.['EventDrainSuccessCount'] === `${count}` ? metrics : undefined
  }
  return await until(`${count} events are through`, through, 120_000).catch(async (error: unknown) => {
    throw new Error(`${JSON.stringify(await metricsAt(metricsPort))}\n${run.output().slice(0, 30000)}`, { cause: error })
  })
}

/** avro → memory → avro sink → avro source → file channel → thrift sink → thrift source → memory → file_roll; the rest is idle. */
async function pipeline(): Promise<{ folder: string; file: string; into: number; metrics: number }> {
  const folder = temporaryFolder()
  for (const name of ['out', 'spool', 'checkpoint', 'data', 'checkpoint2', 'data2']) mkdirSync(join(folder, name))
  const ports = await Promise.all(Array.from({ length: 9 }, freePort))
  const [into, avro, thrift, netcat, syslog, multiport, http, udp, metrics] = ports
  const listener = (type: string, port: number | undefined, channel: string) => ({
    type,
    bind: '127.0.0.1',
    port: `${port}`,
    channels: channel,
  })
  const sources: Record<string, Record<string, string>> = {
    in: listener('avro', into, 'first'),
    second: listener('avro', avro, 'durable'),
    third: listener('thrift', thrift, 'last'),
    netcat: listener('netcat', netcat, 'spilling'),
    http: listener('http', http, 'idle'),
    syslog: { type: 'syslogtcp', host: '127.0.0.1', port: `${syslog}`, channels: 'idle' },
    multiport: { type: 'multiport_syslogtcp', host: '127.0.0.1', ports: `${multiport}`, channels: 'idle' },
    udp: { type: 'syslogudp', host: '127.0.0.1', port: `${udp}`, channels: 'idle' },
    spool: { type: 'spooldir', spoolDir: join(folder, 'spool'), channels: 'idle' },
    exec: { type: 'exec', command: 'cat /dev/null', channels: 'idle' },
    tail: {
      type: 'TAILDIR',
      filegroups: 'f',
      'filegroups.f': join(folder, 'spool', 'none'),
      positionFile: join(folder, 'p'),
      channels: 'idle',
    },
  }
  const channels: Record<string, Record<string, string>> = {
    first: { type: 'memory', capacity: '10000', transactionCapacity: '1000' },
    durable: {
      type: 'file',
      checkpointDir: join(folder, 'checkpoint'),
      dataDirs: join(folder, 'data'),
      capacity: '10000',
      transactionCapacity: '1000',
    },
    spilling: {
      ...{ type: 'SPILLABLEMEMORY', memoryCapacity: '10000', overflowCapacity: '20000' },
      ...{ checkpointDir: join(folder, 'checkpoint2'), dataDirs: join(folder, 'data2') },
    },
    last: { type: 'memory', capacity: '10000', transactionCapacity: '1000' },
    idle: { type: 'memory' },
  }
  const rpc = (type: string, port: number | undefined, channel: string) => ({
    type,
    hostname: '127.0.0.1',
    port: `${port}`,
    channel,
    'batch-size': '500',
  })
  const sinks: Record<string, Record<string, string>> = {
    avro: rpc('avro', avro, 'first'),
    thrift: rpc('thrift', thrift, 'durable'),
    rolled: { type: 'file_roll', 'sink.directory': join(folder, 'out'), 'sink.rollInterval': '0', channel: 'last' },
    nothing: { type: 'null', channel: 'spilling' },
    log: { type: 'logger', channel: 'idle' },
    web: { type: 'http', endpoint: `http://127.0.0.1:${http}/`, channel: 'idle' },
  }
  const lines: Record<string, string> = {}
  for (const [kind, components] of Object.entries({ sources, channels, sinks })) {
    lines[`a1.${kind}`] = Object.keys(components).join(' ')
    for (const [name, properties] of Object.entries(components))
      for (const [key, value] of Object.entries(properties)) lines[`a1.${kind}.${name}.${key}`] = value
  }
  return { folder, file: write(folder, 'agent.properties', lines), into: into!, metrics: metrics! }
}
