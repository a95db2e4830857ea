// The engine's run states in the window's vocabulary of states.
import type { StreamSummary } from '../../src-shared/contract/streams.ts'
import type { RunState } from './state-mark.tsx'

export function runStateMark(state: StreamSummary['state']): RunState {
  return state === 'stopping' ? 'starting' : state
}
