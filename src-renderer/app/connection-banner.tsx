// The connection to the engine when it is not there: after a moment, what is going on and what it means. Views keep what they show.
import { useEffect, useState } from 'react'
import { desktop } from '../rpc/connection.ts'
import { useConnectionState } from '../rpc/live.ts'
import './connection-banner.css'

export function ConnectionBanner() {
  const state = useConnectionState()
  const [late, setLate] = useState(false)
  const [sentence, setSentence] = useState<string>()
  useEffect(() => desktop?.onEngineState((engine) => setSentence(engine.state === 'gone' ? engine.sentence : undefined)), [])
  useEffect(() => {
    setLate(false)
    if (state === 'connected') return
    const timer = setTimeout(() => setLate(true), 400)
    return () => clearTimeout(timer)
  }, [state])
  return (
    <div role="status" className="connection-place">
      {state !== 'connected' && late && (
        <div className="connection-banner">
          <span className="connection-mark" aria-hidden="true">
            ◐
          </span>
          <span>
            {state === 'connecting'
              ? 'Connecting to the engine…'
              : (sentence ?? 'The engine is away and is being reached again. What you see is the last that it said; nothing is lost.')}
          </span>
        </div>
      )}
    </div>
  )
}
