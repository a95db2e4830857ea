// Streams that are TCP clients: socketTextStream, socketStream, rawSocketStream.
import { createServer, type Socket } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import { type DStream, encodeObjects, StorageLevel } from '../../../src-main/streaming/api.ts'
import { type CollectedBatch, StreamingTestDriver } from '../../../src-main/streaming/testing.ts'
import { until } from '../../driver/until.ts'

interface Server {
  readonly port: number
  readonly clients: Socket[]
  client(index: number): Promise<Socket>
}

async function server(): Promise<Server> {
  const clients: Socket[] = []
  const listening = createServer((socket) => {
    socket.on('error', () => {}) // a receiver that stops may reset it
    clients.push(socket)
  })
  await new Promise<void>((resolve) => listening.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    for (const client of clients) client.destroy()
    listening.close()
  })
  const { port } = listening.address() as { port: number }
  return { port, clients, client: (index) => until('the receiver connects', () => clients[index]) }
}

interface Run<T> {
  readonly driver: StreamingTestDriver
  readonly collected: readonly CollectedBatch<T>[]
  readonly stops: string[]
}

function run<T>(open: (driver: StreamingTestDriver) => DStream<T>): Run<T> {
  const driver = new StreamingTestDriver()
  const stops: string[] = []
  driver.context.addStreamingListener({ onReceiverStopped: ({ receiverInfo }) => stops.push(receiverInfo.lastErrorMessage) })
  const collected = driver.collect(open(driver))
  driver.start()
  onTestFinished(() => driver.stop())
  return { driver, collected, stops }
}

/** Batches until there are so many records. */
async function batches<T>({ driver, collected }: Run<T>, count: number): Promise<T[]> {
  const all = (): T[] => collected.flatMap(({ elements }) => [...elements])
  await until(`${count} records are in batches`, async () => {
    await driver.advance()
    return all().length >= count
  })
  return all()
}

test('socketTextStream gives lines; the last one when the connection ends, after which it connects again', async () => {
  const { port, client, clients } = await server()
  const stream = run((driver) => driver.context.socketTextStream('127.0.0.1', port, StorageLevel.MEMORY_ONLY))
  const first = await client(0)
  first.end('one\r\ntwo\u2028still two\nthree')
  expect(await batches(stream, 3)).toEqual(['one', 'two\u2028still two', 'three'])
  const second = await until('it connects again', async () => {
    await stream.driver.advance()
    return clients[1]
  })
  second.write('four\n')
  expect(await batches(stream, 4)).toEqual(['one', 'two\u2028still two', 'three', 'four'])
  expect(stream.stops).toEqual(['Restarting receiver with delay 2000ms: Socket data stream had no more data'])
})

test('where nobody listens a socket stream tries again every two seconds and says where', async () => {
  const refused = createServer()
  const free = await new Promise<number>((resolve) => {
    refused.listen(0, '127.0.0.1', () => {
      const { port: taken } = refused.address() as { port: number }
      refused.close(() => resolve(taken))
    })
  })
  const stream = run((driver) => driver.context.socketTextStream('127.0.0.1', free))
  await until('it was refused', () => stream.stops.length > 0)
  expect(stream.stops[0]).toBe(`Restarting receiver with delay 2000ms: Error connecting to 127.0.0.1:${free}`)
})

test('socketStream gives what its decoder makes of the bytes', async () => {
  const { port, client } = await server()
  const lengths = async function* (socket: Socket): AsyncGenerator<number> {
    for await (const bytes of socket as AsyncIterable<Uint8Array>) for (const byte of bytes) yield byte
  }
  const stream = run((driver) => driver.context.socketStream('127.0.0.1', port, lengths, StorageLevel.MEMORY_AND_DISK_SER_2))
  ;(await client(0)).write(Uint8Array.from([1, 2, 3]))
  expect(await batches(stream, 3)).toEqual([1, 2, 3])
})

function frame(records: readonly unknown[]): Buffer {
  const block = encodeObjects(records)
  const length = Buffer.alloc(4)
  length.writeUInt32BE(block.length)
  return Buffer.concat([length, block])
}

test('rawSocketStream makes a block of each frame, however it is cut; its records are not counted as input, as in Spark', async () => {
  const { port, client } = await server()
  const stream = run((driver) => driver.context.rawSocketStream<unknown>('127.0.0.1', port))
  const socket = await client(0)
  const bytes = Buffer.concat([frame(['a', { b: 1 }]), frame([]), frame([[3]])])
  socket.setNoDelay(true)
  for (const byte of bytes) socket.write(Uint8Array.from([byte]))
  expect(await batches(stream, 3)).toEqual(['a', { b: 1 }, [3]])
  expect(stream.collected.flatMap(({ partitions }) => partitions.filter((partition) => partition.length > 0))).toEqual([
    ['a', { b: 1 }],
    [[3]],
  ])
  expect(stream.driver.records.map((record) => record.inputs[0]?.records)).toEqual(stream.driver.records.map(() => 0))
})

test('bytes that are no frame end the connection with a sentence, and it is made again', async () => {
  const { port, client, clients } = await server()
  const stream = run((driver) => driver.context.rawSocketStream<unknown>('127.0.0.1', port))
  const errors: string[] = []
  stream.driver.context.addStreamingListener({ onReceiverStopped: ({ receiverInfo }) => errors.push(receiverInfo.lastError) })
  ;(await client(0)).write(Uint8Array.from([0xff, 0xff, 0xff, 0xff]))
  await until('it says so', () => errors.length > 0)
  expect(stream.stops).toEqual(['Restarting receiver with delay 2000ms: Error receiving data'])
  expect(errors[0]).toContain('A frame says that it has -1 bytes.')
  const again = await until('it connects again', async () => {
    await stream.driver.advance()
    return clients[1]
  })
  again.end(frame(['whole']).subarray(0, 7))
  await until('it says so', () => errors.length > 1)
  expect(errors[1]).toContain('The connection ended within a frame: 3 of')
})
