// The document behind canvas and text: the properties text and the places of its nodes. Every change is a reversible diff, whichever of
// the two made it; undo applies the inverse.

export interface Position {
  readonly x: number
  readonly y: number
}

/** Places by node id. Kept in the workspace, not in the text: layout is not logic. */
export type Layout = Readonly<Record<string, Position>>

export interface PipelineState {
  readonly text: string
  readonly layout: Layout
}

/** One splice of the text: at `at`, `removed` gives way to `inserted`. */
export interface TextDiff {
  readonly at: number
  readonly removed: string
  readonly inserted: string
}

export interface PipelineChange {
  readonly text?: TextDiff
  /** Nodes whose place is another one; an absent side: the node has none there. */
  readonly layout: Readonly<Record<string, { readonly before?: Position; readonly after?: Position }>>
}

/** What leads from one state to the other. */
export function changeBetween(before: PipelineState, after: PipelineState): PipelineChange {
  const layout: Record<string, { before?: Position; after?: Position }> = {}
  for (const id of new Set([...Object.keys(before.layout), ...Object.keys(after.layout)])) {
    const [from, to] = [before.layout[id], after.layout[id]]
    if (from?.x === to?.x && from?.y === to?.y) continue
    layout[id] = { ...(from !== undefined && { before: from }), ...(to !== undefined && { after: to }) }
  }
  const text = textDiff(before.text, after.text)
  return { ...(text !== undefined && { text }), layout }
}

const isEmptyChange = (change: PipelineChange): boolean => change.text === undefined && Object.keys(change.layout).length === 0

/** The change that takes this one back. */
export function invertChange({ text, layout }: PipelineChange): PipelineChange {
  return {
    ...(text !== undefined && { text: { at: text.at, removed: text.inserted, inserted: text.removed } }),
    layout: Object.fromEntries(
      Object.entries(layout).map(([id, { before, after }]) => [
        id,
        { ...(after !== undefined && { before: after }), ...(before !== undefined && { after: before }) },
      ]),
    ),
  }
}

/** Throws a RangeError when the change was made for another text: then the caller reads the document anew. */
export function applyChange(state: PipelineState, { text, layout }: PipelineChange): PipelineState {
  if (text !== undefined && state.text.slice(text.at, text.at + text.removed.length) !== text.removed) {
    throw new RangeError('The change does not fit this text: it was changed elsewhere.')
  }
  const places = { ...state.layout }
  for (const [id, { after }] of Object.entries(layout)) {
    if (after === undefined) delete places[id]
    else places[id] = after
  }
  return {
    text: text === undefined ? state.text : state.text.slice(0, text.at) + text.inserted + state.text.slice(text.at + text.removed.length),
    layout: places,
  }
}

function textDiff(before: string, after: string): TextDiff | undefined {
  if (before === after) return undefined
  let start = 0
  while (start < before.length && before[start] === after[start]) start++
  let end = 0
  while (end < before.length - start && end < after.length - start && before[before.length - 1 - end] === after[after.length - 1 - end])
    end++
  return { at: start, removed: before.slice(start, before.length - end), inserted: after.slice(start, after.length - end) }
}

/** Undo and redo as a value. */
export interface PipelineHistory {
  readonly state: PipelineState
  readonly done: readonly PipelineChange[]
  readonly undone: readonly PipelineChange[]
}

export const newHistory = (state: PipelineState): PipelineHistory => ({ state, done: [], undone: [] })

/** Goes to `next`, remembering the way back. A change of nothing is not remembered. */
export function record(history: PipelineHistory, next: PipelineState): PipelineHistory {
  const change = changeBetween(history.state, next)
  return isEmptyChange(change) ? history : { state: next, done: [...history.done, change], undone: [] }
}

export function undo(history: PipelineHistory): PipelineHistory {
  const last = history.done.at(-1)
  if (last === undefined) return history
  return { state: applyChange(history.state, invertChange(last)), done: history.done.slice(0, -1), undone: [...history.undone, last] }
}

export function redo(history: PipelineHistory): PipelineHistory {
  const next = history.undone.at(-1)
  if (next === undefined) return history
  return { state: applyChange(history.state, next), done: [...history.done, next], undone: history.undone.slice(0, -1) }
}
