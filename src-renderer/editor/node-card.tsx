// A component on the canvas: what it is, its rate or its trouble in words, and what it is doing.
import { Activity, ArrowRightFromLine, ArrowRightToLine, Cylinder, Filter } from 'lucide-react'
import type { ReactNode } from 'react'
import type { ComponentSnapshot, GraphNode, NodeKind } from '../../src-shared/contract/pipelines.ts'
import { openTab } from '../shell/tabs.ts'
import { formatForecast, formatRate, formatShare, formatShort, plural } from '../ui/format.ts'
import { LevelBar } from '../ui/level-bar.tsx'
import { StateMark } from '../ui/state-mark.tsx'

const icons: Readonly<Record<NodeKind, ReactNode>> = {
  source: <ArrowRightFromLine size={15} strokeWidth={1.75} />,
  channel: <Cylinder size={15} strokeWidth={1.75} />,
  sink: <ArrowRightToLine size={15} strokeWidth={1.75} />,
  stream: <Activity size={15} strokeWidth={1.75} />,
}

export function NodeCard({ node, live, selected }: { node: GraphNode; live: ComponentSnapshot | undefined; selected: boolean }) {
  const trouble = live?.trouble
  return (
    <div
      className={`node node-${node.kind}`}
      data-selected={selected || undefined}
      data-state={live?.state}
      data-trouble={trouble?.severity ?? (node.problems.errors > 0 ? 'error' : undefined)}
    >
      <div className="node-head">
        {icons[node.kind]}
        <span className="node-name ellipsis">{node.name}</span>
        <span className="node-type ellipsis">{node.type}</span>
      </div>
      {live?.channel === undefined ? <RateLine live={live} /> : <ChannelLines live={live} level={live.channel} />}
      <div
        className={trouble === undefined ? 'node-doing ellipsis' : 'node-doing node-doing-trouble'}
        title={trouble?.message ?? live?.sentence}
      >
        {trouble === undefined ? shortened(live?.sentence ?? '\u00a0') : <TroubleLine trouble={trouble} deadLetters={live?.deadLetters} />}
      </div>
      {node.interceptors.length > 0 && (
        <div className="node-interceptors" title={`Interceptors: ${node.interceptors.join(', ')}`}>
          <Filter size={11} />
          <span className="ellipsis">{node.interceptors.map((each) => each.split(' ').at(-1)).join(' · ')}</span>
        </div>
      )}
      {(node.problems.errors > 0 || node.problems.warnings > 0) && (
        <div className={node.problems.errors > 0 ? 'node-problems node-problems-error' : 'node-problems'}>
          {node.problems.errors > 0 ? plural(node.problems.errors, 'error') : plural(node.problems.warnings, 'warning')}
        </div>
      )}
    </div>
  )
}

/** What is said of dead letters opens them; an error that is said in its place does not. */
function TroubleLine({ trouble, deadLetters }: { trouble: NonNullable<ComponentSnapshot['trouble']>; deadLetters: string | undefined }) {
  const look = `node-trouble-${trouble.severity}`
  if (deadLetters === undefined || trouble.severity === 'error') return <span className={look}>{shortened(trouble.message)}</span>
  return (
    <button
      type="button"
      className={`node-dead-letters nodrag nopan ${look}`}
      onClick={(event) => {
        event.stopPropagation()
        openTab({ view: 'dead-letters', id: deadLetters })
      }}
      // The canvas has its own keys for a node.
      onKeyDown={(event) => event.stopPropagation()}
    >
      {shortened(trouble.message)}
    </button>
  )
}

function RateLine({ live }: { live: ComponentSnapshot | undefined }) {
  return (
    <div className="node-rate">
      <StateMark state={live?.state ?? 'stopped'} quiet={live?.state === 'running'} />
      {live?.state === 'running' && formatRate(live.eventsPerSecond)}
    </div>
  )
}

function ChannelLines({ live, level }: { live: ComponentSnapshot; level: NonNullable<ComponentSnapshot['channel']> }) {
  const forecast = formatForecast(level.secondsToFull)
  return (
    <>
      <div className="node-level">
        <LevelBar level={level} />
        <span className="node-fill">{formatShare(level.fill)}</span>
      </div>
      <div className="node-rate">
        <StateMark state={live.state} quiet={live.state === 'running'} />
        <span>{formatShort(level.size)} waiting</span>
        {forecast !== undefined && <span className="muted">{forecast}</span>}
      </div>
    </>
  )
}

/** The sentence with paths cut to their last part: the whole one is in the hover text. */
function shortened(sentence: string): string {
  return sentence.replace(/(?:\/[^\s/,;:]+){2,}/g, (path) => path.slice(path.lastIndexOf('/') + 1))
}
