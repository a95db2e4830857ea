// Replaying the batch that is shown: by the program that ran it, or by the program as it is now, saved or not.
import { useEffect, useState } from 'react'
import { asMillraceError } from '../../src-shared/contract/client.ts'
import type { ReplayResult } from '../../src-shared/contract/streams.ts'
import { engine } from '../rpc/connection.ts'
import { useLive } from '../rpc/live.ts'
import { useStore } from '../ui/store.ts'
import { programDrafts } from './program-drafts.ts'

export type ReplayBy = 'recorded' | 'current'

export interface Replay {
  readonly state: 'none' | 'running' | 'done' | 'failed'
  /** By which program the last one ran. */
  readonly by: ReplayBy
  readonly result?: ReplayResult
  readonly trouble?: string
}

const none: Replay = { state: 'none', by: 'recorded' }

export interface Replaying {
  readonly replay: Replay
  /** The program as it is now has changes that are not saved. */
  readonly unsaved: boolean
  run(by: ReplayBy): Promise<void>
  forget(): void
}

export function useReplay(id: string, batchTime: number): Replaying {
  const [replay, setReplay] = useState<Replay>(none)
  const saved = useLive(`program ${id}`, (client) => client.streams.program({ id })).value?.text
  const draft = useStore(programDrafts).get(id)
  // biome-ignore lint/correctness/useExhaustiveDependencies: another batch begins without the replay of this one
  useEffect(() => setReplay(none), [id, batchTime])
  const run = async (by: ReplayBy): Promise<void> => {
    const mine: Replay = { state: 'running', by }
    setReplay(mine)
    // Unless another batch is shown by now, or another replay runs.
    const end = (how: Replay): void => setReplay((now) => (now === mine ? how : now))
    try {
      const text = by === 'current' ? (draft ?? saved) : undefined
      const result = await engine.streams.replay({ id, batchTime, ...(text !== undefined && { text }) })
      end({ state: 'done', by, result })
    } catch (thrown) {
      end({ state: 'failed', by, trouble: asMillraceError(thrown).message })
    }
  }
  return { replay, unsaved: draft !== undefined, run, forget: () => setReplay(none) }
}
