// What Flume's receivers give to a program: Spark's SparkFlumeEvent, an event with headers and a body.
import { bodyAt, type EventBatch, type Headers, headersAt } from '../../../src-shared/event/event-batch.ts'

/** AvroFlumeEvent: headers as text, the body as bytes. */
export interface AvroFlumeEvent {
  readonly headers: Headers
  readonly body: Uint8Array
}

export class SparkFlumeEvent {
  readonly event: AvroFlumeEvent

  constructor(event: AvroFlumeEvent) {
    this.event = event
  }

  /** The body as UTF-8 text. */
  text(): string {
    const { body } = this.event
    return Buffer.from(body.buffer, body.byteOffset, body.length).toString()
  }

  toString(): string {
    return this.text()
  }
}

export function flumeEvents(batch: EventBatch): SparkFlumeEvent[] {
  return Array.from({ length: batch.count }, (_, index) => {
    return new SparkFlumeEvent({ headers: headersAt(batch, index), body: bodyAt(batch, index) })
  })
}
