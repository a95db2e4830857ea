// What a person does to a channel from its view, and what came of it.
import { useState } from 'react'
import type { ChannelCheck } from '../../src-shared/contract/channels.ts'
import { engine } from '../rpc/connection.ts'
import { doing } from '../shell/doing.ts'
import { formatBytes, plural } from '../ui/format.ts'

export interface ChannelActions {
  /** What the last check found, until it is dismissed. */
  readonly check: ChannelCheck | 'running' | undefined
  /** What the last action did, as a sentence, until it is dismissed. */
  readonly done: string | undefined
  dismissCheck(): void
  dismissDone(): void
  runCheck(): Promise<void>
  repair(): Promise<void>
  forgetHistory(): Promise<void>
  /** A consumer that is not there holds nothing back any more. */
  release(consumer: string): Promise<void>
  /** Moves a consumer behind all events that are there. */
  skipToNow(consumer: string): Promise<void>
}

export function useChannelActions(id: string): ChannelActions {
  const [check, setCheck] = useState<ChannelCheck | 'running'>()
  const [done, setDone] = useState<string>()
  /** `sentence` of what the action answers. */
  const act = async <T>(failure: string, action: () => Promise<T>, sentence: (answer: T) => string): Promise<boolean> => {
    const answer = await doing(failure, async () => ({ done: sentence(await action()) }))
    if (answer !== undefined) setDone(answer.done)
    return answer !== undefined
  }
  return {
    check,
    done,
    dismissCheck: () => setCheck(undefined),
    dismissDone: () => setDone(undefined),
    runCheck: async () => {
      setCheck('running')
      setCheck(await doing('The channel could not be checked', () => engine.channels.check({ id })))
    },
    repair: async () => {
      const repaired = await act(
        'The channel could not be repaired',
        () => engine.channels.repair({ id }),
        ({ sentence, moved }) => [sentence, ...moved.slice(0, 1)].join(' '),
      )
      if (repaired) setCheck(undefined)
    },
    forgetHistory: async () => {
      await act(
        'The history could not be forgotten',
        () => engine.channels.forgetHistory({ id }),
        ({ freedBytes }) => `${formatBytes(freedBytes)} freed.`,
      )
    },
    release: async (consumer) => {
      await act(
        `${consumer} could not be released`,
        () => engine.channels.release({ id, consumer }),
        () => `${consumer} holds nothing back any more.`,
      )
    },
    skipToNow: async (consumer) => {
      await act(
        `${consumer} could not be moved`,
        () => engine.channels.skipToNow({ id, consumer }),
        ({ skipped }) => `${consumer} goes on with the next event and leaves out ${plural(skipped, 'event')}.`,
      )
    },
  }
}
