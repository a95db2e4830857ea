// A place that another view asks to be shown: the tab with that text, or with that node, takes it and goes there.
import { createStore } from '../ui/store.ts'

export interface Place {
  readonly hash: string
  readonly line: number
  readonly column?: number
}

/** A component on a pipeline's canvas. */
export interface NodePlace {
  readonly hash: string
  readonly node: string
}

export const revealNode = createStore<NodePlace | undefined>(undefined)

export const revealPlace = createStore<Place | undefined>(undefined)
