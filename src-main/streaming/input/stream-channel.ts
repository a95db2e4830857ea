// What a stream needs of a durable channel, whoever runs it.

/** A durable channel as a stream needs it from the engine's side. */
export interface StreamChannel {
  readonly name: string
  readonly folder: string
  /** Retained ordinals at this moment. */
  extent(): { readonly first: number; readonly next: number }
  /** Everything before `ordinal` is consumed by this stream: lets the channel give it up. Absent where the channel cannot be pinned from here. */
  advance?(ordinal: number): Promise<void>
  /** Where this stream's cursor stands. */
  readonly position?: number
  /** Ends the cursor: nothing is pinned any more. */
  release?(): void | Promise<void>
  /** Called when the stream has stopped. */
  [Symbol.dispose]?(): void
}
