// Buttons. An icon button always has a name; its tooltip shows the name and the shortcut.
import type { ButtonHTMLAttributes, ReactNode } from 'react'
import './button.css'
import { Hint } from './hint.tsx'

type Native = Omit<ButtonHTMLAttributes<HTMLButtonElement>, 'className' | 'title'>

export interface ButtonProps extends Native {
  look?: 'plain' | 'primary' | 'quiet' | 'danger'
  icon?: ReactNode
}

export function Button({ look = 'plain', icon, children, ...rest }: ButtonProps) {
  return (
    <button type="button" className={`ui-button ui-button-${look}`} {...rest}>
      {icon}
      {children !== undefined && <span>{children}</span>}
    </button>
  )
}

export interface IconButtonProps extends Native {
  label: string
  /** Shortcut as in the command table. */
  keys?: string | undefined
  pressed?: boolean
}

export function IconButton({ label, keys, pressed, children, ...rest }: IconButtonProps) {
  return (
    <Hint text={label} keys={keys}>
      <button type="button" className="ui-icon-button" aria-label={label} aria-pressed={pressed} {...rest}>
        {children}
      </button>
    </Hint>
  )
}
