// A channel as what it is: a log with a level. From old to new: consumed events that are kept (faint), waiting events (solid), free room;
// each consumer is a tick where it stands.
import type { ChannelLevel } from '../../src-shared/contract/pipelines.ts'
import { formatCount, formatShare } from './format.ts'
import './level-bar.css'

// Kept events may outnumber the capacity by far: they never take more than this share of the width.
const mostKept = 0.24

export function LevelBar({ level, tall = false }: { level: ChannelLevel; tall?: boolean }) {
  // Of a closed channel nobody knows how much it may hold: the bar is all that lies in it.
  const isKnown = level.capacity > 0
  const capacity = isKnown ? level.capacity : Math.max(1, level.size + (level.retainedEvents ?? 0))
  const kept = (level.retainedEvents ?? 0) / capacity
  // However few they are, that there are some is seen.
  const keptShare = kept === 0 ? 0 : 0.03 + (mostKept - 0.03) * (1 - Math.exp(-kept * 3))
  const room = 1 - keptShare
  const waiting = Math.min(1, Math.max(level.fill, level.size / capacity))
  const end = keptShare + room * waiting
  const words = [
    isKnown
      ? `${formatCount(level.size)} of ${formatCount(level.capacity)} events wait (${formatShare(waiting)})`
      : `${formatCount(level.size)} events wait`,
    level.retainedEvents !== undefined && `${formatCount(level.retainedEvents)} consumed events are kept`,
    ...level.cursors.map((cursor) => `${cursor.consumer}: ${formatCount(cursor.behind)} behind${cursor.running ? '' : ', stopped'}`),
  ].filter(Boolean)
  return (
    <div
      className={tall ? 'level level-tall' : 'level'}
      role="meter"
      aria-label="Fill"
      aria-valuemin={0}
      aria-valuemax={capacity}
      aria-valuenow={level.size}
      aria-valuetext={words.join('; ')}
      title={words.join('\n')}
      data-full={(isKnown && waiting >= 0.9) || undefined}
    >
      <span className="level-kept" style={{ width: share(keptShare) }} />
      <span className="level-waiting" style={{ left: share(keptShare), width: share(room * waiting) }} />
      {level.cursors.map((cursor) => (
        <span
          key={cursor.consumer}
          className="level-cursor"
          data-running={cursor.running || undefined}
          style={{ left: share(Math.max(0, end - (room * cursor.behind) / capacity)) }}
        />
      ))}
    </div>
  )
}

function share(value: number): string {
  return `${(value * 100).toFixed(2)}%`
}
