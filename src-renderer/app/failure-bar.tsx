// Why the last action failed, in its place above the view, until it is dismissed or another action succeeds.
import { X } from 'lucide-react'
import { lastFailure } from '../shell/doing.ts'
import { IconButton } from '../ui/button.tsx'
import { useStore } from '../ui/store.ts'
import './failure-bar.css'

export function FailureBar() {
  const failure = useStore(lastFailure)
  if (failure === undefined) return null
  return (
    <div className="failure-bar" role="alert">
      <span aria-hidden="true" className="failure-bar-mark">
        ✕
      </span>
      <span className="grow selectable">
        <strong>{failure.what}.</strong> {failure.message}
      </span>
      <IconButton label="Dismiss" onClick={() => lastFailure.set(undefined)}>
        <X size={14} />
      </IconButton>
    </div>
  )
}
