// A tap: the events that passed a wire lately, then those that pass. A sample with a count: what this window was too slow for is said.
import { Pause, Play } from 'lucide-react'
import { useEffect, useLayoutEffect, useRef, useState } from 'react'
import { decodeTapEvents, type TapEvent } from '../../src-shared/contract/tap-frame.ts'
import type { TapStatus } from '../../src-shared/contract/taps.ts'
import { connection } from '../rpc/connection.ts'
import { useTimeZone } from '../shell/settings.ts'
import { type TapTarget, tapTarget } from '../shell/tap-target.ts'
import { IconButton } from '../ui/button.tsx'
import { Empty } from '../ui/empty.tsx'
import { formatCount, formatTime } from '../ui/format.ts'
import { useStore } from '../ui/store.ts'
import './taps.css'

const kept = 1000
const decoder = new TextDecoder()

interface Seen extends TapEvent {
  readonly number: number
}

export function TapPanel() {
  const target = useStore(tapTarget)
  if (target === undefined) {
    return (
      <Empty title="No tap is open">
        Choose a wire of a pipeline to see the events that pass it. A tap costs nothing when it is closed.
      </Empty>
    )
  }
  return <Tap key={`${target.pipeline} ${target.wire}`} target={target} />
}

function Tap({ target }: { target: TapTarget }) {
  const zone = useTimeZone()
  const [events, setEvents] = useState<readonly Seen[]>([])
  const [status, setStatus] = useState<TapStatus>()
  const [trouble, setTrouble] = useState<string>()
  const [paused, setPaused] = useState(false)
  const incoming = useRef<Seen[]>([])
  const list = useRef<HTMLDivElement>(null)

  useEffect(() => {
    let number = 0
    let transfer: ReturnType<typeof connection.openTransfer> | undefined
    const subscription = connection.subscribe(
      (engine) => {
        transfer?.cancel()
        transfer = connection.openTransfer((payload) => {
          for (const event of decodeTapEvents(payload, (bytes) => decoder.decode(bytes))) {
            incoming.current.push({ ...event, body: event.body.slice(), number: number++ })
          }
          if (incoming.current.length > kept) incoming.current.splice(0, incoming.current.length - kept)
        })
        return engine.taps.open({ pipeline: target.pipeline, wire: target.wire, recent: 100, bulk: transfer.bulk })
      },
      { value: setStatus, error: (error) => setTrouble(error.message) },
    )
    return () => {
      subscription.close()
      transfer?.cancel()
    }
  }, [target])

  useEffect(() => {
    if (paused) return
    // Events are shown four times a second; while paused they are kept and wait.
    const timer = setInterval(() => {
      if (incoming.current.length === 0) return
      const more = incoming.current
      incoming.current = []
      setEvents((now) => [...now, ...more].slice(-kept))
    }, 250)
    return () => clearInterval(timer)
  }, [paused])

  // biome-ignore lint/correctness/useExhaustiveDependencies: new events move the end
  useLayoutEffect(() => {
    if (!paused && list.current !== null) list.current.scrollTop = list.current.scrollHeight
  }, [events, paused])

  if (trouble !== undefined) return <Empty title={`The tap ${target.title} could not be opened`}>{trouble}</Empty>
  return (
    <div className="tap">
      <div className="tap-head">
        <IconButton label={paused ? 'Go on' : 'Pause'} pressed={paused} onClick={() => setPaused(!paused)}>
          {paused ? <Play size={13} /> : <Pause size={13} />}
        </IconButton>
        <span className="ellipsis">{status?.sentence ?? 'Opening…'}</span>
        <span className="grow" />
        {status !== undefined && (
          <span className="muted">
            {formatCount(status.shown)} shown, {formatCount(status.skipped)} passed unseen
          </span>
        )}
      </div>
      <div
        ref={list}
        className="tap-list mono selectable"
        role="log"
        aria-label={`Events on ${target.title}`}
        aria-live="off"
        tabIndex={0}
        onWheel={(event) => event.deltaY < 0 && setPaused(true)}
      >
        {events.map((event) => (
          <div key={event.number} className="tap-row">
            <span className="tap-time">{formatTime(event.seenAt, zone, true)}</span>
            <span className="tap-body">{decoder.decode(event.body)}</span>
            {Object.entries(event.headers).map(([name, value]) => (
              <span key={name} className="tap-header">
                {name}={value ?? 'null'}
              </span>
            ))}
          </div>
        ))}
        {events.length === 0 && <p className="tap-none">{status === undefined ? '' : 'Nothing has passed here yet.'}</p>}
      </div>
    </div>
  )
}
