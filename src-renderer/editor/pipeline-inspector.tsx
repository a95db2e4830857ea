// The inspector of a component and of a wire: state, trouble with what to do, rates of the last minute, counters, problems.
import { useEffect, useMemo, useState } from 'react'
import type { ComponentInfo } from '../../src-shared/contract/components.ts'
import type { ComponentSnapshot, GraphNode, GraphWire, PipelineDocument, RatePoint, RateSpan } from '../../src-shared/contract/pipelines.ts'
import type { Problem } from '../../src-shared/flume/problem.ts'
import type { PipelineState } from '../../src-shared/pipeline/pipeline-document.ts'
import { propertiesOf, setProperty } from '../../src-shared/pipeline/pipeline-edits.ts'
import { engine } from '../rpc/connection.ts'
import { once, useLive } from '../rpc/live.ts'
import { useTimeZone } from '../shell/settings.ts'
import { openTab } from '../shell/tabs.ts'
import { Button } from '../ui/button.tsx'
import { Block, Facts } from '../ui/details.tsx'
import { Trouble } from '../ui/empty.tsx'
import { formatAgo, formatBytes, formatCount, formatDateTime, formatRate, formatShare, plural } from '../ui/format.ts'
import { LevelBar } from '../ui/level-bar.tsx'
import { Segments } from '../ui/segments.tsx'
import { Spark } from '../ui/spark.tsx'
import { StateMark } from '../ui/state-mark.tsx'
import type { WireLive } from './flow-adapter.tsx'
import { InterceptorForms } from './interceptor-forms.tsx'
import { NameField, PropertyForm } from './property-form.tsx'

export interface PipelineInspectorProps {
  name: string
  document: PipelineDocument
  since: number | undefined
  problems: readonly Problem[]
  onLine: (line: number) => void
}

/** What the inspector shows while nothing is selected. */
export function PipelineInspector({ name, document, since, problems, onLine }: PipelineInspectorProps) {
  const zone = useTimeZone()
  const count = (kind: GraphNode['kind']): number => document.graph.nodes.filter((node) => node.kind === kind).length
  const agents = [...new Set(document.graph.nodes.filter((node) => node.kind !== 'stream').map((node) => node.agent))]
  return (
    <>
      <Block title={name}>
        <Facts
          facts={[
            { name: 'file', value: document.file, mono: true },
            { name: agents.length === 1 ? 'agent' : 'agents', value: agents.join(', ') },
            {
              name: 'consists of',
              value: [plural(count('source'), 'source'), plural(count('channel'), 'channel'), plural(count('sink'), 'sink')].join(', '),
            },
            count('stream') > 0 && { name: 'read by', value: plural(count('stream'), 'stream') },
            since !== undefined && { name: 'since', value: formatAgo(since, Date.now()), title: formatDateTime(since, zone) },
          ]}
        />
      </Block>
      <Problems problems={problems} onLine={onLine} />
      {!problems.some((problem) => problem.code === 'FLUME_DIFFERS' || problem.message.includes('real Flume')) && agents.length > 0 && (
        <Block title="In a real Flume">
          <p className="muted">A real Flume 1.11 starts everything that is in this file.</p>
        </Block>
      )}
    </>
  )
}

function Problems({ problems, onLine }: { problems: readonly Problem[]; onLine: (line: number) => void }) {
  const notes = problems.filter((problem) => problem.severity === 'info')
  const own = problems.filter((problem) => problem.severity !== 'info')
  return (
    <>
      {own.length > 0 && <ProblemBlock title="Problems" problems={own} onLine={onLine} />}
      {notes.length > 0 && <ProblemBlock title="In a real Flume" problems={notes} onLine={onLine} />}
    </>
  )
}

function ProblemBlock({ title, problems, onLine }: { title: string; problems: readonly Problem[]; onLine: (line: number) => void }) {
  return (
    <Block title={title}>
      {problems.map((problem) => (
        <button
          key={`${problem.code}${problem.line}${problem.message}`}
          type="button"
          className={`inspector-problem inspector-problem-${problem.severity}`}
          onClick={() => problem.line !== undefined && onLine(problem.line)}
        >
          {problem.message}
          {problem.hint !== undefined && <span className="muted"> {problem.hint}</span>}
        </button>
      ))}
    </Block>
  )
}

