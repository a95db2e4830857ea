// What an output of a batch wrote; beside a replay, line by line what was there before and what there is now. Alerts are outputs too.
import { diffArrays } from 'diff'
import type { BatchRecord, OutputRecord, RaisedAlerts } from '../../src-shared/contract/streams.ts'
import { shortError } from '../../src-shared/streaming/short-error.ts'
import { formatCount, formatDuration, plural } from '../ui/format.ts'
import type { Chosen } from './chosen-record.ts'

export interface OutputColumnProps {
  output: OutputRecord
  record: BatchRecord
  /** The same output of the other run, recorded or replayed: then the differences are shown. */
  before: OutputRecord | undefined
  chosen: Chosen | undefined
  onChoose: (chosen: Chosen) => void
}

export function OutputColumn({ output, record, before, chosen, onChoose }: OutputColumnProps) {
  const alerts = record.alerts.find((each) => each.output === output.id)
  return (
    <section
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
      {alerts !== undefined ? (
        <Alerts raised={alerts} chosen={chosen} onChoose={onChoose} />
      ) : (
        <pre className="operator-lines selectable mono" role="region" tabIndex={0} aria-label={`What ${output.name} wrote`}>
          {before === undefined ? (
            output.lines.length === 0 ? (
              'wrote nothing'
            ) : (
              output.lines.join('\n')
            )
          ) : (
            <Difference before={before.lines} now={output.lines} />
          )}
        </pre>
      )}
      {output.cut && <p className="muted operator-cut">and more that is not kept</p>}
    </section>
  )
}

function Difference({ before, now }: { before: readonly string[]; now: readonly string[] }) {
  const parts = diffArrays([...before], [...now])
  if (parts.every((part) => !part.added && !part.removed)) return now.length === 0 ? 'wrote nothing' : now.join('\n')
  return parts.flatMap((part, index) =>
    part.value.map((line, at) => (
      <span
        // biome-ignore lint/suspicious/noArrayIndexKey: parts of a fixed difference have no other name
        key={`${index}.${at}`}
        className={part.added ? 'line-added' : part.removed ? 'line-removed' : 'line-same'}
      >
        {part.added ? '+ ' : part.removed ? '− ' : '  '}
        {line}
        {'\n'}
      </span>
    )),
  )
}

const shapes = { info: '●', warning: '▲', error: '✕' } as const

function Alerts({ raised, chosen, onChoose }: { raised: RaisedAlerts; chosen: Chosen | undefined; onChoose: (chosen: Chosen) => void }) {
  return (
    <div className="samples">
      <h4 className="samples-title">{plural(raised.count, 'alert')}</h4>
      {raised.alerts.map((alert, index) => (
        <button
          // biome-ignore lint/suspicious/noArrayIndexKey: alerts of a finished batch never move
          key={index}
          type="button"
          className="sample alert"
          data-severity={alert.severity}
          data-lit={alert.row === chosen?.record ? 'chosen' : undefined}
          aria-pressed={alert.row === chosen?.record}
          title={`${alert.severity} ${alert.name}: ${alert.message}`}
          tabIndex={index === 0 ? 0 : -1}
          onClick={() => onChoose({ record: alert.row, title: `Alert ${alert.name}: ${alert.message}` })}
        >
          <span aria-hidden="true">{shapes[alert.severity]}</span> {alert.message}
        </button>
      ))}
      {raised.count > raised.alerts.length && (
        <p className="muted samples-more">and {formatCount(raised.count - raised.alerts.length)} more</p>
      )}
    </div>
  )
}
