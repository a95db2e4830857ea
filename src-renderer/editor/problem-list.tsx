// Problems of a pipeline or of one of its components, those of a real Flume apart.
import type { Problem } from '../../src-shared/flume/problem.ts'
import { Block } from '../ui/details.tsx'

export function ProblemList({ problems, onLine }: { problems: readonly Problem[]; onLine: (line: number) => void }) {
  const notes = problems.filter((problem) => problem.severity === 'info')
  const own = problems.filter((problem) => problem.severity !== 'info')
  return (
    <>
      {own.length > 0 && <ProblemBlock title="Problems" problems={own} onLine={onLine} />}
      {notes.length > 0 && <ProblemBlock title="In a real Flume" problems={notes} onLine={onLine} />}
    </>
  )
}

function ProblemBlock({ title, problems, onLine }: { title: string; problems: readonly Problem[]; onLine: (line: number) => void }) {
  return (
    <Block title={title}>
      {problems.map((problem) => (
        <button
          key={`${problem.code}${problem.line}${problem.message}`}
          type="button"
          className={`inspector-problem inspector-problem-${problem.severity}`}
          onClick={() => problem.line !== undefined && onLine(problem.line)}
        >
          {problem.message}
          {problem.hint !== undefined && <span className="muted"> {problem.hint}</span>}
        </button>
      ))}
    </Block>
  )
}
