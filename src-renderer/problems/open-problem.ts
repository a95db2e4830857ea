// Where a problem leads: to the events that it speaks of, to the line or the component that has it, or to its stream.
import type { WorkspaceProblem } from '../../src-shared/contract/workspace.ts'
import { revealNode, revealPlace } from '../shell/reveal.ts'
import { hashOf, type Route } from '../shell/routes.ts'
import { openTab } from '../shell/tabs.ts'

type Asked = Pick<WorkspaceProblem, 'deadLetters' | 'pipeline' | 'stream' | 'line' | 'component'>

/** What a button that goes there says; undefined when there is nowhere to go. */
export function whereProblemLeads({ deadLetters, pipeline, stream, line }: Asked): string | undefined {
  if (deadLetters !== undefined) return 'Open dead letters'
  if (pipeline !== undefined) return line === undefined ? 'Open pipeline' : 'Show in text'
  return stream === undefined ? undefined : 'Open stream'
}

export function openProblem(problem: Asked): void {
  const { deadLetters, pipeline, stream } = problem
  if (deadLetters !== undefined) openTab({ view: 'dead-letters', id: deadLetters })
  else if (pipeline !== undefined) openInPipeline({ view: 'pipeline', id: pipeline }, problem)
  else if (stream !== undefined) openTab({ view: 'stream', id: stream })
}

function openInPipeline(route: Route, { line, component }: Asked): void {
  openTab(route)
  const hash = hashOf(route)
  if (line !== undefined) revealPlace.set({ hash, line })
  else if (component !== undefined) revealNode.set({ hash, node: component })
}
