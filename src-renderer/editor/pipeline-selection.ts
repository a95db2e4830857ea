// What is selected in a pipeline, and the place in its text that is shown for it: canvas, text and inspector follow one another.
import { useCallback, useEffect, useState } from 'react'
import type { GraphNode, GraphWire, PipelineGraph } from '../../src-shared/contract/pipelines.ts'
import { revealNode, revealPlace } from '../shell/reveal.ts'
import { openTab } from '../shell/tabs.ts'
import { openTap } from '../shell/tap-target.ts'
import type { CodePlace } from '../ui/code-editor.tsx'
import { useStore } from '../ui/store.ts'
import { wireTitle } from './selection-inspector.tsx'

export interface PipelineSelection {
  /** Id of a node or a wire. */
  readonly selected: string | undefined
  readonly reveal: CodePlace | undefined
  /** Selects only. */
  setSelected(id: string | undefined): void
  /** Selects, and shows its line where the text is seen. */
  select(id: string | undefined): void
  /** Shows a line, with the keyboard in it. */
  showLine(line: number): void
  tap(wire: GraphWire): void
  /** A stream or a channel in its own view, another component in the text. */
  open(node: GraphNode): void
}

/** `onText`: the text is to be seen now. */
export function usePipelineSelection(id: string, hash: string, graph: PipelineGraph | undefined, onText: () => void): PipelineSelection {
  const [selected, setSelected] = useState<string>()
  const [reveal, setReveal] = useState<CodePlace>()
  const showLine = useCallback(
    (line: number) => {
      setReveal({ line, focus: true })
      onText()
    },
    [onText],
  )
  const asked = useStore(revealPlace)
  // biome-ignore lint/correctness/useExhaustiveDependencies: each asking is answered once
  useEffect(() => {
    if (asked?.hash !== hash) return
    revealPlace.set(undefined)
    showLine(asked.line)
  }, [asked])
  const select = useCallback(
    (next: string | undefined) => {
      setSelected(next)
      const line = graph?.nodes.find((each) => each.id === next)?.line
      if (line !== undefined) setReveal({ line })
    },
    [graph],
  )
  const wanted = useStore(revealNode)
  useEffect(() => {
    if (wanted?.hash !== hash || graph === undefined) return
    revealNode.set(undefined)
    select(wanted.node)
  }, [wanted, hash, graph, select])
  const tap = useCallback(
    (wire: GraphWire) => {
      setSelected(wire.id)
      openTap({ pipeline: id, wire: wire.id, title: wireTitle(wire) })
    },
    [id],
  )
  const open = (node: GraphNode): void => {
    if (node.kind === 'stream') openTab({ view: 'stream', id: node.id.replace(/^stream:/, '') })
    else if (node.kind === 'channel') openTab({ view: 'channel', id: `${id}/${node.id}` })
    else if (node.line !== undefined) showLine(node.line)
  }
  return { selected, reveal, setSelected, select, showLine, tap, open }
}
