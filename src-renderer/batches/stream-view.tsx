// A stream: a sentence about it, four timelines, and its batches.
import { FileCode, Play, Square } from 'lucide-react'
import { type ReactNode, useMemo, useState } from 'react'
import type { BatchSummary, StreamSummary, StreamTotals } from '../../src-shared/contract/streams.ts'
import { shortError } from '../../src-shared/streaming/short-error.ts'
import { engine } from '../rpc/connection.ts'
import { useLive } from '../rpc/live.ts'
import { useCommand } from '../shell/command-registry.ts'
import { doing } from '../shell/doing.ts'
import { NotShown } from '../shell/not-shown.tsx'
import { hashOf } from '../shell/routes.ts'
import { useTimeZone } from '../shell/settings.ts'
import { InspectorContent } from '../shell/slots.tsx'
import { startAsking } from '../shell/start-asking.ts'
import { openTab } from '../shell/tabs.ts'
import { useStreams } from '../shell/titles.ts'
import { Button } from '../ui/button.tsx'
import { Block, Facts } from '../ui/details.tsx'
import { Empty, Trouble } from '../ui/empty.tsx'
import { formatAgo, formatCount, formatDateTime, formatDuration, formatShort, formatTime, plural, type TimeZone } from '../ui/format.ts'
import { runStateMark } from '../ui/run-state.ts'
import { StateMark } from '../ui/state-mark.tsx'
import { type Column, Table } from '../ui/table.tsx'
import { batchFacts } from './batch-facts.tsx'
import { BatchStatusMark } from './batch-status.tsx'
import { Timelines } from './timelines.tsx'
import './batches.css'

const listed = 300

export function StreamView({ id }: { id: string }) {
  const streams = useStreams()
  const summary = streams?.find((each) => each.id === id)
  const { value: list, error } = useLive(`batches ${id}`, (client) => client.streams.batches({ id, limit: listed }))
  const zone = useTimeZone()
  const [current, setCurrent] = useState<number>()
  const oldestFirst = useMemo(() => [...(list?.batches ?? [])].reverse(), [list])
  const state = summary?.state ?? 'stopped'
  const runs = state === 'running' || state === 'starting' || state === 'retrying'
  const start = (): void =>
    void doing('The stream could not be started', () => startAsking((approve) => engine.streams.start({ id, approve })))
  const stop = (): void => void doing('The stream could not be stopped', () => engine.streams.stop({ id }))
  const openBatch = (batch: BatchSummary): void => openTab({ view: 'batch', id, batchTime: batch.batchTime })
  useCommand('stream.start', start, !runs)
  useCommand('stream.stop', stop, runs)
  useCommand('stream.program', () => openTab({ view: 'program', id }))

  if (error !== undefined && list === undefined) {
    return (
      <NotShown title="This stream cannot be shown" hash={hashOf({ view: 'stream', id })}>
        {error.message}
      </NotShown>
    )
  }
  const intervalMs = list?.batchIntervalMs ?? summary?.batchIntervalMs
  const chosen = list?.batches.find((batch) => batch.batchTime === current)
  return (
    <div className="stream">
      <header className="view-head">
        <StateMark state={runStateMark(state)} title={summary?.sentence} />
        <span className="view-sentence ellipsis" title={summary?.sentence}>
          {sentence(summary, list?.totals, intervalMs, oldestFirst.at(-1)?.records ?? 0)}
        </span>
        <span className="grow" />
        <Button icon={<FileCode size={14} strokeWidth={1.75} />} onClick={() => openTab({ view: 'program', id })}>
          Program
        </Button>
        {runs ? (
          <Button icon={<Square size={13} fill="currentColor" />} onClick={stop}>
            Stop
          </Button>
        ) : (
          <Button
            look="primary"
            icon={<Play size={13} fill="currentColor" />}
            onClick={start}
            whyNot={state === 'stopping' ? 'It is being stopped.' : undefined}
          >
            Run
          </Button>
        )}
      </header>
      {summary?.trouble !== undefined && (
        <div className="stream-trouble">
          <Trouble message={shortError(summary.trouble.message)} hint={summary.trouble.hint} severity={summary.trouble.severity} />
        </div>
      )}
      {oldestFirst.length > 0 && (
        <Timelines batches={oldestFirst} intervalMs={intervalMs} zone={zone} current={current} onChoose={setCurrent} />
      )}
      <div className="stream-table">
        <Table<BatchSummary>
          label="Batches"
          columns={columns(zone)}
          rows={list?.batches ?? []}
          rowKey={(batch) => String(batch.batchTime)}
          current={current === undefined ? undefined : String(current)}
          onCurrent={(batch) => setCurrent(batch.batchTime)}
          onOpen={openBatch}
          rowTone={(batch) => (batch.status === 'failed' ? 'failed' : batch.status === 'processing' ? 'running' : undefined)}
          empty={
            <Empty title="No batches yet">
              {runs ? 'The first one appears when the first interval has passed.' : 'Run the stream to see its batches here.'}
            </Empty>
          }
        />
      </div>
      {chosen === undefined && summary !== undefined && (
        <InspectorContent>
          <StreamInspector summary={summary} totals={list?.totals ?? summary.totals} zone={zone} />
        </InspectorContent>
      )}
      {chosen !== undefined && (
        <InspectorContent>
          <Block title={`Batch ${formatTime(chosen.batchTime, zone)}`} side={<Button onClick={() => openBatch(chosen)}>Open</Button>}>
            <Facts facts={batchFacts(chosen, zone)} />
            {chosen.error !== undefined && (
              <div className="inspector-trouble">
                <Trouble message={shortError(chosen.error)} />
              </div>
            )}
          </Block>
        </InspectorContent>
      )}
    </div>
  )
}

