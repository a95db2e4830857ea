// The side bar: one tree per rail entry, of what the workspace has and what runs.
import { FolderOpen, Plus } from 'lucide-react'
import type { ReactNode } from 'react'
import type { ChannelSummary } from '../../src-shared/contract/channels.ts'
import type { PipelineSummary } from '../../src-shared/contract/pipelines.ts'
import { engine } from '../rpc/connection.ts'
import { doing } from '../shell/doing.ts'
import { chooseFile } from '../shell/files.ts'
import { revealNode } from '../shell/reveal.ts'
import { hashOf, type Route, routeOf } from '../shell/routes.ts'
import { openTab } from '../shell/tabs.ts'
import { useChannels, useLogs, usePipelines, useStreams } from '../shell/titles.ts'
import { type SideView, windowState } from '../shell/window-state.ts'
import { Button, IconButton } from '../ui/button.tsx'
import { Empty } from '../ui/empty.tsx'
import { baseName, formatBytes, formatShare, plural } from '../ui/format.ts'
import { runStateMark } from '../ui/run-state.ts'
import { type RunState, StateMark } from '../ui/state-mark.tsx'
import { useStore } from '../ui/store.ts'
import { Tree, type TreeNode } from '../ui/tree.tsx'
import { viewIcon } from './view-icons.tsx'
import './side-bar.css'

const titles: Readonly<Record<SideView, string>> = { pipelines: 'Pipelines', logs: 'Logs', streams: 'Streams', channels: 'Channels' }

export function SideBar() {
  const { side } = useStore(windowState)
  const content: Readonly<Record<SideView, ReactNode>> = {
    pipelines: <PipelineTree />,
    logs: <LogTree />,
    streams: <StreamTree />,
    channels: <ChannelTree />,
  }
  return (
    <section className="side-bar" aria-label={titles[side.view]} data-region="side-bar" tabIndex={-1}>
      <header className="side-bar-head">
        <h2 className="grow">{titles[side.view]}</h2>
        {side.view !== 'channels' && (
          <IconButton label="Open file" keys="Mod+O" onClick={() => void chooseFile()}>
            <FolderOpen size={15} strokeWidth={1.75} />
          </IconButton>
        )}
        {side.view === 'pipelines' && (
          <IconButton label="New pipeline" onClick={() => void newPipeline()}>
            <Plus size={15} strokeWidth={1.75} />
          </IconButton>
        )}
      </header>
      <div className="side-bar-body">{content[side.view]}</div>
    </section>
  )
}

export async function newPipeline(): Promise<void> {
  const made = await doing('A new pipeline could not be made', () => engine.pipelines.create({ name: 'pipeline' }))
  if (made !== undefined) openTab({ view: 'pipeline', id: made.id })
}

/** What is closed until somebody opens it: else it would push all that comes after it out of sight. */
const isLarge = (node: TreeNode): boolean => (node.children?.length ?? 0) > 40

function LinkTree({ label, nodes }: { label: string; nodes: readonly TreeNode[] }) {
  const state = useStore(windowState)
  const turned = new Set(state.closedNodes)
  const closed = new Set(nodes.filter((node) => isLarge(node) !== turned.has(node.id)).map((node) => node.id))
  const toggle = (id: string): void =>
    windowState.set((now) => ({
      ...now,
      closedNodes: now.closedNodes.includes(id) ? now.closedNodes.filter((each) => each !== id) : [...now.closedNodes, id],
    }))
  return (
    <Tree
      label={label}
      nodes={nodes}
      closed={closed}
      selected={state.active}
      onToggle={toggle}
      onOpen={(id) => {
        const [hash, node] = id.split('?') as [string, string?]
        const route = routeOf(hash)
        if (route === undefined) return
        openTab(route)
        if (node !== undefined && node !== ofChannels) revealNode.set({ hash, node })
      }}
    />
  )
}

/** Names a pipeline among the channels; no component is called so. */
const ofChannels = 'channels'

const link = (route: Route, place = ''): string => `${hashOf(route)}${place === '' ? '' : `?${place}`}`

