// The head of a log's view: which file, how much of it, what state it is in; and the same as facts for the inspector.
import { Workflow } from 'lucide-react'
import type { LogLength, LogSummary } from '../../src-shared/contract/logs.ts'
import { Button } from '../ui/button.tsx'
import { Block, Facts } from '../ui/details.tsx'
import { formatBytes, formatCount, formatRate, formatShare, plural } from '../ui/format.ts'
import { StateMark } from '../ui/state-mark.tsx'

export interface LogHeadProps {
  summary: LogSummary | undefined
  length: LogLength | undefined
  onMakePipeline: () => void
}

export function LogHead({ summary, length, onMakePipeline }: LogHeadProps) {
  const away = length?.state === 'missing' || length?.state === 'failed'
  return (
    <>
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
            {away && <StateMark state={length.state === 'missing' ? 'retrying' : 'failed'} title={length.sentence} />}
            {length.binary && <span title="Control characters are shown as signs">binary</span>}
          </span>
        )}
        <span className="grow" />
        <Button
          icon={<Workflow size={14} strokeWidth={1.75} />}
          onClick={onMakePipeline}
          whyNot={summary === undefined ? 'The log is being opened.' : undefined}
        >
          Make a pipeline
        </Button>
      </header>
      {away && <p className="log-sentence">{length.sentence}</p>}
    </>
  )
}

/** What the inspector shows while no line is the current one. */
export function LogFacts({ name, path, length, marks }: { name: string; path: string; length: LogLength; marks: number }) {
  return (
    <Block title={name}>
      <Facts
        facts={[
          { name: 'file', value: path, mono: true },
          { name: 'state', value: length.sentence === '' ? length.state : length.sentence },
          { name: 'size', value: formatBytes(length.bytes), title: `${formatCount(length.bytes)} bytes` },
          { name: 'lines', value: formatCount(length.lines) },
          { name: 'longest line', value: formatBytes(length.longestLine) },
          marks > 0 && { name: 'marked', value: plural(marks, 'line') },
        ]}
      />
    </Block>
  )
}
