// A log: rows, following, search, marks, and the way from here to a pipeline.
import { Workflow } from 'lucide-react'
import { useCallback, useEffect, useMemo, useReducer, useRef, useState, useSyncExternalStore } from 'react'
import type { LogQuery } from '../../src-shared/contract/logs.ts'
import { connection, engine } from '../rpc/connection.ts'
import { keysOf, useCommand } from '../shell/command-registry.ts'
import { doing } from '../shell/doing.ts'
import { revealPlace } from '../shell/reveal.ts'
import { hashOf } from '../shell/routes.ts'
import { changeSettings, useSettings } from '../shell/settings.ts'
import { InspectorContent, StatusContent } from '../shell/slots.tsx'
import { closeTab, openTab } from '../shell/tabs.ts'
import { useLogs } from '../shell/titles.ts'
import { Button } from '../ui/button.tsx'
import { Block, Facts } from '../ui/details.tsx'
import { Empty } from '../ui/empty.tsx'
import { baseName, formatBytes, formatCount, formatRate, formatShare, plural } from '../ui/format.ts'
import { Keys } from '../ui/keys.tsx'
import { StateMark } from '../ui/state-mark.tsx'
import { useStore } from '../ui/store.ts'
import { GoToLine } from './go-to-line.tsx'
import { LogInspector } from './log-inspector.tsx'
import { LogModel } from './log-model.ts'
import { LogRows } from './log-rows.tsx'
import { LogScrollbar } from './log-scrollbar.tsx'
import { firstAtLeast, LogSearch, patternOf } from './log-search.ts'
import { decodeRow, levelOf } from './row-text.ts'
import { SearchBar } from './search-bar.tsx'
import './tail.css'