function PipelineTree() {
  const pipelines = usePipelines()
  const streams = useStreams()
  const stateOf = (component: PipelineSummary['components'][number]): RunState => {
    const stream = component.kind === 'stream' ? streams?.find((each) => `stream:${each.id}` === component.id) : undefined
    return stream === undefined ? component.state : runStateMark(stream.state)
  }
  if (pipelines === undefined) return null
  if (pipelines.length === 0) {
    return (
      <Empty
        title="No pipelines yet"
        actions={
          <>
            <Button onClick={() => void newPipeline()}>New pipeline</Button>
            <Button onClick={() => void chooseFile()}>Open file…</Button>
            <Button onClick={() => void startDemo()}>Start the demo</Button>
          </>
        }
      >
        A pipeline moves events from sources through channels to sinks. Draw one, open a .properties file of Flume, or open a log and make
        one from it.
      </Empty>
    )
  }
  return (
    <LinkTree
      label="Pipelines"
      nodes={pipelines.map(
        (pipeline): TreeNode => ({
          id: link({ view: 'pipeline', id: pipeline.id }),
          label: pipeline.name,
          icon: viewIcon('pipeline'),
          title: `${pipeline.file}\n${pipeline.sentence}`,
          meta: (
            <span className="side-bar-component">
              <ProblemCount problems={pipeline.problems} />
              <StateMark state={runStateMark(pipeline.state)} quiet title={pipeline.sentence} />
            </span>
          ),
          ...(pipeline.components.length > 0 && {
            children: pipeline.components.map(
              (component): TreeNode => ({
                id: link({ view: 'pipeline', id: pipeline.id }, component.id),
                label: component.name,
                meta: (
                  <span className="side-bar-component">
                    <span className="muted">{component.type}</span>
                    <StateMark state={stateOf(component)} quiet />
                  </span>
                ),
              }),
            ),
          }),
        }),
      )}
    />
  )
}

/** The worst of a pipeline's problems, so that a list of pipelines shows which one needs a hand. */
function ProblemCount({ problems: { errors, warnings } }: Pick<PipelineSummary, 'problems'>) {
  if (errors + warnings === 0) return null
  const sentence = errors > 0 ? plural(errors, 'error') : plural(warnings, 'warning')
  return (
    <span className={errors > 0 ? 'side-bar-errors' : 'side-bar-warnings'} title={sentence}>
      <span aria-hidden="true">
        {errors > 0 ? '✕' : '⚠'} {errors > 0 ? errors : warnings}
      </span>
      <span className="sr-only">{sentence}</span>
    </span>
  )
}

export async function startDemo(): Promise<void> {
  const demo = await doing('The demo could not be started', () => engine.pipelines.createDemo())
  if (demo === undefined) return
  openTab({ view: 'log', id: demo.log })
  openTab({ view: 'stream', id: demo.stream })
  openTab({ view: 'pipeline', id: demo.pipeline })
}

function LogTree() {
  const logs = useLogs()
  if (logs === undefined) return null
  if (logs.length === 0) {
    return (
      <Empty title="No log is open" actions={<Button onClick={() => void chooseFile()}>Open file…</Button>}>
        Open one, or drop a file anywhere on this window. It is followed as it grows.
      </Empty>
    )
  }
  return (
    <LinkTree
      label="Logs"
      nodes={logs.map(
        (log): TreeNode => ({
          id: link({ view: 'log', id: log.id }),
          label: log.name,
          icon: viewIcon('log'),
          title: log.path,
          meta:
            log.state === 'following' || log.state === 'indexing' ? (
              formatBytes(log.bytes)
            ) : (
              <StateMark state="failed" quiet title={log.state} />
            ),
        }),
      )}
    />
  )
}

function StreamTree() {
  const streams = useStreams()
  if (streams === undefined) return null
  if (streams.length === 0) {
    return (
      <Empty
        title="No stream programs yet"
        actions={
          <>
            <Button onClick={() => void chooseFile()}>Open file…</Button>
            <Button onClick={() => void startDemo()}>Start the demo</Button>
          </>
        }
      >
        A stream program is a .ts file that works on micro-batches of a channel. Open one, or watch that of the demo.
      </Empty>
    )
  }
  return (
    <LinkTree
      label="Streams"
      nodes={streams.map(
        (stream): TreeNode => ({
          id: link({ view: 'stream', id: stream.id }),
          label: stream.name,
          icon: viewIcon('stream'),
          title: stream.sentence,
          meta: <StateMark state={runStateMark(stream.state)} quiet title={stream.sentence} />,
          children: [
            { id: link({ view: 'program', id: stream.id }), label: baseName(stream.file), icon: viewIcon('program'), title: stream.file },
          ],
        }),
      )}
    />
  )
}

function ChannelTree() {
  const channels = useChannels()
  const known = usePipelines()
  if (channels === undefined) return null
  if (channels.length === 0) return <Empty title="No channels yet">Channels of all pipelines appear here, also while nothing runs.</Empty>
  const rowOf = (channel: ChannelSummary): TreeNode => ({
    id: link({ view: 'channel', id: channel.id }),
    label: channel.name,
    icon: viewIcon('channel'),
    title: `${channel.id}\n${channel.sentence}`,
    meta: formatShare(channel.level.fill),
  })
  const pipelines = [...new Set(channels.map(({ pipeline }) => pipeline))]
  // Most pipelines have a c1: where there are several, each stands under its own.
  const nodes =
    pipelines.length === 1
      ? channels.map(rowOf)
      : pipelines.map(
          (pipeline): TreeNode => ({
            id: link({ view: 'pipeline', id: pipeline }, ofChannels),
            label: known?.find((each) => each.id === pipeline)?.name ?? pipeline,
            icon: viewIcon('pipeline'),
            children: channels.filter((channel) => channel.pipeline === pipeline).map(rowOf),
          }),
        )
  return <LinkTree label="Channels" nodes={nodes} />
}
