// What a durable channel has beyond a Channel: an ordinal for every event, cursors of streams, what is retained, and its health.
import type { Channel } from './channel.ts'

/** Ordinals: every event that a durable channel ever stored has one, counted up from 0, never used twice. `next` is exclusive. */
export interface Extent {
  readonly first: number
  readonly next: number
}

/** Where one consumer stands. `pinnedBytes`: bytes of rows that cannot go because this consumer has not consumed them. */
export interface CursorState {
  readonly name: string
  readonly kind: 'sinks' | 'stream'
  /** Low-water ordinal: everything before it is consumed. */
  readonly position: number
  readonly pinnedEvents: number
  readonly pinnedBytes: number
}

/** A stream's own cursor. It pins what lies at and behind `position`, also while the stream is stopped, until it is released. */
export interface StreamCursor {
  readonly name: string
  readonly position: number
  /** Everything before ordinal `to` is consumed. Resolves when that is on the disk. Going back is refused with BAD_ARGUMENT. */
  advance(to: number): Promise<void>
  /** Consumes everything that is there, unseen. */
  skipToNow(): Promise<void>
  /** Stops pinning and forgets the cursor. A cursor made later with the same name begins at the oldest retained event. */
  release(): Promise<void>
}

/** One thing that is wrong with a channel's files. */
export interface Damage {
  readonly file: string
  /** Ordinals that cannot be read, where they are known. */
  readonly events?: Extent
  /** A whole sentence. */
  readonly message: string
}

export interface CheckReport {
  readonly folder: string
  readonly extent: Extent
  readonly segments: number
  /** Rows and events that were read and whose checksums match. */
  readonly rows: number
  readonly events: number
  readonly damage: readonly Damage[]
}

export interface DurableChannel extends Channel {
  readonly folder: string
  /** From a start() that succeeded to the stop(). Everything else here but check() throws TRANSACTION_STATE at other times. */
  readonly isOpen: boolean
  /** Ordinals that are retained: consumed ones that retention has kept, and all that are not consumed. */
  extent(): Extent
  /**
   * The cursor of stream `name`, made when there is none: at `from`, by default the oldest retained event. It pins at once; it is on the
   * disk when its first advance() resolves.
   */
  streamCursor(name: string, from?: number): StreamCursor
  cursors(): readonly CursorState[]
  /** Whether sinks have consumed the event of that ordinal: what a sink that was killed around a commit asks at its next start. */
  isConsumedBySinks(ordinal: number): boolean
  /**
   * Says whether sinks consume from this channel. Without any wired consumer everything is kept, as in Flume; with streams and no sinks,
   * the sinks' cursor pins nothing. Kept over restarts; true until said otherwise.
   */
  wireSinks(wired: boolean): Promise<void>
  /** Reads everything that is retained and compares checksums. In a thread of its own; the channel goes on. */
  check(): Promise<CheckReport>
  /** What is kept although every wired consumer has consumed it. */
  retained(): { readonly events: number; readonly bytes: number }
  /** Lets consumed events go at once. */
  forgetHistory(): Promise<void>
}

/** True for channels whose events have ordinals and can be read by streams. */
export function isDurable(channel: Channel): channel is DurableChannel {
  return 'extent' in channel && 'streamCursor' in channel
}
