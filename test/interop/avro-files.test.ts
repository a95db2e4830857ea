// Containers of `avro_event` in every codec: ours read by Java Avro, a real Flume's read by our AVRO deserializer, event by event.
import { readFileSync, renameSync } from 'node:fs'
import { join } from 'node:path'
import avro from 'avsc'
import { expect, test } from 'vitest'
import type { FlumeEvent } from '../../src-shared/event/event-batch.ts'
import { freePort } from '../driver/free-port.ts'
import { until } from '../driver/until.ts'
import { component, ending, write } from './agents.ts'
import { metricsAt } from './metrics.ts'
import { listening } from './ports.ts'
import { type Run, readByJavaAvro, sendBySdk, startFlumeAgent, startMillraceAgent } from './real-flume.ts'
import { containersIn, eventsIn, folders, receiver, sendSamples } from './receiving.ts'
import { firstDifference } from './sample-events.ts'

const count = 5000
const codecs = ['null', 'deflate', 'snappy', 'zstandard']

test.each(codecs)('a container of ours with the codec %s is what Java Avro reads', async (codec) => {
  const { folder, out } = folders()
  const [port, metrics] = [await freePort(), await freePort()]
  const sink = { 'sink.serializer.compressionCodec': codec }
  const run = ending(
    startMillraceAgent('a1', receiver({ folder, kind: 'avro', port, out, channel: 'sqlite', sink }), join(folder, 'state'), metrics),
  )
  await listening(run, port)
  await sendSamples(port, count)
  await drained(run, metrics)
  const reading = readByJavaAvro(containersIn(out))
  expect(await reading.ended, reading.output()).toBe(0)
  const events = reading
    .output()
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('SLF4J'))
    .map(eventOf)
  expect(firstDifference(events, count), reading.output().slice(0, 2000)).toBeUndefined()
})

test.each(codecs)('a container of a real Flume with the codec %s is read by our AVRO deserializer', async (codec) => {
  const { folder, out } = folders()
  const [port, metrics] = [await freePort(), await freePort()]
  const sink = { 'sink.serializer.compressionCodec': codec }
  const flume = ending(startFlumeAgent('a1', receiver({ folder, kind: 'avro', port, out, channel: 'memory', sink }), metrics))
  await listening(flume, port)
  const client = write(folder, 'client.properties', { hosts: 'h1', 'hosts.h1': `localhost:${port}`, 'batch-size': '1000' })
  const sending = sendBySdk(client, count)
  expect(await sending.ended, sending.output()).toBe(0)
  await drained(flume, metrics)

  const { folder: reading, out: spool } = folders()
  const { out: read } = folders()
  for (const [index, path] of containersIn(out).entries()) renameSync(path, join(spool, `${index}.avro`))
  const file = write(reading, 'reader.properties', {
    ...component('r1', 'sources', {
      ...{ type: 'spooldir', spoolDir: spool, channels: 'c1', deserializer: 'AVRO', 'deserializer.schemaType': 'LITERAL' },
    }),
    ...component('c1', 'channels', { type: 'sqlite' }),
    ...component('k1', 'sinks', {
      ...{ type: 'file_roll', channel: 'c1', 'sink.directory': read, 'sink.rollInterval': '0', 'sink.serializer': 'avro_event' },
    }),
  })
  const run = ending(startMillraceAgent('a1', file, join(reading, 'state')))
  await until(`${count} data are read: ${run.output().slice(-2000)}`, async () => (await written(read)).length >= count, 60_000)
  const events = (await written(read)).map(({ headers, body }) => {
    const schema = JSON.parse(headers['flume.avro.schema.literal']!) as avro.Schema
    return avro.Type.forSchema(schema).fromBuffer(Buffer.from(body)) as FlumeEvent
  })
  expect(firstDifference(events, count), run.output().slice(-2000)).toBeUndefined()
})

/** Stops an agent when its sink has written all events. */
async function drained(run: Run, metricsPort: number): Promise<void> {
  const written = async (): Promise<boolean> => (await metricsAt(metricsPort))?.['SINK.k1']?.['EventDrainSuccessCount'] === `${count}`
  await until(`${count} events are written: ${run.output().slice(-2000)}`, written, 120_000)
  run.process.kill('SIGTERM')
  await run.ended
}

const written = (out: string): Promise<FlumeEvent[]> => eventsIn(Buffer.concat(containersIn(out).map((path) => readFileSync(path))))

/** A line of ReadEvents.java. */
function eventOf(line: string): FlumeEvent {
  const [body, ...headers] = line.split(' ').map((word) => Buffer.from(word === '=' ? '' : word, 'base64'))
  const pairs = Array.from({ length: headers.length / 2 }, (_, at) => [`${headers[at * 2]}`, `${headers[at * 2 + 1]}`] as const)
  return { headers: Object.fromEntries(pairs), body: body! }
}
