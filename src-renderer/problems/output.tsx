// The engine's own output: the newest lines, followed while the end is in sight.
import { useEffect, useLayoutEffect, useRef, useState } from 'react'
import type { OutputLine } from '../../src-shared/contract/workspace.ts'
import { connection } from '../rpc/connection.ts'
import { useTimeZone } from '../shell/settings.ts'
import { Empty } from '../ui/empty.tsx'
import { formatTime } from '../ui/format.ts'
import './problems.css'

const most = 2000

export function Output() {
  const [lines, setLines] = useState<readonly OutputLine[]>([])
  const zone = useTimeZone()
  const frame = useRef<HTMLDivElement>(null)
  const atEnd = useRef(true)
  useEffect(() => {
    // A new engine counts from the beginning again, so each subscription brings all that is kept.
    const subscription = connection.subscribe((engine) => engine.workspace.output({ after: 0 }), {
      value: (more) =>
        setLines((now) => {
          const last = now.at(-1)?.seq ?? 0
          return (more[0] !== undefined && more[0].seq <= last ? [...more] : [...now, ...more]).slice(-most)
        }),
    })
    return () => subscription.close()
  }, [])
  // biome-ignore lint/correctness/useExhaustiveDependencies: new lines are what moves the end
  useLayoutEffect(() => {
    if (atEnd.current && frame.current !== null) frame.current.scrollTop = frame.current.scrollHeight
  }, [lines])
  if (lines.length === 0) return <Empty title="No output yet">What the engine, pipelines and streams have to say appears here.</Empty>
  return (
    <div
      ref={frame}
      className="output mono selectable"
      role="log"
      aria-label="Output of the engine"
      tabIndex={0}
      onScroll={(event) => {
        const element = event.currentTarget
        atEnd.current = element.scrollTop + element.clientHeight >= element.scrollHeight - 4
      }}
    >
      {lines.map((line) => (
        <div key={line.seq} className="output-line">
          <span className="output-time">{formatTime(line.at, zone, true)}</span>
          <span className="output-from">{line.from}</span>
          <span className={`output-${line.level}`}>
            {line.sentence}
            {Object.entries(line.fields).map(([name, value]) => (
              <span key={name} className="muted">
                {' '}
                {name}={String(value)}
              </span>
            ))}
          </span>
        </div>
      ))}
    </div>
  )
}
