// A receiver under a name: sinks of this machine's agents that name it hand their events to it (sink SparkReceiver).

import { messageOf } from '../../../src-shared/errors.ts'
import { rpcServer } from '../../agent/avro/rpc-server.ts'
import { sourceService } from '../../agent/avro/source-service.ts'
import { defaultLimits } from '../../agent/network/limits.ts'
import { claimDoor, leaveDoor, receiverDoor } from '../../agent/spark/receiver-door.ts'
import { systemClock } from '../../clock.ts'
import { StreamingContext } from '../streaming-context.ts'
import { flumeEvents, type SparkFlumeEvent } from './flume-event.ts'

/** An open registration. */
export interface ReceiverRegistration {
  /** No event comes after it resolves; what was not stored is handed over to the next receiver of the name. */
  close(): Promise<void>
}

/** What a sink hands over at once. Once the promise has resolved the events leave the sink's channel; rejected, they come again. */
export type StoreEvents = (events: readonly SparkFlumeEvent[]) => void | Promise<void>

const maxMessageBytes = 256 * 1024 * 1024

/**
 * Registers a receiver under `name`; usually called in onStart of a Receiver, whose onStop closes it. Rejects with CONFLICT when another
 * receiver of this name runs on this machine, for this user.
 */
export async function registerReceiver(name: string, store: StoreEvents): Promise<ReceiverRegistration> {
  const context = StreamingContext.getActive()
  const log = context?.host.log
  const door = receiverDoor(name)
  const batchIntervalMs = context?.graph.batchDuration?.milliseconds
  await claimDoor(door, {
    name,
    pid: process.pid,
    appName: context?.sparkContext.appName ?? '',
    ...(batchIntervalMs !== undefined && { batchIntervalMs }),
  })
  const server = rpcServer({
    host: name,
    port: 0,
    path: door.socket,
    deflate: false,
    maxMessageBytes,
    limits: defaultLimits,
    clock: context?.host.clock ?? systemClock,
    maxInFlight: 1,
    service: sourceService(async (batch) => {
      try {
        await store(flumeEvents(batch))
        return 'OK'
      } catch (error) {
        log?.error(`The receiver ${name} could not store ${batch.count} events; they come again.`, { error: messageOf(error) })
        return 'FAILED'
      }
    }, defaultLimits),
  })
  await server.listen()
  return {
    async close() {
      await server.close()
      leaveDoor(door)
    },
  }
}
