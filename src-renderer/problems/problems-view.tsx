// The problems of the workspace as a page; what is current is in the inspector in full.
import { useState } from 'react'
import type { WorkspaceProblem } from '../../src-shared/contract/workspace.ts'
import { InspectorContent } from '../shell/slots.tsx'
import { Button } from '../ui/button.tsx'
import { Block, Facts } from '../ui/details.tsx'
import { openProblem, whereProblemLeads } from './open-problem.ts'
import { ProblemList } from './problem-list.tsx'

export function ProblemsView() {
  const [problem, setProblem] = useState<WorkspaceProblem>()
  const leads = problem && whereProblemLeads(problem)
  return (
    <>
      <ProblemList onCurrent={setProblem} />
      {problem !== undefined && (
        <InspectorContent>
          <Block
            title={problem.severity === 'error' ? 'Error' : problem.severity === 'warning' ? 'Warning' : 'Note'}
            side={leads !== undefined && <Button onClick={() => openProblem(problem)}>{leads}</Button>}
          >
            <p className="selectable">{problem.message}</p>
            {problem.hint !== undefined && <p className="selectable muted">{problem.hint}</p>}
          </Block>
          <Block title="Where">
            <Facts
              facts={[
                { name: 'file', value: problem.file },
                problem.line !== undefined && { name: 'line', value: problem.line },
                problem.key !== undefined && { name: 'key', value: problem.key, mono: true },
                problem.value !== undefined && { name: 'value', value: problem.value, mono: true },
                problem.component !== undefined && { name: 'component', value: problem.component, mono: true },
                { name: 'code', value: problem.code, mono: true },
                problem.rule !== undefined && { name: 'rule', value: problem.rule },
              ]}
            />
          </Block>
        </InspectorContent>
      )}
    </>
  )
}
