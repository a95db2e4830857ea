// Which overlay of the frame is open: there is at most one.
import type { WouldRun } from '../../src-shared/contract/trust.ts'
import { createStore } from '../ui/store.ts'

export type Overlay =
  | { readonly kind: 'commands' }
  | { readonly kind: 'quick-open' }
  | { readonly kind: 'keys' }
  /** `wanted`: a name that was dropped, to be found. */
  | { readonly kind: 'open-log'; readonly wanted?: string }
  /** What a start would run; `answer` is called once. */
  | { readonly kind: 'trust'; readonly asks: readonly WouldRun[]; readonly answer: (agreed: boolean) => void }

export const overlay = createStore<Overlay | undefined>(undefined)
