// Buttons. An icon button always has a name; its tooltip shows the name and the shortcut.
import type { ButtonHTMLAttributes, MouseEvent, ReactElement, ReactNode } from 'react'
import './button.css'
import { Hint } from './hint.tsx'

// No `disabled`: what cannot be pressed says why.
type Native = Omit<ButtonHTMLAttributes<HTMLButtonElement>, 'className' | 'title' | 'disabled'>

export interface ButtonProps extends Native {
  look?: 'plain' | 'primary' | 'quiet' | 'danger'
  icon?: ReactNode
  /** Why it does nothing now; it can still be reached, so that pointer and keyboard find out. */
  whyNot?: string | undefined
}

export function Button({ look = 'plain', icon, whyNot, children, ...rest }: ButtonProps) {
  return (
    <Inert whyNot={whyNot}>
      <button type="button" className={`ui-button ui-button-${look}`} {...rest} {...inert(whyNot)}>
        {icon}
        {children !== undefined && <span>{children}</span>}
      </button>
    </Inert>
  )
}

export interface IconButtonProps extends Native {
  label: string
  /** Shortcut as in the command table. */
  keys?: string | undefined
  pressed?: boolean
  whyNot?: string | undefined
}

export function IconButton({ label, keys, pressed, whyNot, children, ...rest }: IconButtonProps) {
  return (
    <Hint text={whyNot === undefined ? label : `${label}: ${whyNot}`} keys={keys}>
      <button type="button" className="ui-icon-button" aria-label={label} aria-pressed={pressed} {...rest} {...inert(whyNot)}>
        {children}
      </button>
    </Hint>
  )
}

function Inert({ whyNot, children }: { whyNot: string | undefined; children: ReactElement<Record<string, unknown>> }) {
  return whyNot === undefined ? children : <Hint text={whyNot}>{children}</Hint>
}

/** `aria-description`: for who does not see the tooltip. */
function inert(whyNot: string | undefined) {
  if (whyNot === undefined) return {}
  return { 'aria-disabled': true, 'aria-description': whyNot, onClick: (event: MouseEvent) => event.preventDefault() } as const
}
