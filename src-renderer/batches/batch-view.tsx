// One batch, looked into: what it read, what each operator made of it, what came out, what went wrong; and the same again as a replay.
import { ChevronLeft, ChevronRight, RotateCcw } from 'lucide-react'
import { useEffect, useMemo, useRef, useState } from 'react'
import { asMillraceError } from '../../src-shared/contract/client.ts'
import type { BatchRecord } from '../../src-shared/contract/streams.ts'
import { engine } from '../rpc/connection.ts'
import { useLive } from '../rpc/live.ts'
import { keysOf, useCommand } from '../shell/command-registry.ts'
import { NotShown } from '../shell/not-shown.tsx'
import { revealPlace } from '../shell/reveal.ts'
import { hashOf } from '../shell/routes.ts'
import { useTimeZone } from '../shell/settings.ts'
import { InspectorContent } from '../shell/slots.tsx'
import { openTab } from '../shell/tabs.ts'
import { Button, IconButton } from '../ui/button.tsx'
import { Block, Facts } from '../ui/details.tsx'
import { formatDateTime, formatDuration, plural, type TimeZone } from '../ui/format.ts'
import { batchFacts } from './batch-facts.tsx'
import { BatchFailure } from './batch-failure.tsx'
import { BatchStatusMark } from './batch-status.tsx'
import { type Chosen, type Lit, litBy } from './chosen-record.ts'
import { InputColumn } from './input-column.tsx'
import { OperatorColumn } from './operator-column.tsx'
import { OutputColumn } from './output-column.tsx'
import { RecordInspector } from './record-inspector.tsx'
import { type ReplayBy, useReplay } from './replay.ts'
import { ReplayNotice, type ShownRun } from './replay-notice.tsx'
import { walkSamples } from './samples.tsx'
import './batches.css'

export function BatchView({ id, batchTime }: { id: string; batchTime: number }) {
  const zone = useTimeZone()
  const { value: list } = useLive(`batches ${id}`, (client) => client.streams.batches({ id, limit: 300 }))
  const { recorded, trouble } = useRecorded(id, batchTime, list?.batches.find((batch) => batch.batchTime === batchTime)?.status)
  const [shown, setShown] = useState<ShownRun>('recorded')
  const { replay, unsaved, run, forget } = useReplay(id, batchTime)
  const [chosen, setChosen] = useState<Chosen>()
  // A run that differs is what a person wants to see next.
  const replayed = replay.result?.record
  const same = replay.result?.same
  useEffect(() => setShown(replayed !== undefined && same === false ? 'replayed' : 'recorded'), [replayed, same])
  const record = shown === 'replayed' && replayed !== undefined ? replayed : recorded
  // biome-ignore lint/correctness/useExhaustiveDependencies: what was chosen belongs to the record that was shown
  useEffect(() => setChosen(undefined), [record])
  const lit = useMemo(() => record && litBy(record, chosen), [record, chosen])

  const times = list?.batches.map((batch) => batch.batchTime) ?? []
  const earlier = times.find((time) => time < batchTime)
  const later = times.findLast((time) => time > batchTime)
  const go = (time: number | undefined): void => {
    if (time !== undefined) openTab({ view: 'batch', id, batchTime: time })
  }
  const canReplay = recorded !== undefined && replay.state !== 'running'
  useCommand('batch.replay', () => void run('recorded'), canReplay)
  useCommand('batch.replay-current', () => void run('current'), canReplay)
  useCommand('batch.previous', () => go(earlier), earlier !== undefined)
  useCommand('batch.next', () => go(later), later !== undefined)

  if (record === undefined || lit === undefined) {
    if (trouble === undefined) return null
    return (
      <NotShown title="There is no record of this batch" hash={hashOf({ view: 'batch', id, batchTime })}>
        {trouble}
      </NotShown>
    )
  }
  const showLine = (line?: number, column?: number): void => {
    openTab({ view: 'program', id })
    if (line !== undefined) revealPlace.set({ hash: hashOf({ view: 'program', id }), line, ...(column !== undefined && { column }) })
  }
  return (
    <div className="batch">
      <BatchHead
        record={record}
        zone={zone}
        onEarlier={earlier === undefined ? undefined : () => go(earlier)}
        onLater={later === undefined ? undefined : () => go(later)}
        replaying={replay.state === 'running'}
        unsaved={unsaved}
        onReplay={run}
      />
      {(replay.state === 'done' || replay.state === 'failed') && (
        <ReplayNotice replay={replay} shown={shown} onShow={setShown} onDismiss={forget} />
      )}
      {record.errors.length > 0 && (
        <div className="batch-failures">
          {record.errors.map((error) => (
            <BatchFailure key={error.message} error={error} chosen={chosen} onLine={showLine} onChoose={setChosen} />
          ))}
        </div>
      )}
      <div className="batch-body">
        <BatchColumns
          record={record}
          lit={lit}
          before={shown === 'replayed' ? recorded : undefined}
          chosen={chosen}
          onChoose={setChosen}
          onLine={showLine}
        />
      </div>
      <InspectorContent>
        {chosen === undefined ? (
          <BatchFacts record={record} zone={zone} />
        ) : (
          <RecordInspector record={record} chosen={chosen} lit={lit} onChoose={setChosen} />
        )}
      </InspectorContent>
    </div>
  )
}

