// An error of a batch: what was thrown, on which record, by which operator, at which line.
import type { RecordedError } from '../../src-shared/contract/streams.ts'
import { shortError } from '../../src-shared/streaming/short-error.ts'
import { Button } from '../ui/button.tsx'
import type { Chosen } from './chosen-record.ts'

export interface BatchFailureProps {
  error: RecordedError
  chosen: Chosen | undefined
  onLine: (line?: number, column?: number) => void
  onChoose: (chosen: Chosen) => void
}

export function BatchFailure({ error, chosen, onLine, onChoose }: BatchFailureProps) {
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
        <button
          type="button"
          className="sample mono"
          data-lit={record === chosen?.record ? 'chosen' : undefined}
          aria-pressed={record === chosen?.record}
          onClick={() => onChoose({ record, title: 'Record that failed' })}
        >
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
