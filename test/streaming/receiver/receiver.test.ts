import { createServer, type Socket } from 'node:net'
import { expect, test } from 'vitest'
import { Receiver, type StreamingListener } from '../../../src-main/streaming/api.ts'
import { StreamingTestDriver } from '../../../src-main/streaming/testing.ts'

class PushReceiver extends Receiver<string> {
  starts = 0
  stops = 0
  override onStart(): void {
    this.starts += 1
  }
  override onStop(): void {
    this.stops += 1
  }
}

/** Lets what is under way go on. */
const turns = async (): Promise<void> => {
  for (let turn = 0; turn < 10; turn++) await new Promise((resolve) => setImmediate(resolve))
}

test('records that were stored go to the next batch, one partition per block', async () => {
  const driver = new StreamingTestDriver()
  const receiver = new PushReceiver()
  const collected = driver.collect(driver.context.receiverStream(receiver))
  driver.start()
  await turns()
  void receiver.store('a')
  void receiver.store('b')
  driver.clock.advance(200)
  await turns()
  void receiver.store('c')
  await receiver.storeBlock(['d', 'e'])
  await driver.advance(2)
  expect(collected[0]?.elements.toSorted()).toEqual(['a', 'b', 'c', 'd', 'e'])
  expect(collected[0]?.partitions).toContainEqual(['a', 'b'])
  expect(collected[0]?.partitions).toContainEqual(['d', 'e'])
  expect(collected[1]?.elements).toEqual([])
  expect(driver.records[0]?.inputs[0]).toMatchObject({ records: 5 })
  await driver.stop()
  expect(receiver.stops).toBe(1)
})

test('a restart stops the receiver, waits the delay and starts it; listeners see both, with the error', async () => {
  const driver = new StreamingTestDriver()
  const heard: string[] = []
  const listener: StreamingListener = {
    onReceiverStarted: ({ receiverInfo }) => heard.push(`started ${receiverInfo.name}`),
    onReceiverStopped: ({ receiverInfo }) => heard.push(`stopped: ${receiverInfo.lastErrorMessage}`),
    onReceiverError: ({ receiverInfo }) => heard.push(`error: ${receiverInfo.lastErrorMessage} at ${receiverInfo.lastErrorTime}`),
  }
  driver.context.addStreamingListener(listener)
  const receiver = new PushReceiver()
  driver.context.receiverStream(receiver).print()
  driver.start()
  await turns()
  receiver.reportError('slow', new Error('slow'))
  receiver.restart('connection lost', new Error('ECONNRESET'))
  await turns()
  expect(receiver.isStopped()).toBe(true)
  await driver.advance(2)
  await turns()
  expect(receiver.starts).toBe(2)
  expect(heard).toEqual([
    'started PushReceiver-0',
    'error: slow at 0',
    'stopped: Restarting receiver with delay 2000ms: connection lost',
    'started PushReceiver-0',
  ])
  await driver.stop()
})

test('a graceful stop processes what was received, and no empty batches after it', async () => {
  const driver = new StreamingTestDriver()
  const receiver = new PushReceiver()
  const collected = driver.collect(driver.context.receiverStream(receiver))
  driver.start()
  await driver.advance(1)
  void receiver.store('last words')
  const stopped = driver.context.stop(true, true)
  await turns()
  driver.clock.advance(1000)
  await stopped
  expect(collected.map((batch) => batch.elements)).toEqual([[], ['last words']])
  expect(driver.context.getState()).toBe('STOPPED')
})

test('a rate limit holds records back until there is a permit', async () => {
  const driver = new StreamingTestDriver({ conf: { 'spark.streaming.receiver.maxRate': 2 } })
  const receiver = new PushReceiver()
  const collected = driver.collect(driver.context.receiverStream(receiver))
  driver.start()
  await turns()
  for (let index = 0; index < 6; index++) void receiver.store(String(index))
  for (let batch = 0; batch < 4; batch++) {
    await driver.advance(1)
    await turns()
  }
  expect(collected.flatMap((batch) => batch.elements)).toEqual(
    ['0', '1', '2', '3', '4', '5'].slice(0, collected.flatMap((batch) => batch.elements).length),
  )
  expect(collected[0]!.elements.length).toBeLessThanOrEqual(3)
  await driver.stop()
})

test('socketTextStream gives the lines of a connection, and connects again after it ends', async () => {
  const sockets: Socket[] = []
  const server = createServer((socket) => {
    sockets.push(socket)
    socket.write(`hello ${sockets.length}\nwörld\n`)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as { port: number }
  const driver = new StreamingTestDriver()
  const collected = driver.collect(driver.context.socketTextStream('127.0.0.1', port))
  const lines = (): readonly string[] => collected.flatMap((batch) => batch.elements)
  driver.start()
  const until = async (done: () => boolean): Promise<void> => {
    for (let turn = 0; turn < 2000 && !done(); turn++) {
      await new Promise((resolve) => setTimeout(resolve, 5))
      await driver.advance(1)
    }
  }
  await until(() => lines().length === 2)
  expect(lines()).toEqual(['hello 1', 'wörld'])
  sockets[0]!.end()
  await until(() => lines().length === 4)
  expect(lines().slice(2)).toEqual(['hello 2', 'wörld'])
  await driver.stop()
  server.close()
})
