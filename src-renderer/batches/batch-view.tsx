// One batch, looked into: what it read, what each operator made of it, what came out, what went wrong; and the same again as a replay.
import { ChevronLeft, ChevronRight, RotateCcw } from 'lucide-react'
import { useEffect, useState } from 'react'
import { asMillraceError } from '../../src-shared/contract/client.ts'
import type {
  BatchRecord,
  OperatorRecord,
  RangeRecord,
  RecordedError,
  ReplayResult,
  SampleRecord,
} from '../../src-shared/contract/streams.ts'
import { engine } from '../rpc/connection.ts'
import { useLive } from '../rpc/live.ts'
import { keysOf, useCommand } from '../shell/command-registry.ts'
import { revealPlace } from '../shell/reveal.ts'
import { hashOf } from '../shell/routes.ts'
import { useTimeZone } from '../shell/settings.ts'
import { InspectorContent } from '../shell/slots.tsx'
import { closeTab, openTab } from '../shell/tabs.ts'
import { Button, IconButton } from '../ui/button.tsx'
import { Block, Facts } from '../ui/details.tsx'
import { Empty } from '../ui/empty.tsx'
import { baseName, formatBytes, formatCount, formatDateTime, formatDuration, plural } from '../ui/format.ts'
import { BatchStatusMark } from './batch-status.tsx'
import { OperatorColumn } from './operator-column.tsx'
import { shortError } from './short-error.ts'
import './batches.css'

interface Chosen {
  readonly record: SampleRecord
  readonly operator?: OperatorRecord
  readonly side?: 'in' | 'out'
}

