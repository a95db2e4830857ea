// The connection to the engine when it is not there, or does not keep a view up to date: after a moment, what is going on and what it means.
// Views keep what they show.
import { useEffect, useState } from 'react'
import type { ConnectionState } from '../../src-shared/contract/client.ts'
import { desktop } from '../rpc/connection.ts'
import { useConnectionState, useLiveTrouble } from '../rpc/live.ts'
import './connection-banner.css'

export function ConnectionBanner() {
  const state = useConnectionState()
  const trouble = useLiveTrouble()
  const [late, setLate] = useState(false)
  const [sentence, setSentence] = useState<string>()
  useEffect(() => desktop?.onEngineState((engine) => setSentence(engine.state === 'gone' ? engine.sentence : undefined)), [])
  useEffect(() => {
    setLate(false)
    if (state === 'connected') return
    const timer = setTimeout(() => setLate(true), 400)
    return () => clearTimeout(timer)
  }, [state])
  const words =
    state === 'connected' ? trouble && `What you see may be old, and is asked for again: ${trouble}` : late && awayWords(state, sentence)
  return (
    <div role="status" className="connection-place">
      {words && (
        <div className="connection-banner">
          <span className="connection-mark" aria-hidden="true">
            ◐
          </span>
          <span>{words}</span>
        </div>
      )}
    </div>
  )
}

function awayWords(state: ConnectionState, sentence: string | undefined): string {
  if (state === 'connecting') return 'Connecting to the engine…'
  return sentence ?? 'The engine is away and is being reached again. What you see is the last that it said; nothing is lost.'
}
