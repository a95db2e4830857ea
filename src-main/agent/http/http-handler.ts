// How the body of an HTTP request becomes events (Flume's HTTPSourceHandler).
import type { EventBatch } from '../../../src-shared/event/event-batch.ts'
import type { EventLimits } from '../network/limits.ts'

export interface HttpRequest {
  readonly method: string
  readonly contentType: string | undefined
  /** What follows the question mark, as it came. */
  readonly query: string
  /** Written over when the handler has answered: its batch holds none of it. */
  readonly body: Buffer
  readonly limits: EventLimits
}

/**
 * Answers the events of one request: one transaction. Throws BadRequest for a client's mistake (400), LimitExceeded for
 * too much in one request (413); any other error answers 500.
 */
export type HttpHandler = (request: HttpRequest) => EventBatch

/** The client sent what cannot be read: 400. */
export class BadRequest extends Error {}