export function BatchView({ id, batchTime }: { id: string; batchTime: number }) {
  const zone = useTimeZone()
  const [record, setRecord] = useState<BatchRecord>()
  const [trouble, setTrouble] = useState<string>()
  const [replay, setReplay] = useState<ReplayResult | { readonly trouble: string } | 'running'>()
  const [chosen, setChosen] = useState<Chosen>()
  const { value: list } = useLive(`batches ${id}`, (client) => client.streams.batches({ id, limit: 300 }))
  const status = list?.batches.find((batch) => batch.batchTime === batchTime)?.status

  // A batch that is under way has its record when it ends: the list says when that is.
  // biome-ignore lint/correctness/useExhaustiveDependencies: a change of status asks anew
  useEffect(() => {
    let left = false
    engine.streams.batch({ id, batchTime }).then(
      (answer) => {
        if (left) return
        setRecord(answer)
        setTrouble(undefined)
      },
      (thrown) => {
        if (left) return
        setRecord(undefined)
        setTrouble(asMillraceError(thrown).message)
      },
    )
    return () => {
      left = true
    }
  }, [id, batchTime, status])
  // biome-ignore lint/correctness/useExhaustiveDependencies: another batch begins without what was chosen in this one
  useEffect(() => {
    setReplay(undefined)
    setChosen(undefined)
  }, [id, batchTime])

  const times = list?.batches.map((batch) => batch.batchTime) ?? []
  const earlier = times.find((time) => time < batchTime)
  const later = times.findLast((time) => time > batchTime)
  const go = (time: number | undefined): void => {
    if (time !== undefined) openTab({ view: 'batch', id, batchTime: time })
  }
  const runReplay = async (): Promise<void> => {
    setReplay('running')
    try {
      setReplay(await engine.streams.replay({ id, batchTime }))
    } catch (thrown) {
      setReplay({ trouble: asMillraceError(thrown).message })
    }
  }
  const replays = replay === 'running'
  useCommand('batch.replay', () => void runReplay(), record !== undefined && !replays)
  useCommand('batch.previous', () => go(earlier), earlier !== undefined)
  useCommand('batch.next', () => go(later), later !== undefined)

  if (record === undefined) {
    if (trouble === undefined) return null
    return (
      <Empty
        title="There is no record of this batch"
        actions={<Button onClick={() => closeTab(hashOf({ view: 'batch', id, batchTime }))}>Close tab</Button>}
      >
        {trouble}
      </Empty>
    )
  }
  const showLine = (line?: number, column?: number): void => {
    openTab({ view: 'program', id })
    if (line !== undefined) revealPlace.set({ hash: hashOf({ view: 'program', id }), line, ...(column !== undefined && { column }) })
  }
  return (
    <div className="batch">
      <header className="view-head">
        <IconButton label="Previous batch" keys={keysOf('batch.previous')} disabled={earlier === undefined} onClick={() => go(earlier)}>
          <ChevronLeft size={16} />
        </IconButton>
        <IconButton label="Next batch" keys={keysOf('batch.next')} disabled={later === undefined} onClick={() => go(later)}>
          <ChevronRight size={16} />
        </IconButton>
        <strong className="batch-time" title={`${formatDateTime(record.batchTime, zone, true)} (${record.batchTime})`}>
          {formatDateTime(record.batchTime, zone)}
        </strong>
        <BatchStatusMark status={record.status} />
        <span className="view-sentence ellipsis">{summaryOf(record)}</span>
        <span className="grow" />
        <Button icon={<RotateCcw size={14} strokeWidth={1.75} />} onClick={() => void runReplay()} disabled={replays}>
          {replays ? 'Replaying…' : 'Replay'}
        </Button>
      </header>
      {replay !== undefined && replay !== 'running' && <ReplayNotice replay={replay} onDismiss={() => setReplay(undefined)} />}
      <div className="batch-body">
        {record.errors.map((error) => (
          <ErrorBlock key={error.message} error={error} onLine={showLine} onRecord={(each) => setChosen({ record: each })} />
        ))}
        <div className="batch-columns" role="group" aria-label="Operators in order of flow">
          <section className="operator operator-input" aria-label="Input">
            <header className="operator-head">
              <h3>Input</h3>
              <span className="operator-counts">{plural(record.records, 'record')}</span>
            </header>
            <Ranges ranges={record.ranges} bytes={record.bytes} />
          </section>
          {record.operators.map((operator) => (
            <OperatorColumn
              key={operator.id}
              operator={operator}
              operators={record.operators}
              chosen={chosen?.record}
              onChoose={(each, side) => setChosen({ record: each, operator, side })}
              onLine={showLine}
            />
          ))}
          {record.outputs.map((output) => (
            <section
              key={output.id}
              className="operator operator-output"
              aria-label={`Output ${output.name}`}
              data-failed={output.status === 'failed' || undefined}
            >
              <header className="operator-head">
                <h3 className="ellipsis" title={output.name}>
                  {output.name}
                </h3>
                <span className="operator-counts">
                  output · {output.status}
                  {output.timeMs !== undefined && ` · ${formatDuration(output.timeMs)}`}
                </span>
              </header>
              {output.error !== undefined && <p className="operator-error">{shortError(output.error.message)}</p>}
              <pre className="operator-lines selectable mono" role="region" tabIndex={0} aria-label={`What ${output.name} wrote`}>
                {output.lines.length === 0 ? 'wrote nothing' : output.lines.join('\n')}
              </pre>
              {output.cut && <p className="muted operator-cut">and more that is not kept</p>}
            </section>
          ))}
        </div>
      </div>
      <InspectorContent>
        {chosen === undefined ? (
          <Block title="Batch">
            <Facts
              facts={[
                { name: 'time', value: formatDateTime(record.batchTime, zone, true) },
                { name: 'status', value: <BatchStatusMark status={record.status} /> },
                {
                  name: 'input',
                  value: `${plural(record.records, 'record')}${record.bytes === undefined ? '' : `, ${formatBytes(record.bytes)}`}`,
                },
                { name: 'submitted', value: formatDateTime(record.submittedAt, zone, true) },
                { name: 'scheduling', value: record.schedulingDelayMs === undefined ? '—' : formatDuration(record.schedulingDelayMs) },
                { name: 'processing', value: record.processingTimeMs === undefined ? '—' : formatDuration(record.processingTimeMs) },
                { name: 'total', value: record.totalDelayMs === undefined ? '—' : formatDuration(record.totalDelayMs) },
                { name: 'program', value: record.programVersion, mono: true },
                record.rerun === true && { name: 'run again', value: 'after a restart, with the same range' },
              ]}
            />
            <p className="muted batch-hint">Select a record to see where it came from.</p>
          </Block>
        ) : (
          <RecordInspector chosen={chosen} />
        )}
      </InspectorContent>
    </div>
  )
}

