// One operator of a batch: its name, records in and out, time, and the first records on both sides.
import type { OperatorRecord, SampleRecord } from '../../src-shared/contract/streams.ts'
import { formatCount, formatDuration } from '../ui/format.ts'
import { shortError } from './short-error.ts'

export interface OperatorColumnProps {
  operator: OperatorRecord
  operators: readonly OperatorRecord[]
  chosen: SampleRecord | undefined
  onChoose: (record: SampleRecord, side: 'in' | 'out') => void
  onLine: (line?: number) => void
}

export function OperatorColumn({ operator, operators, chosen, onChoose, onLine }: OperatorColumnProps) {
  // A single parent's output is this one's input and stands right beside it already.
  const parent = operator.parents.length === 1 ? operators.find((each) => each.id === operator.parents[0]) : undefined
  const showsIn = parent === undefined && operator.samplesIn.length > 0 && !sameTexts(operator.samplesIn, operator.samplesOut)
  const unchanged = parent !== undefined && operator.recordsIn === operator.recordsOut && sameTexts(parent.samplesOut, operator.samplesOut)
  return (
    <section className="operator" aria-label={operator.name} data-failed={operator.error !== undefined || undefined}>
      <header className="operator-head">
        <h3 className="ellipsis" title={operator.name}>
          {operator.operation}
          {operator.line !== undefined && (
            <button
              type="button"
              className="operator-line"
              onClick={() => onLine(operator.line)}
              title={`Open the program: ${operator.name}`}
            >
              :{operator.line}
            </button>
          )}
        </h3>
        <span className="operator-counts" title={`${formatCount(operator.recordsIn)} records in, ${formatCount(operator.recordsOut)} out`}>
          {formatCount(operator.recordsIn)} → {formatCount(operator.recordsOut)}
          <span className="muted"> · {formatDuration(operator.timeMs)}</span>
        </span>
      </header>
      {operator.error !== undefined && (
        <p className="operator-error selectable" title={operator.error.message}>
          {shortError(operator.error.message)}
        </p>
      )}
      {showsIn && <Samples title="in" records={operator.samplesIn} chosen={chosen} onChoose={(record) => onChoose(record, 'in')} />}
      {unchanged && operator.samplesOut.length > 0 ? (
        <p className="muted samples-none">The records are the same as before it.</p>
      ) : (
        <Samples
          title={showsIn ? 'out' : undefined}
          records={operator.samplesOut}
          chosen={chosen}
          onChoose={(record) => onChoose(record, 'out')}
        />
      )}
    </section>
  )
}

function sameTexts(a: readonly SampleRecord[], b: readonly SampleRecord[]): boolean {
  return a.length === b.length && a.every((record, index) => record.text === b[index]?.text)
}

interface SamplesProps {
  title: string | undefined
  records: readonly SampleRecord[]
  chosen: SampleRecord | undefined
  onChoose: (record: SampleRecord) => void
}

function Samples({ title, records, chosen, onChoose }: SamplesProps) {
  return (
    <div className="samples">
      {title !== undefined && <h4 className="samples-title">{title}</h4>}
      {records.length === 0 && <p className="muted samples-none">no record</p>}
      {records.map((record, index) => (
        <button
          // biome-ignore lint/suspicious/noArrayIndexKey: samples of a finished batch never move
          key={index}
          type="button"
          className="sample mono"
          data-lit={lit(record, chosen)}
          aria-pressed={record === chosen}
          onClick={() => onChoose(record)}
        >
          {record.text}
        </button>
      ))}
    </div>
  )
}

/** The chosen record itself, and records of the same origin in other columns. */
function lit(record: SampleRecord, chosen: SampleRecord | undefined): 'chosen' | 'same' | undefined {
  if (chosen === undefined) return undefined
  if (record === chosen) return 'chosen'
  const a = record.origin
  const b = chosen.origin
  if (a === undefined || b === undefined) return undefined
  if (a.ordinal !== undefined && a.ordinal === b.ordinal && a.channel === b.channel) return 'same'
  return a.offset !== undefined && a.offset === b.offset && a.path === b.path ? 'same' : undefined
}
