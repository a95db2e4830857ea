// Who consumes a channel, where each stands, what it holds back; and the two ways to end that, each asked for once more.
import { useState } from 'react'
import type { ConsumerCursor } from '../../src-shared/contract/pipelines.ts'
import { useStreams } from '../shell/titles.ts'
import { Button } from '../ui/button.tsx'
import { Block } from '../ui/details.tsx'
import { baseName, formatCount, plural } from '../ui/format.ts'
import { StateMark } from '../ui/state-mark.tsx'

export interface ConsumersProps {
  cursors: readonly ConsumerCursor[]
  /** Consumers of a durable channel can be moved to its end. */
  durable: boolean
  onRelease: (consumer: string) => void
  onSkip: (consumer: string) => void
}

export function Consumers({ cursors, durable, onRelease, onSkip }: ConsumersProps) {
  const streams = useStreams()
  const nameOf = (cursor: ConsumerCursor): string =>
    cursor.kind === 'sinks' ? 'Sinks' : (streams?.find((each) => each.id === cursor.consumer)?.name ?? baseName(cursor.consumer))
  return (
    <Block title="Consumers">
      {cursors.length === 0 ? (
        <p className="muted">No sink or stream has taken anything from this channel yet.</p>
      ) : (
        <table className="channel-table">
          <thead>
            <tr>
              <th scope="col">Consumer</th>
              <th scope="col">State</th>
              <th scope="col" className="num">
                Stands at
              </th>
              <th scope="col" className="num">
                Behind
              </th>
              <th scope="col">Holds back</th>
              <th scope="col">
                <span className="sr-only">Actions</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {cursors.map((cursor) => (
              <tr key={cursor.consumer}>
                <td title={cursor.consumer}>{nameOf(cursor)}</td>
                <td>
                  <StateMark state={cursor.running ? 'running' : 'stopped'} />
                </td>
                <td className="num mono">{formatCount(cursor.ordinal)}</td>
                <td className="num">{formatCount(cursor.behind)}</td>
                <td>{cursor.pins ? plural(cursor.behind, 'event') : 'nothing'}</td>
                <td className="channel-actions">
                  <Actions
                    cursor={cursor}
                    durable={durable}
                    onRelease={() => onRelease(cursor.consumer)}
                    onSkip={() => onSkip(cursor.consumer)}
                  />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </Block>
  )
}

interface ActionsProps {
  cursor: ConsumerCursor
  durable: boolean
  onRelease: () => void
  onSkip: () => void
}

function Actions({ cursor, durable, onRelease, onSkip }: ActionsProps) {
  const [asks, setAsks] = useState<'release' | 'skip'>()
  if (asks === undefined) {
    return (
      <>
        {cursor.pins && !cursor.running && <Button onClick={() => setAsks('release')}>Release…</Button>}
        {durable && cursor.behind > 0 && <Button onClick={() => setAsks('skip')}>Skip to now…</Button>}
      </>
    )
  }
  const release = asks === 'release'
  return (
    <>
      <span>{release ? 'What it has not consumed may be lost to it.' : `It leaves out ${plural(cursor.behind, 'event')}.`}</span>
      <Button
        look="danger"
        onClick={() => {
          setAsks(undefined)
          if (release) onRelease()
          else onSkip()
        }}
      >
        {release ? 'Release' : 'Skip'}
      </Button>
      <Button onClick={() => setAsks(undefined)}>Keep</Button>
    </>
  )
}