export interface ComponentInspectorProps {
  pipeline: string
  node: GraphNode
  live: ComponentSnapshot | undefined
  problems: readonly Problem[]
  /** The pipeline's text: what the component's properties are now. */
  text: string
  onChange: (edit: (now: PipelineState) => PipelineState) => void
  onDelete: () => void
  onRename: (name: string) => void
  whyNotName: (name: string) => string | undefined
  onLine: (line: number) => void
  onOpen: () => void
}

export function ComponentInspector({
  pipeline,
  node,
  live,
  problems,
  text,
  onChange,
  onDelete,
  onRename,
  whyNotName,
  onLine,
  onOpen,
}: ComponentInspectorProps) {
  const zone = useTimeZone()
  const level = live?.channel
  const catalog = useCatalog()
  const info = catalog?.find((each) => each.kind === node.kind && each.type === node.type)
  const values = useMemo(() => propertiesOf(text, node.id), [text, node.id])
  return (
    <>
      <Block
        title={node.name}
        side={
          node.kind === 'channel' || node.kind === 'stream' ? (
            <Button onClick={onOpen}>Open</Button>
          ) : (
            node.line !== undefined && <Button onClick={() => onLine(node.line!)}>Show in text</Button>
          )
        }
      >
        <Facts
          facts={[
            { name: 'kind', value: `${node.type} ${node.kind}` },
            { name: 'state', value: <StateMark state={live?.state ?? 'stopped'} /> },
            live !== undefined && { name: 'since', value: formatAgo(live.since, Date.now()), title: formatDateTime(live.since, zone) },
            live !== undefined &&
              live.sentence !== '' &&
              live.sentence !== live.trouble?.message && { name: 'doing', value: live.sentence },
          ]}
        />
        {live?.trouble !== undefined && (
          <div className="inspector-trouble">
            <Trouble message={live.trouble.message} hint={live.trouble.hint} severity={live.trouble.severity} />
          </div>
        )}
        {live?.deadLetters !== undefined && (
          <div className="inspector-trouble">
            <Button onClick={() => openTab({ view: 'dead-letters', id: live.deadLetters! })}>Open dead letters</Button>
          </div>
        )}
      </Block>
      {level !== undefined && (
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
      )}
      <Rates pipeline={pipeline} of={node.id} now={live?.eventsPerSecond ?? 0} />
      <Problems problems={problems} onLine={onLine} />
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
      {live !== undefined && Object.keys(live.counters).length > 0 && (
        <Block title="Counters">
          <table className="inspector-counters">
            <tbody>
              {Object.entries(live.counters).map(([name, value]) => (
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
      )}
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

const useCatalog = (): readonly ComponentInfo[] | undefined =>
  useLive('catalog', async (client) => once(await client.components.catalog())).value

function About({ info }: { info: ComponentInfo }) {
  return (
    <Block title="About">
      <p className="inspector-about">{info.summary}</p>
      {info.className !== undefined && <p className="muted inspector-class">{info.className}</p>}
    </Block>
  )
}

export interface WireInspectorProps {
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

const spans: readonly { readonly value: RateSpan; readonly title: string; readonly everyMs: number }[] = [
  { value: 'minute', title: 'Minute', everyMs: 1000 },
  { value: 'hour', title: 'Hour', everyMs: 5000 },
  { value: 'day', title: 'Day', everyMs: 30_000 },
]

function Rates({ pipeline, of, now }: { pipeline: string; of: string; now: number }) {
  const [span, setSpan] = useState<RateSpan>('minute')
  const [points, setPoints] = useState<readonly RatePoint[]>([])
  useEffect(() => {
    let left = false
    const ask = async (): Promise<void> => {
      try {
        const answer = await engine.pipelines.rates({ id: pipeline, of, span })
        if (!left) setPoints(answer)
      } catch {
        // No history for what has not run, or the engine is away: the line stays as it is.
      }
    }
    void ask()
    const timer = setInterval(() => void ask(), spans.find((each) => each.value === span)!.everyMs)
    return () => {
      left = true
      clearInterval(timer)
    }
  }, [pipeline, of, span])
  if (points.length === 0) return null
  return (
    <Block title={`Last ${span}`} side={<span className="inspector-now">{formatRate(now)}</span>}>
      <Spark
        values={points.map((point) => point.eventsPerSecond)}
        width={240}
        height={44}
        label={`Events per second in the last ${span}, now ${formatRate(now)}`}
      />
      <div className="inspector-spans">
        <Segments label="How far back" value={span} options={spans} onChange={setSpan} />
      </div>
    </Block>
  )
}
