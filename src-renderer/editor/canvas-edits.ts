// What a person does to a pipeline on its canvas, as edits of its draft; and the sentence of what may not be done, for some seconds.
import { useCallback, useEffect, useMemo, useState } from 'react'
import { parseDocument } from '../../src-shared/flume/properties-document.ts'
import { mayConnect } from '../../src-shared/pipeline/connection-rules.ts'
import type { Layout, Position } from '../../src-shared/pipeline/pipeline-document.ts'
import { addComponent, connect, disconnect, moveNodes, removeComponents } from '../../src-shared/pipeline/pipeline-edits.ts'
import { structureOf } from '../../src-shared/pipeline/pipeline-structure.ts'
import { freePlace } from './arrange.ts'
import type { DraggedComponent } from './flow-adapter.tsx'
import type { PipelineDraft } from './pipeline-draft.ts'

export interface CanvasEdits {
  move(positions: Layout): void
  /** Undefined when a wire from one node to another may be drawn, else the sentence why not. */
  whyNot(from: string, to: string): string | undefined
  connect(from: string, to: string): void
  /** Adds a component, at a free place where none is given, and selects it. */
  add(component: DraggedComponent, position?: Position): void
  /** Removes a node or a wire, and selects nothing. */
  remove(id: string): void
  readonly refused: string | undefined
  refuse(sentence: string): void
}

const refusedForMs = 8000

export function useCanvasEdits(
  { text, graph, change }: Pick<PipelineDraft, 'text' | 'graph' | 'change'>,
  select: (id: string | undefined) => void,
): CanvasEdits {
  const [refused, refuse] = useState<string>()
  useEffect(() => {
    if (refused === undefined) return
    const timer = setTimeout(() => refuse(undefined), refusedForMs)
    return () => clearTimeout(timer)
  }, [refused])
  const properties = useMemo(() => parseDocument(text), [text])
  const whyNot = useCallback(
    (from: string, to: string) => {
      const verdict = mayConnect(properties, from, to)
      return verdict.allowed ? undefined : verdict.reason
    },
    [properties],
  )
  const add = useCallback(
    ({ kind, type }: DraggedComponent, position?: Position) => {
      const agent = graph?.nodes.find((each) => each.kind !== 'stream')?.agent ?? 'a1'
      change((now) => {
        const next = addComponent(now, { agent, kind, type, position: position ?? freePlace(now.layout, kind) })
        const before = new Set(structureOf(parseDocument(now.text)).nodes.map((each) => each.id))
        const made = structureOf(parseDocument(next.text)).nodes.find((each) => !before.has(each.id))
        if (made !== undefined) select(made.id)
        return next
      })
    },
    [change, graph, select],
  )
  const remove = useCallback(
    (id: string) => {
      const wire = graph?.wires.find((each) => each.id === id)
      if (id.startsWith('stream:') || wire?.to.startsWith('stream:') === true) {
        refuse('A stream program names the channels that it reads; change it in the program.')
        return
      }
      change((now) => (wire === undefined ? removeComponents(now, [id]) : disconnect(now, wire.from, wire.to)))
      select(undefined)
    },
    [change, graph, select],
  )
  return {
    move: useCallback((positions: Layout) => change((now) => moveNodes(now, positions)), [change]),
    whyNot,
    connect: useCallback((from: string, to: string) => change((now) => connect(now, from, to)), [change]),
    add,
    remove,
    refused,
    refuse,
  }
}
