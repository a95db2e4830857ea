// Problems of every pipeline and stream: what, where, what to do. Enter goes there.
import { useState } from 'react'
import type { WorkspaceProblem } from '../../src-shared/contract/workspace.ts'
import { useLive } from '../rpc/live.ts'
import { useTimeZone } from '../shell/settings.ts'
import { Empty } from '../ui/empty.tsx'
import { baseName, formatTime } from '../ui/format.ts'
import { Table } from '../ui/table.tsx'
import { openProblem } from './open-problem.ts'
import './problems.css'

const severities = ['error', 'warning', 'info'] as const
const signs = { error: '✕', warning: '⚠', info: 'ℹ' } as const

export function ProblemList({ onCurrent }: { onCurrent?: (problem: WorkspaceProblem) => void }) {
  const { value: problems } = useLive('problems', (engine) => engine.workspace.problems())
  const zone = useTimeZone()
  const [current, setCurrent] = useState<string>()
  if (problems === undefined) return null
  // The worst first; among equals as the engine tells them.
  const sorted = [...problems].sort((a, b) => severities.indexOf(a.severity) - severities.indexOf(b.severity))
  return (
    <Table<WorkspaceProblem>
      label="Problems"
      columns={[
        {
          key: 'message',
          title: 'What',
          width: 'minmax(200px, 1fr)',
          cell: (problem) => (
            <span title={[problem.message, problem.hint].filter(Boolean).join('\n')}>
              <span className={`problem-sign problem-${problem.severity}`} aria-hidden="true">
                {signs[problem.severity]}
              </span>
              <span className="sr-only">{problem.severity}: </span>
              {problem.message}
              {problem.hint !== undefined && <span className="muted"> {problem.hint}</span>}
            </span>
          ),
        },
        { key: 'component', title: 'Component', width: 'minmax(72px, 128px)', cell: (problem) => problem.component ?? problem.key ?? '' },
        {
          key: 'place',
          title: 'Where',
          width: 'minmax(80px, 144px)',
          cell: (problem) => (
            <span title={problem.file}>
              {baseName(problem.file)}
              {problem.line !== undefined && `:${problem.line}`}
            </span>
          ),
        },
        {
          key: 'since',
          title: 'Since',
          width: '72px',
          align: 'right',
          cell: (problem) => (problem.since === undefined ? '' : formatTime(problem.since, zone)),
        },
      ]}
      rows={sorted}
      rowKey={keyOf}
      current={current}
      onCurrent={(problem) => {
        setCurrent(keyOf(problem))
        onCurrent?.(problem)
      }}
      onOpen={openProblem}
      empty={
        <Empty title="No problems">
          Configuration problems and troubles of running components are listed here, each with its place and what to do.
        </Empty>
      }
    />
  )
}

function keyOf(problem: WorkspaceProblem): string {
  return [problem.pipeline, problem.stream, problem.file, problem.line, problem.component, problem.code, problem.message].join('|')
}
