// Errors of the case format: kind and text up to class names, call sites and numbers.

export interface RecordedError {
  readonly exception: string
  readonly message?: string | null
  readonly cause?: RecordedError | null
}

/** A named rule (docs/differences.md) under which Millrace does not fail where Spark does. */
export interface Excuse {
  readonly rule: string
}

/** What cannot fail here: closures are never serialised, and an array of pairs is no other type than an array. */
export function excuseFor(expected: RecordedError): Excuse | undefined {
  const kind = simpleName(expected.exception)
  if (kind === 'NotSerializableException' || expected.message === 'Task not serializable') return { rule: 'no-closure-serialisation' }
  if (kind === 'ClassCastException' && expected.message?.includes('[Lscala.Tuple2;') === true) return { rule: 'no-array-casts' }
  return undefined
}

const simpleName = (className: string): string => className.replace(/^.*[.$]/, '')

/** Where an error differs from the recorded one, or undefined. */
export function errorDifference(expected: RecordedError, thrown: unknown): string | undefined {
  if (!(thrown instanceof Error)) return `expected ${expected.exception}, got ${String(thrown)}`
  if (simpleName(thrown.name) !== simpleName(expected.exception))
    return `expected ${expected.exception} "${expected.message}", got ${thrown.name} "${thrown.message}"`
  const message = thrown.message.split('\n')[0]!
  if (expected.message !== undefined && expected.message !== null && !matches(expected.message, message)) {
    return `expected the text "${expected.message}", got "${message}"`
  }
  if (expected.cause === undefined || expected.cause === null) return undefined
  const difference = errorDifference(expected.cause, thrown.cause)
  return difference === undefined ? undefined : `cause: ${difference}`
}

/** Compares texts without packages of class names, with masks for numbers, hosts and hashes, and without the call site at the end. */
function matches(expected: string, actual: string): boolean {
  const plain = (text: string): string => text.replace(/(was started at).*$/, '$1').replace(/\b(?:[a-z]\w*\.)+(?=[A-Z])/g, '')
  const pattern = plain(expected)
    .replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
    .replace(/<[STHN]>/g, '.+?')
    .replace(/<hash>/g, '[0-9a-f]+')
  return new RegExp(`^${pattern}$`).test(plain(actual))
}
