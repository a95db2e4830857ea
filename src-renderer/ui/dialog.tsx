// A dialog over the window: Escape and a click beside it close it, focus comes back to where it was.
import { Dialog as Base } from '@base-ui/react/dialog'
import { type ReactNode, useEffect, useState } from 'react'
import './dialog.css'

export interface DialogProps {
  title: string
  /** The title is read out and not shown. */
  titleHidden?: boolean
  look?: 'palette' | 'sheet'
  onClose: () => void
  children: ReactNode
}

export function Dialog({ title, titleHidden = false, look = 'sheet', onClose, children }: DialogProps) {
  const [before] = useState(() => document.activeElement)
  useEffect(
    () => () => {
      if (before instanceof HTMLElement && before.isConnected) before.focus()
    },
    [before],
  )
  return (
    <Base.Root open onOpenChange={(open) => !open && onClose()}>
      <Base.Portal>
        <Base.Backdrop className="ui-dialog-scrim" />
        <Base.Popup className={`ui-dialog ui-dialog-${look}`}>
          <Base.Title className={titleHidden ? 'sr-only' : 'ui-dialog-title'}>{title}</Base.Title>
          {children}
        </Base.Popup>
      </Base.Portal>
    </Base.Root>
  )
}
