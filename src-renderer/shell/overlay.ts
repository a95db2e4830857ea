// Which overlay of the frame is open: there is at most one.
import { createStore } from '../ui/store.ts'

export type Overlay =
  | { readonly kind: 'commands' }
  | { readonly kind: 'quick-open' }
  | { readonly kind: 'keys' }
  /** `wanted`: a name that was dropped, to be found. */
  | { readonly kind: 'open-log'; readonly wanted?: string }

export const overlay = createStore<Overlay | undefined>(undefined)
