// What the inspector of a pipeline shows while nothing is selected.
import type { GraphNode, PipelineDocument, PipelineGraph } from '../../src-shared/contract/pipelines.ts'
import type { Problem } from '../../src-shared/flume/problem.ts'
import { useTimeZone } from '../shell/settings.ts'
import { Block, Facts } from '../ui/details.tsx'
import { formatAgo, formatDateTime, plural } from '../ui/format.ts'
import { ProblemList } from './problem-list.tsx'

interface PipelineInspectorProps {
  name: string
  document: PipelineDocument
  /** As it is drawn: of the text, saved or not. */
  graph: PipelineGraph
  /** Since when it runs. */
  since: number | undefined
  problems: readonly Problem[]
  onLine: (line: number) => void
}

export function PipelineInspector({ name, document, graph, since, problems, onLine }: PipelineInspectorProps) {
  const zone = useTimeZone()
  const count = (kind: GraphNode['kind']): number => graph.nodes.filter((node) => node.kind === kind).length
  const agents = [...new Set(graph.nodes.filter((node) => node.kind !== 'stream').map((node) => node.agent))]
  return (
    <>
      <Block title={name}>
        <Facts
          facts={[
            { name: 'file', value: document.file, mono: true },
            agents.length > 0 && { name: agents.length === 1 ? 'agent' : 'agents', value: agents.join(', ') },
            {
              name: 'consists of',
              value: [plural(count('source'), 'source'), plural(count('channel'), 'channel'), plural(count('sink'), 'sink')].join(', '),
            },
            count('stream') > 0 && { name: 'read by', value: plural(count('stream'), 'stream') },
            since !== undefined && { name: 'runs since', value: formatAgo(since, Date.now()), title: formatDateTime(since, zone) },
          ]}
        />
      </Block>
      <ProblemList problems={problems} onLine={onLine} />
      {!problems.some((problem) => problem.code === 'FLUME_DIFFERS' || problem.message.includes('real Flume')) && agents.length > 0 && (
        <Block title="In a real Flume">
          <p className="muted">A real Flume 1.11 starts everything that is in this file.</p>
        </Block>
      )}
    </>
  )
}
