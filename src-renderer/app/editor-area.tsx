// The editor area: tabs and what they show. A hidden tab keeps its state and its scroll place, and asks the engine for nothing.
import { X } from 'lucide-react'
import { Activity, type KeyboardEvent, Suspense, useRef } from 'react'
import { dirtyTabs } from '../shell/dirty.ts'
import { type Route, routeOf } from '../shell/routes.ts'
import { useTimeZone } from '../shell/settings.ts'
import { closeTab, moveTab, stepTab } from '../shell/tabs.ts'
import { titleOf, useChannels, useLogs, usePipelines, useStreams } from '../shell/titles.ts'
import { windowState } from '../shell/window-state.ts'
import { runStateMark } from '../ui/run-state.ts'
import { StateMark } from '../ui/state-mark.tsx'
import { useStore } from '../ui/store.ts'
import { FailureBar } from './failure-bar.tsx'
import { ViewBoundary } from './view-boundary.tsx'
import { viewIcon } from './view-icons.tsx'
import { View } from './views.tsx'
import './editor-area.css'

export function EditorArea() {
  const { tabs, active } = useStore(windowState)
  const routes = tabs
    .map((hash) => ({ hash, route: routeOf(hash) }))
    .filter((tab): tab is { hash: string; route: Route } => tab.route !== undefined)
  return (
    <main className="editor-area" aria-label="Editor" data-region="editor" tabIndex={-1}>
      <TabBar tabs={routes} active={active} />
      <FailureBar />
      <div className="editor-body">
        {routes.length === 0 && <View route={{ view: 'welcome' }} hash="#/welcome" />}
        {routes.map(({ hash, route }) => (
          <Activity key={viewKey(route, hash)} mode={hash === active ? 'visible' : 'hidden'}>
            <div className="editor-view" role="tabpanel" aria-labelledby={`tab-${hash}`}>
              <ViewBoundary>
                <Suspense fallback={null}>
                  <View route={route} hash={hash} />
                </Suspense>
              </ViewBoundary>
            </div>
          </Activity>
        ))}
      </div>
    </main>
  )
}

/** The batches of one stream share a tab and its view. */
function viewKey(route: Route, hash: string): string {
  return route.view === 'batch' ? `batch-${route.id}` : hash
}

function TabBar({ tabs, active }: { tabs: readonly { hash: string; route: Route }[]; active: string | undefined }) {
  const pipelines = usePipelines()
  const streams = useStreams()
  const lists = { pipelines, streams, logs: useLogs(), channels: useChannels() }
  const zone = useTimeZone()
  const dirty = useStore(dirtyTabs)
  const dragged = useRef<string>(undefined)

  const keyDown = (event: KeyboardEvent): void => {
    if (event.key === 'ArrowRight') stepTab(1)
    else if (event.key === 'ArrowLeft') stepTab(-1)
    else if (event.key === 'Delete' && active !== undefined) closeTab(active)
    else return
    event.preventDefault()
    requestAnimationFrame(() => document.querySelector<HTMLElement>('.tab[aria-selected="true"]')?.focus())
  }

  const stateOf = (route: Route) =>
    route.view === 'pipeline'
      ? pipelines?.find((each) => each.id === route.id)?.state
      : route.view === 'stream'
        ? streams?.find((each) => each.id === route.id)?.state
        : undefined

  if (tabs.length === 0) return null
  return (
    <div className="tab-bar" role="tablist" aria-label="Open tabs" onKeyDown={keyDown}>
      {tabs.map(({ hash, route }) => {
        const { title, detail } = titleOf(route, lists, zone)
        const state = stateOf(route)
        return (
          <div
            key={hash}
            id={`tab-${hash}`}
            role="tab"
            aria-selected={hash === active}
            aria-label={dirty.has(hash) ? `${title}, not saved` : title}
            tabIndex={hash === active ? 0 : -1}
            className="tab"
            title={detail}
            draggable
            ref={hash === active ? intoView : undefined}
            onClick={() => windowState.set((now) => ({ ...now, active: hash }))}
            onAuxClick={(event) => event.button === 1 && closeTab(hash)}
            onDragStart={() => {
              dragged.current = hash
            }}
            onDragOver={(event) => dragged.current !== undefined && event.preventDefault()}
            onDrop={() => {
              if (dragged.current !== undefined) moveTab(dragged.current, hash)
              dragged.current = undefined
            }}
          >
            {viewIcon(route.view)}
            <span className="tab-title">{title}</span>
            {state !== undefined && state !== 'stopped' && <StateMark state={runStateMark(state)} quiet />}
            <span
              className="tab-close"
              data-dirty={dirty.has(hash) || undefined}
              aria-hidden="true"
              onClick={(event) => {
                event.stopPropagation()
                closeTab(hash)
              }}
            >
              <X size={13} />
            </span>
          </div>
        )
      })}
    </div>
  )
}

function intoView(element: HTMLElement | null): void {
  element?.scrollIntoView({ block: 'nearest', inline: 'nearest' })
}
