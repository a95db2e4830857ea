// The wire whose tap the panel shows.
import { createStore } from '../ui/store.ts'
import { windowState } from './window-state.ts'

export interface TapTarget {
  readonly pipeline: string
  readonly wire: string
  /** `r1 → c1`. */
  readonly title: string
}

export const tapTarget = createStore<TapTarget | undefined>(undefined)

export function openTap(target: TapTarget): void {
  tapTarget.set(target)
  windowState.set((now) => ({ ...now, panel: { ...now.panel, open: true, tab: 'tap' } }))
}