interface BatchColumnsProps {
  record: BatchRecord
  lit: Lit
  /** The recorded run, where `record` is its replay. */
  before: BatchRecord | undefined
  chosen: Chosen | undefined
  onChoose: (chosen: Chosen) => void
  onLine: (line?: number) => void
}

function BatchColumns({ record, lit, before, chosen, onChoose, onLine }: BatchColumnsProps) {
  const columns = useRef<HTMLDivElement>(null)
  // What failed is what a person came for, and may stand right of the view. Nothing is returned: newer browsers answer a promise.
  // biome-ignore lint/correctness/useExhaustiveDependencies: once for each record that is shown
  useEffect(() => {
    columns.current?.querySelector('.operator[data-failed]')?.scrollIntoView({ block: 'nearest', inline: 'nearest' })
  }, [record])
  return (
    <div ref={columns} className="batch-columns" role="group" aria-label="Operators in order of flow" onKeyDown={walkSamples}>
      <InputColumn record={record} />
      {record.operators.map((operator) => (
        <OperatorColumn
          key={operator.id}
          operator={operator}
          record={record}
          lit={lit}
          chosen={chosen}
          onChoose={onChoose}
          onLine={onLine}
        />
      ))}
      {record.outputs.map((output) => (
        <OutputColumn
          key={output.id}
          output={output}
          record={record}
          before={before?.outputs.find((each) => each.id === output.id)}
          chosen={chosen}
          onChoose={onChoose}
        />
      ))}
    </div>
  )
}

/** A batch that is under way has its record when it ends: a change of `status` asks anew. */
function useRecorded(
  id: string,
  batchTime: number,
  status: BatchRecord['status'] | undefined,
): { readonly recorded?: BatchRecord; readonly trouble?: string } {
  const [answer, setAnswer] = useState<{ readonly recorded?: BatchRecord; readonly trouble?: string }>({})
  // biome-ignore lint/correctness/useExhaustiveDependencies: a change of status asks anew
  useEffect(() => {
    let left = false
    engine.streams.batch({ id, batchTime }).then(
      (recorded) => !left && setAnswer({ recorded }),
      (thrown) => !left && setAnswer({ trouble: asMillraceError(thrown).message }),
    )
    return () => {
      left = true
    }
  }, [id, batchTime, status])
  return answer
}

interface BatchHeadProps {
  record: BatchRecord
  zone: TimeZone
  /** Undefined where there is none. */
  onEarlier: (() => void) | undefined
  onLater: (() => void) | undefined
  replaying: boolean
  /** The program has changes that are not saved. */
  unsaved: boolean
  onReplay: (by: ReplayBy) => Promise<void>
}

function BatchHead({ record, zone, onEarlier, onLater, replaying, unsaved, onReplay }: BatchHeadProps) {
  const whyNot = replaying ? 'A replay is under way.' : undefined
  return (
    <header className="view-head">
      <IconButton
        label="Previous batch"
        keys={keysOf('batch.previous')}
        whyNot={onEarlier === undefined ? 'none that is kept is older' : undefined}
        onClick={() => onEarlier?.()}
      >
        <ChevronLeft size={16} />
      </IconButton>
      <IconButton
        label="Next batch"
        keys={keysOf('batch.next')}
        whyNot={onLater === undefined ? 'none is newer' : undefined}
        onClick={() => onLater?.()}
      >
        <ChevronRight size={16} />
      </IconButton>
      <strong className="batch-time" title={`${formatDateTime(record.batchTime, zone, true)} (${record.batchTime})`}>
        {formatDateTime(record.batchTime, zone)}
      </strong>
      <BatchStatusMark status={record.status} />
      <span className="view-sentence ellipsis" title={summaryOf(record)}>
        {summaryOf(record)}
      </span>
      <span className="grow" />
      <Button icon={<RotateCcw size={14} strokeWidth={1.75} />} onClick={() => void onReplay('recorded')} whyNot={whyNot}>
        {replaying ? 'Replaying…' : 'Replay'}
      </Button>
      <Button onClick={() => void onReplay('current')} whyNot={whyNot}>
        {unsaved ? 'Try my changes' : 'Replay current program'}
      </Button>
    </header>
  )
}

function summaryOf(record: BatchRecord): string {
  const parts = [plural(record.records, 'record')]
  if (record.processingTimeMs !== undefined) parts.push(`processed in ${formatDuration(record.processingTimeMs)}`)
  if (record.schedulingDelayMs !== undefined) parts.push(`waited ${formatDuration(record.schedulingDelayMs)}`)
  if (record.rowsLeftOut !== undefined) parts.push(`${plural(record.rowsLeftOut, 'row')} left out`)
  if (record.alertsRaised !== undefined) parts.push(plural(record.alertsRaised, 'alert'))
  return parts.join(', ')
}

function BatchFacts({ record, zone }: { record: BatchRecord; zone: TimeZone }) {
  return (
    <Block title="Batch">
      <Facts facts={[...batchFacts(record, zone), { name: 'program', value: record.programVersion, mono: true }]} />
      <p className="muted batch-hint">Select a record to see where it came from and what became of it.</p>
    </Block>
  )
}
