// The state of a thing that runs: always colour, shape and word together.
import './state-mark.css'

export type RunState = 'running' | 'stopped' | 'starting' | 'retrying' | 'full' | 'failed' | 'paused'

const shapes: Readonly<Record<RunState, string>> = {
  running: '●',
  stopped: '○',
  starting: '◌',
  retrying: '◐',
  full: '■',
  failed: '✕',
  paused: '❚❚',
}

/** `quiet` shows the shape only and leaves the word to screen readers and the hover text. */
export function StateMark({ state, quiet = false, title }: { state: RunState; quiet?: boolean; title?: string | undefined }) {
  return (
    <span className={`ui-state ui-state-${state}`} title={title ?? (quiet ? state : undefined)}>
      <span className="ui-state-shape" aria-hidden="true">
        {shapes[state]}
      </span>
      <span className={quiet ? 'sr-only' : undefined}>{state}</span>
    </span>
  )
}
