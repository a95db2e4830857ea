// Flume's AvroSourceProtocol as a service: append and appendBatch, answered OK or FAILED.
import type { EventBatch } from '../../../src-shared/event/event-batch.ts'
import { type EventLimits, MessageAllowance } from '../network/limits.ts'
import { readEvents } from './event-codec.ts'
import type { RpcService } from './rpc-responder.ts'
import { sourceProtocol } from './source-protocol.ts'

type Status = 'OK' | 'FAILED'

/** Stores what a client sent. `OK` after the channel's commit; `FAILED` asks the client to send again. */
export type AppendHandler = (batch: EventBatch, kind: 'append' | 'appendBatch') => Status | Promise<Status>

/** Status OK and FAILED as Avro's enum indexes. */
const answers = { OK: Buffer.from([0]), FAILED: Buffer.from([2]) }

/** A message beyond the limits is answered with an error that says which. */
export function sourceService(append: AppendHandler, limits: EventLimits): RpcService {
  return {
    protocol: sourceProtocol,
    call: (name, parameters) => {
      if (name !== 'append' && name !== 'appendBatch') return undefined
      const status = append(readEvents(parameters, name, new MessageAllowance(limits)), name)
      return typeof status === 'string' ? answers[status] : status.then((later) => answers[later])
    },
  }
}
