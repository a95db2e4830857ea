// The inspector of a component: its state, trouble with what to do, rates, problems, properties, counters.
import { useMemo } from 'react'
import type { ComponentInfo } from '../../src-shared/contract/components.ts'
import type { ComponentSnapshot, GraphNode, PipelineGraph } from '../../src-shared/contract/pipelines.ts'
import type { Problem } from '../../src-shared/flume/problem.ts'
import type { PipelineState } from '../../src-shared/pipeline/pipeline-document.ts'
import { connect, disconnect, propertiesOf, setProperty } from '../../src-shared/pipeline/pipeline-edits.ts'
import { once, useLive } from '../rpc/live.ts'
import { useTimeZone } from '../shell/settings.ts'
import { openTab } from '../shell/tabs.ts'
import { Button } from '../ui/button.tsx'
import { Block, Facts } from '../ui/details.tsx'
import { Trouble } from '../ui/empty.tsx'
import { formatAgo, formatBytes, formatCount, formatDateTime, formatShare } from '../ui/format.ts'
import { LevelBar } from '../ui/level-bar.tsx'
import { StateMark } from '../ui/state-mark.tsx'
import { InterceptorForms } from './interceptor-forms.tsx'
import { ProblemList } from './problem-list.tsx'
import { NameField, PropertyForm } from './property-form.tsx'
import { Rates } from './rates.tsx'
import { Wiring } from './wiring.tsx'

interface ComponentInspectorProps {
  pipeline: string
  node: GraphNode
  live: ComponentSnapshot | undefined
  problems: readonly Problem[]
  /** The pipeline's text: what the component's properties are now. */
  text: string
  /** With the wires of the text. */
  graph: PipelineGraph
  onChange: (edit: (now: PipelineState) => PipelineState) => void
  onDelete: () => void
  onRename: (name: string) => void
  whyNotName: (name: string) => string | undefined
  onLine: (line: number) => void
  onOpen: () => void
}

export function ComponentInspector(props: ComponentInspectorProps) {
  const { pipeline, node, live, problems, text, graph, onChange, onDelete, onRename, whyNotName, onLine, onOpen } = props
  const catalog = useLive('catalog', async (client) => once(await client.components.catalog())).value
  const info = catalog?.find((each) => each.kind === node.kind && each.type === node.type)
  const values = useMemo(() => propertiesOf(text, node.id), [text, node.id])
  return (
    <>
      <State node={node} live={live} onLine={onLine} onOpen={onOpen} />
      {live?.channel !== undefined && <Level level={live.channel} />}
      <Rates pipeline={pipeline} of={node.id} now={live?.eventsPerSecond ?? 0} />
      <ProblemList problems={problems} onLine={onLine} />
      <Wiring
        node={node}
        graph={graph}
        onConnect={(from, to) => onChange((now) => connect(now, from, to))}
        onDisconnect={(from, to) => onChange((now) => disconnect(now, from, to))}
      />
      {info !== undefined && (
        <PropertyForm
          info={info}
          values={values}
          problems={problems}
          onSet={(key, value) => onChange((now) => setProperty(now, node.id, key, value))}
          name={<NameField name={node.name} whyNot={whyNotName} onRename={onRename} />}
        />
      )}
      {node.kind === 'source' && catalog !== undefined && (
        <InterceptorForms source={node.id} text={text} catalog={catalog} problems={problems} onChange={onChange} />
      )}
      {live !== undefined && Object.keys(live.counters).length > 0 && <Counters counters={live.counters} />}
      {info !== undefined && <About info={info} />}
      {node.kind !== 'stream' && (
        <div className="inspector-remove">
          <Button look="danger" onClick={onDelete}>
            Remove {node.name}
          </Button>
        </div>
      )}
    </>
  )
}

function State({ node, live, onLine, onOpen }: Pick<ComponentInspectorProps, 'node' | 'live' | 'onLine' | 'onOpen'>) {
  const zone = useTimeZone()
  const { line } = node
  const deadLetters = live?.deadLetters
  const toText = line !== undefined && <Button onClick={() => onLine(line)}>Show in text</Button>
  return (
    <Block title={node.name} side={node.kind === 'channel' || node.kind === 'stream' ? <Button onClick={onOpen}>Open</Button> : toText}>
      <Facts
        facts={[
          { name: 'kind', value: `${node.type} ${node.kind}` },
          { name: 'state', value: <StateMark state={live?.state ?? 'stopped'} /> },
          live !== undefined && { name: 'since', value: formatAgo(live.since, Date.now()), title: formatDateTime(live.since, zone) },
          live !== undefined && live.sentence !== '' && live.sentence !== live.trouble?.message && { name: 'doing', value: live.sentence },
        ]}
      />
      {live?.trouble !== undefined && (
        <div className="inspector-trouble">
          <Trouble message={live.trouble.message} hint={live.trouble.hint} severity={live.trouble.severity} />
        </div>
      )}
      {deadLetters !== undefined && (
        <div className="inspector-trouble">
          <Button onClick={() => openTab({ view: 'dead-letters', id: deadLetters })}>Open dead letters</Button>
        </div>
      )}
    </Block>
  )
}

function Level({ level }: { level: NonNullable<ComponentSnapshot['channel']> }) {
  return (
    <Block title="Level" side={<span className="muted">{formatShare(level.fill)}</span>}>
      <LevelBar level={level} tall />
      <div className="inspector-after-bar">
        <Facts
          facts={[
            { name: 'waiting', value: `${formatCount(level.size)} of ${formatCount(level.capacity)}` },
            level.retainedEvents !== undefined && { name: 'kept', value: formatCount(level.retainedEvents) },
            level.diskBytes !== undefined && { name: 'on disk', value: formatBytes(level.diskBytes) },
            ...level.cursors.map((cursor) => ({
              name: cursor.consumer,
              value: `${formatCount(cursor.behind)} behind${cursor.running ? '' : ', stopped'}${cursor.pins ? '' : ', holds nothing back'}`,
            })),
          ]}
        />
      </div>
    </Block>
  )
}

function Counters({ counters }: Pick<ComponentSnapshot, 'counters'>) {
  return (
    <Block title="Counters">
      <table className="inspector-counters">
        <tbody>
          {Object.entries(counters).map(([name, value]) => (
            <tr key={name}>
              <th scope="row" title={name}>
                {name}
              </th>
              <td className="num">{typeof value === 'number' ? formatCount(value) : value}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </Block>
  )
}

function About({ info }: { info: ComponentInfo }) {
  return (
    <Block title="About">
      <p className="inspector-about">{info.summary}</p>
      {info.className !== undefined && <p className="muted inspector-class">{info.className}</p>}
    </Block>
  )
}
