// A log: rows, following, search, marks, and the way from here to a pipeline.
import { useCallback, useEffect, useMemo, useReducer, useRef, useState, useSyncExternalStore } from 'react'
import type { LogQuery } from '../../src-shared/contract/logs.ts'
import { connection } from '../rpc/connection.ts'
import { keysOf } from '../shell/command-registry.ts'
import { NotShown } from '../shell/not-shown.tsx'
import { revealPlace } from '../shell/reveal.ts'
import { hashOf } from '../shell/routes.ts'
import { useSettings } from '../shell/settings.ts'
import { InspectorContent, StatusContent } from '../shell/slots.tsx'
import { useLogs } from '../shell/titles.ts'
import { Empty } from '../ui/empty.tsx'
import { baseName, formatCount } from '../ui/format.ts'
import { Keys } from '../ui/keys.tsx'
import { StateMark } from '../ui/state-mark.tsx'
import { useStore } from '../ui/store.ts'
import { GoToLine } from './go-to-line.tsx'
import { useLogCommands } from './log-commands.ts'
import { LogFacts, LogHead } from './log-head.tsx'
import { LogInspector } from './log-inspector.tsx'
import { LogModel } from './log-model.ts'
import { LogRows } from './log-rows.tsx'
import { LogScrollbar } from './log-scrollbar.tsx'
import { firstAtLeast, LogSearch, patternOf } from './log-search.ts'
import { SearchBar } from './search-bar.tsx'
import './tail.css'

export function LogView({ id }: { id: string }) {
  const { model, search } = useLog(id)
  const [asksLine, setAsksLine] = useState(false)
  const field = useRef<HTMLInputElement>(null)
  const frame = useRef<HTMLDivElement>(null)
  const settings = useSettings()
  const summary = useLogs()?.find((log) => log.id === id)
  const { length, place } = model
  const focusRows = (): void => frame.current?.querySelector<HTMLElement>('.log-rows')?.focus()
  const { stepHit, toEnd, makePipeline } = useLogCommands({
    model,
    search,
    path: summary?.path,
    onSearch: () => {
      field.current?.focus()
      field.current?.select()
    },
    onAskLine: () => setAsksLine(true),
    onFocusRows: focusRows,
  })
  const onQuery = useCallback((query: LogQuery) => search.start(query), [search])
  const pattern = useMemo(() => patternOf(search.state?.query), [search.state?.query])
  const hits = search.state?.hits ?? []
  const isHit = (line: number): boolean => hits[firstAtLeast(hits, line)] === line
  const name = summary?.name ?? baseName(id)

  if (model.trouble !== undefined && length === undefined) {
    return (
      <NotShown title={`${name} cannot be shown`} hash={hashOf({ view: 'log', id })}>
        {model.trouble}
      </NotShown>
    )
  }
  const row = model.current === undefined ? undefined : model.row(model.current)
  return (
    <div ref={frame} className="log">
      <LogHead summary={summary} length={length} onMakePipeline={makePipeline} />
      <div className="log-body" onKeyDown={(event) => pageKeys(model, event)}>
        <LogRows
          model={model}
          pattern={pattern}
          isHit={isHit}
          rowHeight={Math.round(settings.logFontSize * 1.6)}
          wrapped={settings.wrapLines}
        />
        <LogScrollbar model={model} hits={hits} />
        {length?.lines === 0 && (
          <div className="log-none">
            <Empty title="The log is empty">Lines appear here as they are written.</Empty>
          </div>
        )}
        {!place.following && (
          <button type="button" className="log-pill" onClick={toEnd}>
            <span aria-hidden="true">▼</span>
            {model.newLines > 0 ? `${formatCount(model.newLines)} new` : 'Paused'} · jump to live
            <Keys chord="End" />
          </button>
        )}
      </div>
      <div className="log-foot">
        <SearchBar
          field={field}
          state={search.state}
          place={search.placeOf(model.current)}
          onQuery={onQuery}
          onStep={stepHit}
          onLeave={focusRows}
        />
        <span className="grow" />
        <button
          type="button"
          className="log-follow"
          aria-pressed={place.following}
          title={`${place.following ? 'Pause' : 'Follow'} (${keysOf('log.follow')})`}
          onClick={() => model.setFollowing(!place.following)}
        >
          <StateMark state={place.following ? 'running' : 'paused'} quiet />
          {place.following ? 'following' : 'paused'}
        </button>
      </div>
      {asksLine && <GoToLine lines={model.lines} onGo={(line) => model.goTo(line)} onClose={() => setAsksLine(false)} />}
      {length !== undefined && (
        <InspectorContent>
          {row === undefined ? (
            <LogFacts name={name} path={summary?.path ?? id} length={length} marks={model.marks.size} />
          ) : (
            <LogInspector key={row.line} id={id} generation={length.generation} row={row} />
          )}
        </InspectorContent>
      )}
      <StatusContent>
        <span className="status-item">
          line {formatCount((model.current ?? Math.floor(place.top)) + 1)} of {formatCount(model.lines)}
        </span>
      </StatusContent>
    </div>
  )
}

/** The model and the search of a log, which live as long as its tab is shown; draws anew when one of them has changed. */
function useLog(id: string): { readonly model: LogModel; readonly search: LogSearch } {
  const [model] = useState(() => new LogModel(id, connection))
  const [, redraw] = useReducer((count: number) => count + 1, 0)
  const [search] = useState(() => new LogSearch(id, connection, redraw))
  useSyncExternalStore(model.subscribe, model.version)
  useEffect(() => {
    const stop = model.watch()
    search.resume()
    return () => {
      stop()
      search.stop()
    }
  }, [model, search])

  // A line that somebody asked to see is gone to as soon as it is there.
  const asked = useStore(revealPlace)
  const { length } = model
  const reached = asked?.hash === hashOf({ view: 'log', id }) && length !== undefined && length.lines >= asked.line
  useEffect(() => {
    if (!reached || asked === undefined) return
    revealPlace.set(undefined)
    model.setFollowing(false)
    model.goTo(asked.line - 1)
  }, [reached, asked, model])
  return { model, search }
}

function pageKeys(model: LogModel, event: React.KeyboardEvent): void {
  if (event.key === 'PageDown') model.scrollBy(model.visible - 2)
  else if (event.key === 'PageUp') model.scrollBy(-(model.visible - 2))
  else if (event.key === ' ') model.scrollBy((event.shiftKey ? -1 : 1) * (model.visible - 2))
  else if (event.key === 'Escape') model.select(undefined)
  else return
  event.preventDefault()
}
