// The side bar: one tree per rail entry, of what the workspace has and what runs.
import { FolderOpen, Plus } from 'lucide-react'
import type { ReactNode } from 'react'
import type { PipelineSummary } from '../../src-shared/contract/pipelines.ts'
import { engine } from '../rpc/connection.ts'
import { doing } from '../shell/doing.ts'
import { chooseLog } from '../shell/files.ts'
import { revealNode } from '../shell/reveal.ts'
import { hashOf, type Route, routeOf } from '../shell/routes.ts'
import { openTab } from '../shell/tabs.ts'
import { useChannels, useLogs, usePipelines, useStreams } from '../shell/titles.ts'
import { type SideView, windowState } from '../shell/window-state.ts'
import { Button, IconButton } from '../ui/button.tsx'
import { Empty } from '../ui/empty.tsx'
import { baseName, formatBytes, formatShare } from '../ui/format.ts'
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
        {side.view === 'logs' && (
          <IconButton label="Open log" keys="Mod+O" onClick={() => void chooseLog()}>
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

async function newPipeline(): Promise<void> {
  const made = await doing('A new pipeline could not be made', () => engine.pipelines.create({ name: 'pipeline' }))
  if (made !== undefined) openTab({ view: 'pipeline', id: made.id })
}

function LinkTree({ label, nodes }: { label: string; nodes: readonly TreeNode[] }) {
  const state = useStore(windowState)
  const closed = new Set(state.closedNodes)
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
        if (node !== undefined) revealNode.set({ hash, node })
      }}
    />
  )
}

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
      <Empty title="No pipelines yet" actions={<Button onClick={() => void startDemo()}>Start the demo</Button>}>
        A pipeline moves events from sources through channels to sinks. Open a log and make one from it, or watch the demo.
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
          meta: <StateMark state={runStateMark(pipeline.state)} quiet title={pipeline.sentence} />,
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
      )}
    />
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
      <Empty title="No log is open" actions={<Button onClick={() => void chooseLog()}>Open log…</Button>}>
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
      <Empty title="No stream programs yet" actions={<Button onClick={() => void startDemo()}>Start the demo</Button>}>
        A stream program is a TypeScript file that works on micro-batches of a channel. Open one with Ctrl+P by its path.
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
  if (channels === undefined) return null
  if (channels.length === 0) return <Empty title="No channels yet">Channels of all pipelines appear here, also while nothing runs.</Empty>
  return (
    <LinkTree
      label="Channels"
      nodes={channels.map(
        (channel): TreeNode => ({
          id: link({ view: 'channel', id: channel.id }),
          label: channel.name,
          icon: viewIcon('channel'),
          title: `${channel.id}\n${channel.sentence}`,
          meta: formatShare(channel.level.fill),
        }),
      )}
    />
  )
}
