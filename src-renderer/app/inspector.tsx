// The inspector: what is selected in the active view. The view fills it through its slot.
import { useCallback } from 'react'
import { inspectorSlot } from '../shell/slots.tsx'
import './inspector.css'

export function Inspector() {
  const slot = useCallback((element: HTMLElement | null) => inspectorSlot.set(element), [])
  return (
    <aside className="inspector" aria-label="Inspector" data-region="inspector" tabIndex={-1}>
      <div ref={slot} className="inspector-slot" />
      <div className="inspector-none">Nothing is selected. Select a node, a wire, a line or a record to see it here.</div>
    </aside>
  )
}
