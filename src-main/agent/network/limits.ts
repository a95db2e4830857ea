// What a client may ask of a source: how many connections, for how long, how large a message, how much in it. One definition of the keys
// for every source that listens, so that no client can make an agent run out of memory. Rule network-limits.
import { int, long } from '../../../src-shared/spec/property.ts'

/** Keys of everything that serves TCP connections. */
export const connectionLimitProperties = {
  maxConnections: int().min(1).default(10_000).extension().describe('Connections served at once; one more is closed.'),
  idleTimeout: int()
    .min(0)
    .default(3600)
    .unit('s')
    .extension()
    .describe('A connection that sends nothing for so long is closed; 0 never. Time in which the machine slept does not count.'),
  messageTimeout: int()
    .min(0)
    .default(300)
    .unit('s')
    .extension()
    .describe('A message or line that has begun must be whole by then, or its connection is closed; 0 never.'),
}

/** Keys of those whose messages hold many events, beside a greatest size. */
export const messageLimitProperties = {
  maxBufferedBytes: long()
    .min(1024)
    .default(256 * 1024 * 1024)
    .unit('bytes')
    .extension()
    .describe(
      'Of unfinished and unanswered messages of all connections; beyond it the connection with the largest unfinished one is closed.',
    ),
  maxMessageEvents: int()
    .min(1)
    .default(1_000_000)
    .unit('events')
    .extension()
    .describe('Most events of one message; a larger one is refused.'),
  maxHeaders: int()
    .min(1)
    .default(1000)
    .extension()
    .describe('Most different header names in one message; names times events may be 8 million at most. A message beyond is refused.'),
  maxHeaderBytes: int()
    .min(1)
    .default(1024 * 1024)
    .unit('bytes')
    .extension()
    .describe('Longest name or value of a header; a message with a longer one is refused.'),
}

export interface ConnectionLimits {
  readonly maxConnections: number
  /** Seconds. */
  readonly idleTimeout: number
  /** Seconds. */
  readonly messageTimeout: number
  /** Absent: messages are bounded otherwise (lines). */
  readonly maxBufferedBytes?: number
}

export interface EventLimits {
  readonly maxMessageEvents: number
  readonly maxHeaders: number
  readonly maxHeaderBytes: number
}

/** The defaults of both, for what has no properties (receivers of stream programs). */
export const defaultLimits: Required<ConnectionLimits> & EventLimits = {
  maxConnections: connectionLimitProperties.maxConnections.spec.default as number,
  idleTimeout: connectionLimitProperties.idleTimeout.spec.default as number,
  messageTimeout: connectionLimitProperties.messageTimeout.spec.default as number,
  maxBufferedBytes: messageLimitProperties.maxBufferedBytes.spec.default as number,
  maxMessageEvents: messageLimitProperties.maxMessageEvents.spec.default as number,
  maxHeaders: messageLimitProperties.maxHeaders.spec.default as number,
  maxHeaderBytes: messageLimitProperties.maxHeaderBytes.spec.default as number,
}

/** A message asks for more than the limits allow. Its sender is told this sentence. */
export class LimitExceeded extends Error {}

/** An event batch keeps headers as columns of all its events: what a column costs does not depend on how many events have the header. */
const mostCells = 8_000_000

/** What one message may still hold. Throws LimitExceeded at the first thing beyond. */
export class MessageAllowance {
  readonly #limits: EventLimits
  readonly #names = new Set<string>()
  #events = 0

  constructor(limits: EventLimits) {
    this.#limits = limits
  }

  events(more: number): void {
    this.#events += more
    if (this.#events > this.#limits.maxMessageEvents)
      throw new LimitExceeded(`The message has more than ${this.#limits.maxMessageEvents} events (maxMessageEvents). Send smaller batches.`)
    if (this.#events * this.#names.size > mostCells) throw this.#tooManyCells()
  }

  /** `bytes`: of the longer of name and value. */
  header(name: string, bytes: number): void {
    const { maxHeaderBytes, maxHeaders } = this.#limits
    if (bytes > maxHeaderBytes)
      throw new LimitExceeded(`A header of the message has ${bytes} bytes; the limit is ${maxHeaderBytes} (maxHeaderBytes).`)
    this.#names.add(name)
    if (this.#names.size > maxHeaders)
      throw new LimitExceeded(`The message has more than ${maxHeaders} different header names (maxHeaders).`)
    if (this.#events * this.#names.size > mostCells) throw this.#tooManyCells()
  }

  #tooManyCells(): LimitExceeded {
    return new LimitExceeded(
      `The message has ${this.#names.size} header names in ${this.#events} events, more than ${mostCells} together. Send smaller batches.`,
    )
  }
}
