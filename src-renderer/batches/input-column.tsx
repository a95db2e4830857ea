// What a batch read: for each input a range of a channel's log, or what the input says of itself.
import type { BatchRecord, InputRecord } from '../../src-shared/contract/streams.ts'
import { baseName, formatBytes, formatCount, plural } from '../ui/format.ts'

export function InputColumn({ record }: { record: BatchRecord }) {
  return (
    <section className="operator operator-input" aria-label="Input">
      <header className="operator-head">
        <h3>Input</h3>
        <span className="operator-counts">{plural(record.records, 'record')}</span>
      </header>
      <div className="batch-ranges">
        {record.inputs.length === 0 && <p className="muted">This batch read nothing.</p>}
        {record.inputs.map((input) => (
          <InputRange key={input.operator} input={input} />
        ))}
        {record.bytes !== undefined && <p className="muted">{formatBytes(record.bytes)}</p>}
      </div>
    </section>
  )
}

function InputRange({ input }: { input: InputRecord }) {
  const { range, description } = input
  const files = range === undefined || description?.includes('\n') ? description?.split('\n').filter((line) => line !== '') : undefined
  return (
    <div className="batch-range">
      <div className="ellipsis" title={range?.channel ?? input.name}>
        {range === undefined ? input.name : range.channel.startsWith('received') ? input.name : baseName(range.channel)}
      </div>
      {range !== undefined && range.records > 0 && (
        <div className="mono selectable" title="Ordinals of the channel's log, end exclusive">
          {formatCount(range.from)} … {formatCount(range.until)}
        </div>
      )}
      {files?.map((file) => (
        <div key={file} className="mono ellipsis" title={file}>
          {baseName(file)}
        </div>
      ))}
      <div className="muted">{plural(input.records, range === undefined ? 'record' : 'event')}</div>
    </div>
  )
}
