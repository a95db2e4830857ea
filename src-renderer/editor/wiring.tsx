// Which channels a source writes to, or a sink takes from, as a form: what is drawn with the pointer, for the keyboard.
import type { GraphNode, PipelineGraph } from '../../src-shared/contract/pipelines.ts'
import { Block } from '../ui/details.tsx'

interface WiringProps {
  node: GraphNode
  graph: PipelineGraph
  onConnect: (from: string, to: string) => void
  onDisconnect: (from: string, to: string) => void
}

export function Wiring({ node, graph, onConnect, onDisconnect }: WiringProps) {
  const channels = graph.nodes.filter((each) => each.kind === 'channel' && each.agent === node.agent)
  const wired = (from: string, to: string): boolean => graph.wires.some((wire) => wire.from === from && wire.to === to)
  if (node.kind !== 'source' && node.kind !== 'sink') return null
  return (
    <Block title={node.kind === 'source' ? 'Writes to' : 'Takes from'}>
      {channels.length === 0 && <p className="muted">Agent {node.agent} has no channel yet.</p>}
      {node.kind === 'source' &&
        channels.map((channel) => (
          <label key={channel.id} className="wiring-channel">
            <input
              type="checkbox"
              checked={wired(node.id, channel.id)}
              onChange={(event) => (event.target.checked ? onConnect : onDisconnect)(node.id, channel.id)}
            />
            <span className="ellipsis">{channel.name}</span>
          </label>
        ))}
      {node.kind === 'sink' && channels.length > 0 && (
        <TakesFrom
          channels={channels}
          now={channels.find((channel) => wired(channel.id, node.id))}
          onChoose={(id) => onConnect(id, node.id)}
        />
      )}
    </Block>
  )
}

/** A sink has one channel: another one is chosen in its place. */
function TakesFrom({
  channels,
  now,
  onChoose,
}: {
  channels: readonly GraphNode[]
  now: GraphNode | undefined
  onChoose: (id: string) => void
}) {
  return (
    <select
      className="ui-field"
      aria-label="Channel that it takes from"
      value={now?.id ?? ''}
      onChange={(event) => event.target.value !== '' && onChoose(event.target.value)}
    >
      {now === undefined && <option value="">Choose a channel…</option>}
      {channels.map((channel) => (
        <option key={channel.id} value={channel.id}>
          {channel.name}
        </option>
      ))}
    </select>
  )
}
