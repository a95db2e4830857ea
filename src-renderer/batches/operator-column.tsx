// One operator of a batch: its name, records in and out, time, the first records on both sides, and the rows that it left out.
import type { BatchRecord, OperatorRecord, SampleRecord } from '../../src-shared/contract/streams.ts'
import { shortError } from '../../src-shared/streaming/short-error.ts'
import { formatCount, formatDuration, plural } from '../ui/format.ts'
import type { Chosen, Lit } from './chosen-record.ts'
import { sampleComingIn } from './lineage.ts'
import { Samples } from './samples.tsx'

export interface OperatorColumnProps {
  operator: OperatorRecord
  record: BatchRecord
  lit: Lit
  chosen: Chosen | undefined
  onChoose: (chosen: Chosen) => void
  onLine: (line?: number) => void
}

export function OperatorColumn({ operator, record, lit, chosen, onChoose, onLine }: OperatorColumnProps) {
  const { operators } = record
  // A single parent's output is this one's input and stands right beside it already.
  const parent = operator.parents.length === 1 ? operators.find((each) => each.id === operator.parents[0]) : undefined
  const showsIn = parent === undefined && operator.samplesIn.length > 0 && !sameTexts(operator.samplesIn, operator.samplesOut)
  const unchanged = parent !== undefined && operator.recordsIn === operator.recordsOut && sameTexts(parent.samplesOut, operator.samplesOut)
  const rejected = record.rejected.filter((each) => each.operator === operator.id)
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
      {showsIn && (
        <Samples
          title="in"
          records={operator.samplesIn}
          light={(index) => lit.light(sampleComingIn(operators, operator, index))}
          onChoose={(sample, index) => {
            const at = sampleComingIn(operators, operator, index)
            onChoose({ record: sample, title: `Record into ${operator.operation}`, ...(at && { at }) })
          }}
        />
      )}
      {unchanged && operator.samplesOut.length > 0 ? (
        <p className="muted samples-none">The records are the same as before it.</p>
      ) : (
        <Samples
          title={showsIn ? 'out' : undefined}
          records={operator.samplesOut}
          total={operator.recordsOut}
          light={(sample) => lit.light({ operator: operator.id, sample })}
          onChoose={(sample, index) =>
            onChoose({ record: sample, title: `Record out of ${operator.operation}`, at: { operator: operator.id, sample: index } })
          }
        />
      )}
      {rejected.map(({ reason, count, samples }) => (
        <div key={reason} className="rejected">
          <p className="rejected-reason" title={reason}>
            {plural(count, 'row')} left out: {reason}
          </p>
          <Samples
            records={samples}
            total={count}
            light={(index) => (samples[index] === chosen?.record ? 'chosen' : undefined)}
            onChoose={(sample) => onChoose({ record: sample, title: `Left out by ${operator.operation}: ${reason}` })}
          />
        </div>
      ))}
    </section>
  )
}

function sameTexts(a: readonly SampleRecord[], b: readonly SampleRecord[]): boolean {
  return a.length === b.length && a.every((record, index) => record.text === b[index]?.text)
}
