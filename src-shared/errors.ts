// Every error that crosses a boundary: code → meaning. Messages are made where the error happens (what, with which value, what to do);
// the code says which kind it is, to a script, to the window and to docs/errors.md, which is generated from this table.

export const errorCodes = {
  BAD_ARGUMENT: 'A command or procedure was called with an argument that it cannot take.',
  BAD_CONFIGURATION: 'A configuration has problems; each is listed with file, line, key, value and what to change.',
  NOT_FOUND: 'Something that was named does not exist.',
  CONFLICT: 'Something was changed by someone else since it was read; it is left as it is.',
  NOT_APPROVED: 'A pipeline or program would run a command or code that nobody has agreed to; nothing was started.',
  CHANNEL_EXCEPTION: 'A channel operation failed and its transaction must be rolled back (Flume ChannelException).',
  CHANNEL_FULL: 'A channel had no room for a transaction within keep-alive (Flume ChannelFullException).',
  CHANNEL_DAMAGED: 'A file of a durable channel does not pass its checks. It is left untouched.',
  CHANNEL_LOCKED: 'A durable channel folder, a workspace or a dead letter file is in use by another process.',
  DISK_FULL: 'The disk has no room. Retained data was given up first; nothing that was acknowledged is lost.',
  TRANSACTION_STATE: 'A transaction was used in a state that does not allow it (Flume IllegalStateException).',
  INTERCEPTOR_FAILED: 'An interceptor could not change an event; nothing of its batch was stored, and the same events would fail again.',
  EVENT_DELIVERY: 'A source or sink could not deliver; its transaction was rolled back and is tried again (Flume EventDeliveryException).',
  EVENT_REFUSED: 'The receiving side answered that it does not take an event; sending the same event again would not help.',
  COMPONENT_START: 'A component could not start; it is tried again (Flume LifecycleSupervisor).',
  BATCH_DAMAGED: 'An encoded EventBatch is truncated or fails its checksum.',
  PROGRAM_FAILED: 'A stream program failed: it does not compile, threw, ran out of memory or time, or its process ended.',
  STREAMING_STATE: 'A streaming call came in a state that does not allow it (Spark IllegalStateException).',
  ENGINE_GONE: 'The engine process ended; it is started again from its durable state.',
  IO: 'The operating system refused an operation.',
  INTERNAL: 'A defect in Millrace.',
} as const

export type ErrorCode = keyof typeof errorCodes

/** An error with a code; `component` is the component path, added once, at the boundary that knows it. */
export class MillraceError extends Error {
  readonly code: ErrorCode
  component?: string

  constructor(code: ErrorCode, message: string, options: { cause?: unknown; component?: string } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause })
    this.name = 'MillraceError'
    this.code = code
    if (options.component !== undefined) this.component = options.component
  }
}

/** Any thrown value as text for a person: an error's message, and those of its causes that it does not tell itself. */
export function messageOf(thrown: unknown): string {
  if (!(thrown instanceof Error)) return String(thrown)
  if (thrown.cause === undefined) return thrown.message
  const cause = messageOf(thrown.cause)
  return thrown.message.includes(cause) ? thrown.message : `${phrase(thrown.message)}: ${cause}`
}

/** The same as a part of a sentence: without a full stop of its own. */
export const phraseOf = (thrown: unknown): string => phrase(messageOf(thrown))

const phrase = (sentence: string): string => sentence.replace(/\.$/, '')
