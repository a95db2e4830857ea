// What an empty view says: what belongs here, and the next thing to do.
import type { ReactNode } from 'react'
import './empty.css'

export function Empty({ icon, title, children, actions }: { icon?: ReactNode; title: string; children?: ReactNode; actions?: ReactNode }) {
  return (
    <div className="ui-empty">
      {icon !== undefined && (
        <div className="ui-empty-icon" aria-hidden="true">
          {icon}
        </div>
      )}
      <h2 className="ui-empty-title">{title}</h2>
      {children !== undefined && <div className="ui-empty-text">{children}</div>}
      {actions !== undefined && <div className="ui-empty-actions">{actions}</div>}
    </div>
  )
}

/** A sentence of trouble in place: what, where, what to do. */
export interface TroubleProps {
  message: string
  hint?: string | undefined
  severity?: 'warning' | 'error'
  actions?: ReactNode
}

export function Trouble({ message, hint, severity = 'error', actions }: TroubleProps) {
  return (
    <div className={`ui-trouble ui-trouble-${severity}`} role="alert">
      <span className="ui-trouble-mark" aria-hidden="true">
        {severity === 'error' ? '✕' : '▲'}
      </span>
      <div className="grow selectable">
        <div>{message}</div>
        {hint !== undefined && <div className="muted">{hint}</div>}
      </div>
      {actions}
    </div>
  )
}
