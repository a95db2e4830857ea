// Asks before something from elsewhere runs for the first time: the commands and programs as text, and two answers.
import { useEffect, useRef } from 'react'
import type { WouldRun } from '../../src-shared/contract/trust.ts'
import { overlay } from '../shell/overlay.ts'
import { Button } from '../ui/button.tsx'
import { Dialog } from '../ui/dialog.tsx'
import './trust-question.css'

export function TrustQuestion({ asks, answer }: { asks: readonly WouldRun[]; answer: (agreed: boolean) => void }) {
  const close = (agreed: boolean): void => {
    overlay.set(undefined)
    answer(agreed)
  }
  // Another overlay may take this one's place: that is no agreement. The first answer counts.
  const unanswered = useRef(answer)
  unanswered.current = answer
  useEffect(() => () => unanswered.current(false), [])
  return (
    <Dialog title="Run this on your machine?" onClose={() => close(false)}>
      <div className="trust">
        <p>This came from elsewhere, or was changed outside this window, and would run what stands below. Run it only if you know it.</p>
        {/* A long program is read with the arrow keys. */}
        <section className="trust-list" aria-label="What it would run" tabIndex={0}>
          {asks.map(({ kind, text, where, digest }) => (
            <figure key={digest}>
              <figcaption>{kind === 'command' ? `Command of ${where}` : `Program ${where}`}</figcaption>
              <pre>{text}</pre>
            </figure>
          ))}
        </section>
        <div className="trust-answers">
          <Button autoFocus onClick={() => close(false)}>
            Cancel
          </Button>
          <Button look="primary" onClick={() => close(true)}>
            Run
          </Button>
        </div>
      </div>
    </Dialog>
  )
}
