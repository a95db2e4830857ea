// Tooltip: a name and a shortcut, after a short rest of the pointer or on keyboard focus. Never the only place of an information.
import { Tooltip } from '@base-ui/react/tooltip'
import type { ReactElement, ReactNode } from 'react'
import './hint.css'
import { Keys } from './keys.tsx'

/** Once around the window: moving from one hint to the next shows the next at once. */
export function HintProvider({ children }: { children: ReactNode }) {
  return <Tooltip.Provider delay={450}>{children}</Tooltip.Provider>
}

export function Hint({
  text,
  keys,
  children,
}: {
  text: string
  keys?: string | undefined
  children: ReactElement<Record<string, unknown>>
}) {
  return (
    <Tooltip.Root>
      <Tooltip.Trigger render={children} />
      <Tooltip.Portal>
        <Tooltip.Positioner sideOffset={6} collisionPadding={6} className="ui-hint-place">
          <Tooltip.Popup className="ui-hint">
            {text}
            {keys !== undefined && <Keys chord={keys} />}
          </Tooltip.Popup>
        </Tooltip.Positioner>
      </Tooltip.Portal>
    </Tooltip.Root>
  )
}
