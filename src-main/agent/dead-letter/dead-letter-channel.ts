// Dead letters in another channel of the agent: the event as it was, with headers that say what happened.
import { MillraceError } from '../../../src-shared/errors.ts'
import { withSharedHeaders } from '../../../src-shared/event/build-batch.ts'
import type { Channel } from '../channel/channel.ts'
import { putInTransaction } from '../channel/put-in-transaction.ts'
import type { DeadLetter, DeadLetterBox } from './dead-letter.ts'

export class DeadLetterChannel implements DeadLetterBox {
  readonly place: string
  readonly #channel: Channel

  constructor(channel: Channel) {
    this.#channel = channel
    this.place = `channel ${channel.name}`
  }

  /** What lies in the channel is its sinks' business. */
  async waiting(): Promise<number | undefined> {
    return undefined
  }

  async put({ event, sink, error, attempts, time }: DeadLetter): Promise<void> {
    const letter = withSharedHeaders(event, {
      'deadLetter.sink': sink,
      'deadLetter.error': error,
      'deadLetter.attempts': String(attempts),
      'deadLetter.time': String(time),
    })
    try {
      await putInTransaction(this.#channel, letter)
    } catch (cause) {
      throw new MillraceError('CHANNEL_EXCEPTION', `The dead letter channel ${this.#channel.name} takes nothing; nothing is set aside`, {
        cause,
      })
    }
  }
}
