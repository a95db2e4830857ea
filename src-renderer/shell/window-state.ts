// What this window wants to find again: tabs, sizes, what is open and closed. Kept in the workspace (the engine), because a headless face
// has another origin at every start.
import { engine } from '../rpc/connection.ts'
import { createStore, type Store } from '../ui/store.ts'
import { keptState } from './kept-state.ts'

export type SideView = 'pipelines' | 'logs' | 'streams' | 'channels'
export type PanelTab = 'problems' | 'output' | 'tap'

export interface WindowState {
  /** Hashes of the open tabs, in order. */
  readonly tabs: readonly string[]
  readonly active: string | undefined
  readonly side: { readonly open: boolean; readonly size: number; readonly view: SideView }
  readonly inspector: { readonly open: boolean; readonly size: number }
  readonly panel: { readonly open: boolean; readonly size: number; readonly tab: PanelTab }
  /** Ids of tree nodes that are not as they are at first: closed, or a large one opened. */
  readonly closedNodes: readonly string[]
  readonly zoom: number
  /** Start of the engine that this window saw last: what is opened by the command line of a later one comes up as tabs. */
  readonly engine: number
  /** Small choices of views, by a key of theirs. */
  readonly views: Readonly<Record<string, unknown>>
}

export const usualSizes = { side: 232, inspector: 272, panel: 216 } as const

const initial: WindowState = {
  tabs: [],
  active: undefined,
  side: { open: true, size: usualSizes.side, view: 'pipelines' },
  inspector: { open: true, size: usualSizes.inspector },
  panel: { open: false, size: usualSizes.panel, tab: 'problems' },
  closedNodes: [],
  zoom: 1,
  engine: 0,
  views: {},
}

export const windowState: Store<WindowState> = createStore(initial)

const key = 'window'
let loaded = false
let timer: ReturnType<typeof setTimeout> | undefined

/** Takes up what was kept, once; until it is called nothing is saved. Answers whether there was anything. */
export async function loadWindowState(): Promise<boolean> {
  const kept = await engine.settings.windowState({ key })
  loaded = true
  if (typeof kept !== 'object' || kept === null) return false
  windowState.set(keptState(kept, initial))
  return true
}

windowState.subscribe(() => {
  if (!loaded) return
  clearTimeout(timer)
  timer = setTimeout(() => {
    // An engine that is away just now is told by the connection banner; the next change saves again.
    engine.settings.saveWindowState({ key, state: windowState.get() }).catch(() => undefined)
  }, 400)
})

/** A choice of one view that is found again: `useStore(windowState).views[key]`, typed by its default. */
export function viewChoice<T>(state: WindowState, choiceKey: string, usual: T): T {
  const kept = state.views[choiceKey]
  return typeof kept === typeof usual ? (kept as T) : usual
}

export function setViewChoice(choiceKey: string, value: unknown): void {
  windowState.set((now) => ({ ...now, views: { ...now.views, [choiceKey]: value } }))
}
