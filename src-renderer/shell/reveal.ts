// A place in a text that another view asks to be shown: the tab with that text takes it and goes there.
import { createStore } from '../ui/store.ts'

export interface Place {
  readonly hash: string
  readonly line: number
  readonly column?: number
}

export const revealPlace = createStore<Place | undefined>(undefined)
