// org.apache.spark.streaming.flume.sink.SparkFlumeProtocol: how a Spark receiver pulls from a Flume agent. Text and hash as the class prints them
// (1,524 bytes, MD5 45f3c2c4aa53244ceaacda6731dedffb, recorded); an EventBatch on the wire is errorMsg, sequenceNumber, array of events.
import { type EventBatch, emptyBatch } from '../../../src-shared/event/event-batch.ts'
import { type AvroReader, AvroWriter } from '../avro/avro-binary.ts'
import { encodeEvents, readEvents } from '../avro/event-codec.ts'
import { avroProtocol } from '../avro/handshake.ts'
import { licence } from '../avro/source-protocol.ts'

export const sparkFlumeProtocol = avroProtocol(
  JSON.stringify({
    protocol: 'SparkFlumeProtocol',
    namespace: 'org.apache.spark.streaming.flume.sink',
    doc: licence,
    types: [
      {
        type: 'record',
        name: 'SparkSinkEvent',
        fields: [
          { name: 'headers', type: { type: 'map', values: 'string' } },
          { name: 'body', type: 'bytes' },
        ],
      },
      {
        type: 'record',
        name: 'EventBatch',
        fields: [
          { name: 'errorMsg', type: 'string', default: '' },
          { name: 'sequenceNumber', type: 'string' },
          { name: 'events', type: { type: 'array', items: 'SparkSinkEvent' } },
        ],
      },
    ],
    messages: {
      getEventBatch: { request: [{ name: 'n', type: 'int' }], response: 'EventBatch' },
      ack: { request: [{ name: 'sequenceNumber', type: 'string' }], response: 'null' },
      nack: { request: [{ name: 'sequenceNumber', type: 'string' }], response: 'null' },
    },
  }),
)

/** What getEventBatch answers. With an empty `errorMessage` it must be acknowledged, even when it has no events; otherwise it must not. */
export interface SparkEventBatch {
  readonly errorMessage: string
  readonly sequenceNumber: string
  readonly events: EventBatch
}

export const errorBatch = (errorMessage: string): SparkEventBatch => ({ errorMessage, sequenceNumber: '', events: emptyBatch })

export function encodeSparkBatch(batch: SparkEventBatch): Buffer {
  const writer = new AvroWriter(batch.events.bodies.length + 128)
  writer.writeText(batch.errorMessage)
  writer.writeText(batch.sequenceNumber)
  writer.writeFixed(encodeEvents(batch.events))
  return writer.finish()
}

export function readSparkBatch(reader: AvroReader): SparkEventBatch {
  return { errorMessage: reader.readText(), sequenceNumber: reader.readText(), events: readEvents(reader, 'appendBatch') }
}
