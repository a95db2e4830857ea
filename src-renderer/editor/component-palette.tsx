// The palette beside the canvas: every source, channel and sink there is. Drag one onto the canvas, or choose it with Enter or a click.
import { useEffect, useState } from 'react'
import type { ComponentInfo } from '../../src-shared/contract/components.ts'
import type { NodeKind } from '../../src-shared/pipeline/pipeline-structure.ts'
import { componentMime, type DraggedComponent } from './flow-adapter.tsx'

const groups: readonly { kind: NodeKind; title: string }[] = [
  { kind: 'source', title: 'Sources' },
  { kind: 'channel', title: 'Channels' },
  { kind: 'sink', title: 'Sinks' },
]

export interface ComponentPaletteProps {
  catalog: readonly ComponentInfo[]
  onAdd: (component: DraggedComponent) => void
  onClose: () => void
}

/** It was asked for to type into its field. */
function focus(element: HTMLElement | null): void {
  element?.focus()
}

/** The keyboard goes back to where it was, unless it has moved on by itself. */
function useFocusBack(): void {
  const [before] = useState(() => document.activeElement)
  useEffect(
    () => () => {
      const isLost = document.activeElement === null || document.activeElement === document.body
      if (isLost && before instanceof HTMLElement && before.isConnected) before.focus()
    },
    [before],
  )
}

export function ComponentPalette({ catalog, onAdd, onClose }: ComponentPaletteProps) {
  const [text, setText] = useState('')
  useFocusBack()
  const wanted = text.trim().toLowerCase()
  // Names first, then what the summaries say.
  const found = [
    ...catalog.filter((info) => [info.type, ...info.aliases].some((name) => name.toLowerCase().includes(wanted))),
    ...catalog.filter(
      (info) =>
        ![info.type, ...info.aliases].some((name) => name.toLowerCase().includes(wanted)) && info.summary.toLowerCase().includes(wanted),
    ),
  ]
  return (
    <section
      className="component-palette"
      aria-label="Components"
      onKeyDown={(event) => {
        if (event.key !== 'Escape') return
        event.stopPropagation()
        onClose()
      }}
    >
      <input
        className="ui-field"
        aria-label="Search components"
        placeholder="Search components"
        value={text}
        ref={focus}
        spellCheck={false}
        onChange={(event) => setText(event.target.value)}
      />
      <div className="component-list">
        {groups.map(({ kind, title }) => {
          const infos = found.filter((info) => info.kind === kind)
          if (infos.length === 0) return null
          return (
            <div key={kind} role="group" aria-label={title}>
              <h3>{title}</h3>
              {infos.map((info) => (
                <button
                  key={info.type}
                  type="button"
                  className="component-item"
                  title={info.summary}
                  draggable
                  onDragStart={(event) => {
                    event.dataTransfer.setData(componentMime, JSON.stringify({ kind, type: info.type }))
                    event.dataTransfer.effectAllowed = 'copy'
                  }}
                  onClick={() => onAdd({ kind, type: info.type })}
                >
                  <span className="component-type">{info.type}</span>
                  <span className="component-summary">{info.summary}</span>
                </button>
              ))}
            </div>
          )
        })}
        {found.length === 0 && <p className="muted component-none">No component matches “{text}”.</p>}
      </div>
    </section>
  )
}