/** What the inspector shows while no batch is chosen. */
function StreamInspector({ summary, totals, zone }: { summary: StreamSummary; totals: StreamTotals; zone: TimeZone }) {
  return (
    <Block title={summary.name}>
      <Facts
        facts={[
          { name: 'program', value: summary.file, mono: true },
          { name: 'state', value: <StateMark state={runStateMark(summary.state)} /> },
          { name: 'since', value: formatAgo(summary.since, Date.now()), title: formatDateTime(summary.since, zone) },
          summary.batchIntervalMs !== undefined && { name: 'interval', value: formatDuration(summary.batchIntervalMs) },
          summary.channels.length > 0 && {
            name: 'reads',
            value: summary.channels.map((channel) => channel.split('.').at(-1)).join(', '),
            title: summary.channels.join(', '),
          },
          { name: 'completed', value: formatCount(totals.completed) },
          { name: 'failed', value: formatCount(totals.failed) },
          { name: 'queued', value: formatCount(totals.queued) },
          { name: 'records', value: formatCount(totals.records) },
          totals.backlogRecords !== undefined && {
            name: 'backlog',
            value: plural(totals.backlogRecords, 'record'),
            title: 'In the channel, in no batch yet',
          },
        ]}
      />
    </Block>
  )
}

/** `Batches of 1 s for 3 h 12 min, 11,520 completed, 4.8 M records, 0 failed`. */
function sentence(
  summary: StreamSummary | undefined,
  totals: StreamTotals | undefined,
  intervalMs: number | undefined,
  lastRecords: number,
): string {
  if (summary === undefined) return ''
  const runs = summary.state === 'running'
  // Before the first batch there is nothing to count.
  if (intervalMs === undefined) return summary.trouble === undefined ? summary.sentence : ''
  const now = totals ?? summary.totals
  const every = `Batches of ${formatDuration(intervalMs)}`
  const since = runs ? ` for ${formatDuration(Math.floor((Date.now() - summary.since) / 1000) * 1000)}` : ''
  // What the next batch takes anyway is no backlog.
  const waits = now.backlogRecords !== undefined && now.backlogRecords > 100 + 3 * lastRecords
  const backlog = waits ? `, ${formatShort(now.backlogRecords ?? 0)} records wait` : ''
  const queued = now.queued > 1 ? `, ${formatCount(now.queued)} queued` : ''
  return `${every}${since}, ${formatCount(now.completed)} completed, ${formatShort(now.records)} records, ${formatCount(now.failed)} failed${queued}${backlog}${runs || summary.trouble !== undefined ? '' : `. ${summary.sentence}`}`
}

/** What is worth a look in a batch that did not fail. */
function BatchNote({ batch: { alertsRaised, rowsLeftOut, rerun } }: { batch: BatchSummary }) {
  const others = [
    rowsLeftOut !== undefined && `${plural(rowsLeftOut, 'row')} left out`,
    rerun === true && 'run again after a restart',
  ].filter((note) => note !== false)
  return (
    <>
      {alertsRaised !== undefined && (
        <span className="batch-alerts">
          <span aria-hidden="true">▲</span> {plural(alertsRaised, 'alert')}
        </span>
      )}
      <span className="muted">{`${alertsRaised !== undefined && others.length > 0 ? ', ' : ''}${others.join(', ')}`}</span>
    </>
  )
}

function columns(zone: 'utc' | 'local'): Column<BatchSummary>[] {
  const ms = (value: number | undefined): ReactNode => (value === undefined ? '—' : formatDuration(value))
  return [
    {
      key: 'time',
      title: 'Batch time',
      width: '80px',
      cell: (batch) => <span title={formatDateTime(batch.batchTime, zone, true)}>{formatTime(batch.batchTime, zone)}</span>,
    },
    { key: 'status', title: 'Status', width: '92px', cell: (batch) => <BatchStatusMark status={batch.status} /> },
    { key: 'records', title: 'Input', width: '64px', align: 'right', hint: 'Records', cell: (batch) => formatCount(batch.records) },
    { key: 'scheduling', title: 'Scheduling delay', width: '106px', align: 'right', cell: (batch) => ms(batch.schedulingDelayMs) },
    { key: 'processing', title: 'Processing time', width: '98px', align: 'right', cell: (batch) => ms(batch.processingTimeMs) },
    { key: 'total', title: 'Total delay', width: '72px', align: 'right', cell: (batch) => ms(batch.totalDelayMs) },
    {
      key: 'note',
      title: '',
      width: 'minmax(96px, 1fr)',
      cell: (batch) =>
        batch.error !== undefined ? (
          <span className="batch-error" title={batch.error}>
            {shortError(batch.error)}
          </span>
        ) : (
          <BatchNote batch={batch} />
        ),
    },
  ]
}
