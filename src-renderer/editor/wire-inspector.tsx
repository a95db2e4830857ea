// The inspector of a wire: a tap on it, what is wrong with it, how much passes.
import type { GraphWire } from '../../src-shared/contract/pipelines.ts'
import { Button } from '../ui/button.tsx'
import { Block } from '../ui/details.tsx'
import { Trouble } from '../ui/empty.tsx'
import type { WireLive } from './flow-adapter.tsx'
import { Rates } from './rates.tsx'

interface WireInspectorProps {
  pipeline: string
  wire: GraphWire
  title: string
  live: WireLive | undefined
  onTap: () => void
}

export function WireInspector({ pipeline, wire, title, live, onTap }: WireInspectorProps) {
  return (
    <>
      <Block title={title} side={<Button onClick={onTap}>Open a tap</Button>}>
        <p className="muted">A tap shows the events that passed lately, then those that pass. It costs nothing when closed.</p>
        {live?.trouble !== undefined && (
          <div className="inspector-trouble">
            <Trouble message={live.trouble} />
          </div>
        )}
      </Block>
      <Rates pipeline={pipeline} of={wire.id} now={live?.eventsPerSecond ?? 0} />
    </>
  )
}
