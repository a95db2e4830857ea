// Which failures concern an event and which only the place that it goes to (rule poison-events).
import { type ErrorCode, MillraceError } from '../../../src-shared/errors.ts'

/**
 * `refused`: the other side said that it does not take this event. `unsent`: the event cannot be the reason, for it never left (nobody
 * listens, no such host, disk full, no permission, trouble of the channel). `unclear`: everything else (no answer, an answer that blames
 * nobody, an exception); it is the event's fault only where others get through.
 */
export type Blame = 'refused' | 'unsent' | 'unclear'

const unsentCodes: ReadonlySet<ErrorCode> = new Set([
  'CHANNEL_EXCEPTION',
  'CHANNEL_FULL',
  'CHANNEL_DAMAGED',
  'CHANNEL_LOCKED',
  'COMPONENT_START',
  'DISK_FULL',
  'TRANSACTION_STATE',
])

/** Of the operating system (connecting, names, files), of Node's fetch, and of certificates. */
const unsentSystemCodes = new Set(
  [
    'ECONNREFUSED EHOSTUNREACH EHOSTDOWN ENETUNREACH ENETDOWN ENOTFOUND EAI_AGAIN EADDRNOTAVAIL UND_ERR_CONNECT_TIMEOUT',
    'ENOSPC EDQUOT EROFS EACCES EPERM ENOENT ENOTDIR EISDIR EMFILE ENFILE EIO EBUSY',
  ].flatMap((line) => line.split(' ')),
)
const ofCertificates = /^(?:CERT_|ERR_TLS_|ERR_SSL_|UNABLE_TO_|SELF_SIGNED_|DEPTH_ZERO_)/

/** Reads an error and its causes. */
export function blameOf(error: unknown): Blame {
  for (let cause = error; cause instanceof Error; cause = cause.cause) {
    if (cause instanceof MillraceError) {
      if (cause.code === 'EVENT_REFUSED') return 'refused'
      if (unsentCodes.has(cause.code)) return 'unsent'
    }
    const code = 'code' in cause && typeof cause.code === 'string' ? cause.code : ''
    if (unsentSystemCodes.has(code) || ofCertificates.test(code)) return 'unsent'
    // Node tries every address of a name: the connection was made to none of them.
    if (cause instanceof AggregateError && cause.errors.length > 0 && cause.errors.every((one) => blameOf(one) === 'unsent'))
      return 'unsent'
  }
  return 'unclear'
}

/** Of several sinks that were offered the same event: one that refused it outweighs one that is not there. */
export function heavier(a: Blame, b: Blame): Blame {
  if (a === 'refused' || b === 'refused') return 'refused'
  return a === 'unclear' || b === 'unclear' ? 'unclear' : 'unsent'
}
