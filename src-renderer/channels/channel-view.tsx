// A channel: its level as a log, who holds what back, its files, and what can be done about it.
import { useEffect, useState } from 'react'
import type { ChannelDescription } from '../../src-shared/contract/channels.ts'
import { asMillraceError } from '../../src-shared/contract/client.ts'
import { engine } from '../rpc/connection.ts'
import { NotShown } from '../shell/not-shown.tsx'
import { hashOf } from '../shell/routes.ts'
import { openTab } from '../shell/tabs.ts'
import { useChannels, usePipelines } from '../shell/titles.ts'
import { Button } from '../ui/button.tsx'
import { StateMark } from '../ui/state-mark.tsx'
import { useChannelActions } from './channel-actions.ts'
import { About, CheckNotice, Level, Segments } from './channel-blocks.tsx'
import { Consumers } from './consumers.tsx'
import './channels.css'

export function ChannelView({ id }: { id: string }) {
  const summary = useChannels()?.find((each) => each.id === id)
  const actions = useChannelActions(id)
  const { description, trouble } = useDescription(id, `${summary?.level.diskBytes} ${actions.done}`)
  const pipeline = usePipelines()?.find((each) => each.id === summary?.pipeline)
  const channel = summary ?? description
  if (channel === undefined) {
    if (trouble === undefined) return null
    return (
      <NotShown title="This channel cannot be shown" hash={hashOf({ view: 'channel', id })}>
        {trouble}
      </NotShown>
    )
  }
  const { level } = channel
  const { check, done } = actions
  return (
    <div className="channel">
      <header className="view-head">
        <StateMark state={channel.open ? (level.fill >= 0.999 ? 'full' : 'running') : 'stopped'} />
        <span className="view-sentence ellipsis">{channel.sentence}</span>
        <span className="grow" />
        {pipeline !== undefined && <Button onClick={() => openTab({ view: 'pipeline', id: pipeline.id })}>Open {pipeline.name}</Button>}
        {channel.durable && (
          <>
            <Button onClick={() => void actions.forgetHistory()}>Forget history</Button>
            <Button onClick={() => void actions.runCheck()} whyNot={check === 'running' ? 'A check is under way.' : undefined}>
              {check === 'running' ? 'Checking…' : 'Check'}
            </Button>
          </>
        )}
      </header>
      {done !== undefined && (
        <div className="view-notice" role="status">
          <span className="grow">{done}</span>
          <Button onClick={actions.dismissDone}>Dismiss</Button>
        </div>
      )}
      {check !== undefined && check !== 'running' && (
        <CheckNotice check={check} stopped={!channel.open} onRepair={() => void actions.repair()} onDismiss={actions.dismissCheck} />
      )}
      <div className="channel-body">
        <Level level={level} />
        <Consumers
          cursors={level.cursors}
          durable={channel.durable}
          onRelease={(consumer) => void actions.release(consumer)}
          onSkip={(consumer) => void actions.skipToNow(consumer)}
        />
        <About channel={channel} description={description} />
        {description !== undefined && description.segments.length > 0 && <Segments segments={description.segments} />}
      </div>
    </div>
  )
}

/** What the channel's files say; asked for again when `state`, of which they are a part, changes. */
function useDescription(id: string, state: string): { readonly description?: ChannelDescription; readonly trouble?: string } {
  const [answer, setAnswer] = useState<{ readonly description?: ChannelDescription; readonly trouble?: string }>({})
  // biome-ignore lint/correctness/useExhaustiveDependencies: `state` asks again
  useEffect(() => {
    let left = false
    engine.channels.describe({ id }).then(
      (description) => !left && setAnswer({ description }),
      (thrown) => !left && setAnswer((before) => ({ ...before, trouble: asMillraceError(thrown).message })),
    )
    return () => {
      left = true
    }
  }, [id, state])
  return answer
}
