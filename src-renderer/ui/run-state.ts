// The engine's run states in the window's vocabulary of states.
import type { RunState as EngineRunState } from '../../src-shared/contract/pipelines.ts'
import type { RunState } from './state-mark.tsx'

export function runStateMark(state: EngineRunState): RunState {
  return state === 'stopping' ? 'starting' : state
}