export function LogView({ id }: { id: string }) {
  const [model] = useState(() => new LogModel(id, connection))
  const [, redraw] = useReducer((count: number) => count + 1, 0)
  const [search] = useState(() => new LogSearch(id, connection, redraw))
  const [asksLine, setAsksLine] = useState(false)
  const field = useRef<HTMLInputElement>(null)
  const frame = useRef<HTMLDivElement>(null)
  const settings = useSettings()
  const summary = useLogs()?.find((log) => log.id === id)
  useSyncExternalStore(model.subscribe, model.version)

  useEffect(() => {
    const stop = model.watch()
    search.resume()
    return () => {
      stop()
      search.stop()
    }
  }, [model, search])

  const { length, place } = model
  const asked = useStore(revealPlace)
  const reached = asked?.hash === hashOf({ view: 'log', id }) && length !== undefined && length.lines >= asked.line
  useEffect(() => {
    if (!reached || asked === undefined) return
    revealPlace.set(undefined)
    model.setFollowing(false)
    model.goTo(asked.line - 1)
  }, [reached, asked, model])
  const pattern = useMemo(() => patternOf(search.state?.query), [search.state?.query])
  const hits = search.state?.hits ?? []
  const isHit = (line: number): boolean => hits[firstAtLeast(hits, line)] === line
  const from = model.current ?? Math.floor(place.top) - 1

  const stepHit = (step: 1 | -1): void => {
    const next = search.next(from, step)
    if (next !== undefined) model.goTo(next)
  }
  const stepMark = (step: 1 | -1): void => {
    const marks = [...model.marks].sort((a, b) => a - b)
    const next = step === 1 ? (marks.find((line) => line > from) ?? marks[0]) : (marks.findLast((line) => line < from) ?? marks.at(-1))
    if (next !== undefined) model.goTo(next)
  }
  const focusRows = (): void => frame.current?.querySelector<HTMLElement>('.log-rows')?.focus()
  const toEnd = (): void => {
    model.setFollowing(true)
    focusRows()
  }
  const makePipeline = async (): Promise<void> => {
    const path = summary?.path
    if (path === undefined) return
    const made = await doing('No pipeline could be made from this log', () => engine.pipelines.createFromLog({ path }))
    if (made !== undefined) openTab({ view: 'pipeline', id: made.id })
  }

  useCommand('log.search', () => {
    field.current?.focus()
    field.current?.select()
  })
  useCommand('log.next-hit', () => stepHit(1))
  useCommand('log.previous-hit', () => stepHit(-1))
  useCommand('log.follow', () => model.setFollowing(!place.following))
  useCommand('log.end', toEnd)
  useCommand('log.start', () => model.scrollTo(0))
  useCommand('log.down', () => model.goTo((model.current ?? from) + 1))
  useCommand('log.up', () => model.goTo((model.current ?? from + 2) - 1))
  useCommand('log.mark', () => model.current !== undefined && model.toggleMark(model.current))
  useCommand('log.next-mark', () => stepMark(1))
  useCommand('log.previous-mark', () => stepMark(-1))
  useCommand('log.next-error', () => void stepError(1))
  useCommand('log.previous-error', () => void stepError(-1))
  useCommand('log.go-to-line', () => setAsksLine(true))
  useCommand('log.wrap', () => changeSettings({ wrapLines: !settings.wrapLines }))
  useCommand('log.make-pipeline', () => void makePipeline(), summary !== undefined)

  /** Reads on from the current line in steps until a line of level error comes. */
  const stepError = async (step: 1 | -1): Promise<void> => {
    if (length === undefined) return
    const size = 2000
    let edge = from + step
    for (let read = 0; read < 100 && edge >= 0 && edge < model.lines; read++) {
      const start = step === 1 ? edge : Math.max(0, edge - size + 1)
      const count = step === 1 ? size : edge - start + 1
      const rows = await connection.rows({ id, generation: length.generation, from: start, count, cut: 400 })
      const found = (step === 1 ? rows : rows.reverse()).find((row) => levelOf(decodeRow(row.bytes)) === 'error')
      if (found !== undefined) return model.goTo(found.line)
      edge = step === 1 ? start + count : start - 1
    }
  }

  const onQuery = useCallback(
    (query: LogQuery) => {
      search.start(query)
    },
    [search],
  )

  const pageKeys = (event: React.KeyboardEvent): void => {
    if (event.key === 'PageDown') model.scrollBy(model.visible - 2)
    else if (event.key === 'PageUp') model.scrollBy(-(model.visible - 2))
    else if (event.key === ' ') model.scrollBy((event.shiftKey ? -1 : 1) * (model.visible - 2))
    else if (event.key === 'Escape') model.select(undefined)
    else return
    event.preventDefault()
  }

  if (model.trouble !== undefined && length === undefined) {
    return (
      <Empty
        title={`${summary?.name ?? baseName(id)} cannot be shown`}
        actions={<Button onClick={() => closeTab(hashOf({ view: 'log', id }))}>Close tab</Button>}
      >
        {model.trouble}
      </Empty>
    )
  }
  const row = model.current === undefined ? undefined : model.row(model.current)
  const rowHeight = Math.round(settings.logFontSize * 1.6)
  return (
    <div ref={frame} className="log">
      <header className="log-head">
        <span className="log-path ellipsis mono" title={summary?.path}>
          {summary?.path}
        </span>
        {length !== undefined && (
          <span className="log-facts">
            <span title={`${formatCount(length.bytes)} bytes`}>{formatBytes(length.bytes)}</span>
            <span>{formatCount(length.lines)} lines</span>
            {length.linesPerSecond > 0 && <span className="log-rate">{formatRate(length.linesPerSecond)}</span>}
            {length.state === 'indexing' && length.bytes > 0 && <span>indexing {formatShare(length.indexedBytes / length.bytes)}</span>}
            {(length.state === 'missing' || length.state === 'failed') && (
              <StateMark state={length.state === 'missing' ? 'retrying' : 'failed'} title={length.sentence} />
            )}
            {length.binary && <span title="Control characters are shown as signs">binary</span>}
          </span>
        )}
        <span className="grow" />
        <Button icon={<Workflow size={14} strokeWidth={1.75} />} onClick={() => void makePipeline()} disabled={summary === undefined}>
          Make a pipeline
        </Button>
      </header>
      {length !== undefined && (length.state === 'missing' || length.state === 'failed') && (
        <p className="log-sentence">{length.sentence}</p>
      )}
      <div className="log-body" onKeyDown={pageKeys}>
        <LogRows model={model} pattern={pattern} isHit={isHit} rowHeight={rowHeight} wrapped={settings.wrapLines} />
        <LogScrollbar model={model} hits={hits} />
        {length !== undefined && length.lines === 0 && (
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
      {row !== undefined && length !== undefined && (
        <InspectorContent>
          <LogInspector key={row.line} id={id} generation={length.generation} row={row} />
        </InspectorContent>
      )}
      {row === undefined && length !== undefined && (
        <InspectorContent>
          <Block title={summary?.name ?? baseName(id)}>
            <Facts
              facts={[
                { name: 'file', value: summary?.path ?? id, mono: true },
                { name: 'state', value: length.sentence === '' ? length.state : length.sentence },
                { name: 'size', value: formatBytes(length.bytes), title: `${formatCount(length.bytes)} bytes` },
                { name: 'lines', value: formatCount(length.lines) },
                { name: 'longest line', value: formatBytes(length.longestLine) },
                model.marks.size > 0 && { name: 'marked', value: plural(model.marks.size, 'line') },
              ]}
            />
          </Block>
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