function summaryOf(record: BatchRecord): string {
  const parts = [plural(record.records, 'record')]
  if (record.processingTimeMs !== undefined) parts.push(`processed in ${formatDuration(record.processingTimeMs)}`)
  if (record.schedulingDelayMs !== undefined) parts.push(`waited ${formatDuration(record.schedulingDelayMs)}`)
  return parts.join(', ')
}

function Ranges({ ranges, bytes }: { ranges: readonly RangeRecord[]; bytes: number | undefined }) {
  return (
    <div className="batch-ranges">
      {ranges.length === 0 && <p className="muted">This batch read no range of a channel.</p>}
      {ranges.map((range) => (
        <div key={`${range.channel}${range.from}`} className="batch-range">
          <div className="ellipsis" title={range.channel}>
            {baseName(range.channel)}
          </div>
          <div className="mono selectable" title="Ordinals of the channel's log, end exclusive">
            {formatCount(range.from)} … {formatCount(range.until)}
          </div>
          <div className="muted">{plural(range.records, 'event')}</div>
        </div>
      ))}
      {bytes !== undefined && <p className="muted">{formatBytes(bytes)}</p>}
    </div>
  )
}

function ErrorBlock({
  error,
  onLine,
  onRecord,
}: {
  error: RecordedError
  onLine: (line?: number, column?: number) => void
  onRecord: (record: SampleRecord) => void
}) {
  const { record } = error
  return (
    <div className="batch-failure" role="alert">
      <div className="batch-failure-head">
        <span className="batch-failure-mark" aria-hidden="true">
          ✕
        </span>
        <strong className="grow selectable" title={error.message}>
          {shortError(error.message)}
        </strong>
        {error.operator !== undefined && <span className="muted">{error.operator}</span>}
        {error.line !== undefined && <Button onClick={() => onLine(error.line, error.column)}>Line {error.line}</Button>}
      </div>
      {record !== undefined && (
        <button type="button" className="sample mono" onClick={() => onRecord(record)}>
          {record.text}
        </button>
      )}
      {error.stack !== undefined && (
        <details className="batch-frames">
          <summary>Stack</summary>
          <pre className="batch-stack selectable mono" role="region" tabIndex={0} aria-label="Stack">
            {error.stack}
          </pre>
        </details>
      )}
    </div>
  )
}

function ReplayNotice({ replay, onDismiss }: { replay: ReplayResult | { readonly trouble: string }; onDismiss: () => void }) {
  const failed = 'trouble' in replay
  const good = !failed && replay.same
  return (
    <div className={good ? 'view-notice view-notice-good' : 'view-notice view-notice-warning'} role="status">
      <span className="grow selectable">
        {failed
          ? `The batch could not be replayed. ${replay.trouble}`
          : replay.same
            ? 'Replayed through collecting outputs: the same output. Nothing was written.'
            : `Replayed through collecting outputs: the output differs. ${replay.difference ?? ''} Nothing was written.`}
      </span>
      <Button onClick={onDismiss}>Dismiss</Button>
    </div>
  )
}

function RecordInspector({ chosen }: { chosen: Chosen }) {
  const { record, operator, side } = chosen
  const { origin } = record
  const openOrigin = async (): Promise<void> => {
    if (origin?.path === undefined) return
    const log = await engine.logs.open({ path: origin.path })
    openTab({ view: 'log', id: log.id })
  }
  return (
    <>
      <Block title={side === undefined ? 'Record' : `Record ${side === 'in' ? 'into' : 'out of'} ${operator?.operation ?? ''}`}>
        <p className="log-whole selectable mono">{record.text}</p>
        {record.cut && <p className="muted">The record is longer; its first 4 KiB are kept.</p>}
      </Block>
      <Block title="Where it came from" side={origin?.path !== undefined && <Button onClick={() => void openOrigin()}>Open log</Button>}>
        {origin === undefined ? (
          <p className="muted">No origin was recorded for it: it was made by the program, or of more than one record.</p>
        ) : (
          <Facts
            facts={[
              origin.path !== undefined && { name: 'file', value: origin.path },
              origin.offset !== undefined && { name: 'byte', value: formatCount(origin.offset) },
              origin.channel !== undefined && { name: 'channel', value: origin.channel },
              origin.ordinal !== undefined && { name: 'ordinal', value: formatCount(origin.ordinal) },
            ]}
          />
        )}
      </Block>
    </>
  )
}
