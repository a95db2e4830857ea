// The kinds of error that Spark's API throws, by Spark's and Java's names, each a MillraceError with a code. Texts are Spark's own.
import { type ErrorCode, MillraceError } from '../errors.ts'

/** Base of all of them; `kind` is the simple class name in the original. */
export class StreamingException extends MillraceError {
  readonly kind: string

  constructor(kind: string, code: ErrorCode, message: string, options: { cause?: unknown } = {}) {
    super(code, message, options)
    this.name = kind
    this.kind = kind
  }
}

export class IllegalArgumentException extends StreamingException {
  constructor(message: string, options?: { cause?: unknown }) {
    super('IllegalArgumentException', 'BAD_ARGUMENT', message, options)
  }
}

export class IllegalStateException extends StreamingException {
  constructor(message: string, options?: { cause?: unknown }) {
    super('IllegalStateException', 'STREAMING_STATE', message, options)
  }
}

export class UnsupportedOperationException extends StreamingException {
  constructor(message: string, options?: { cause?: unknown }) {
    super('UnsupportedOperationException', 'STREAMING_STATE', message, options)
  }
}

/** Spark's own kind of UnsupportedOperationException, since 3.x. */
export class SparkUnsupportedOperationException extends StreamingException {
  constructor(message: string, options?: { cause?: unknown }) {
    super('SparkUnsupportedOperationException', 'STREAMING_STATE', message, options)
  }
}

export class NoSuchElementException extends StreamingException {
  constructor(message: string, options?: { cause?: unknown }) {
    super('NoSuchElementException', 'NOT_FOUND', message, options)
  }
}

/** Java's, of a division by zero. */
export class ArithmeticException extends StreamingException {
  constructor(message: string, options?: { cause?: unknown }) {
    super('ArithmeticException', 'BAD_ARGUMENT', message, options)
  }
}

/** Java's, of a command that cannot be run. */
export class IOException extends StreamingException {
  constructor(message: string, options?: { cause?: unknown }) {
    super('IOException', 'PROGRAM_FAILED', message, options)
  }
}

export class SparkException extends StreamingException {
  constructor(message: string, options?: { cause?: unknown }) {
    super('SparkException', 'PROGRAM_FAILED', message, options)
  }
}

/** Scala's `require`: throws IllegalArgumentException "requirement failed: …". */
export function requirement(condition: boolean, message: string): asserts condition {
  if (!condition) throw new IllegalArgumentException(`requirement failed: ${message}`)
}
