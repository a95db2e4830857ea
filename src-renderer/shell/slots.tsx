// Places of the frame that the view in the active tab fills: the inspector, and its own items of the status bar.
import type { ReactNode } from 'react'
import { createPortal } from 'react-dom'
import { createStore, useStore } from '../ui/store.ts'

export const inspectorSlot = createStore<HTMLElement | null>(null)
export const statusSlot = createStore<HTMLElement | null>(null)

/** What the inspector shows while this view is the active one. */
export function InspectorContent({ children }: { children: ReactNode }) {
  const slot = useStore(inspectorSlot)
  return slot === null ? null : createPortal(children, slot)
}

export function StatusContent({ children }: { children: ReactNode }) {
  const slot = useStore(statusSlot)
  return slot === null ? null : createPortal(children, slot)
}
