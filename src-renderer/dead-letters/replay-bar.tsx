// Sends what is set aside to an Avro source, as `millrace dead-letters replay` does; asks before.
import { useEffect, useRef, useState } from 'react'
import type { DeadLetterPage } from '../../src-shared/contract/dead-letters.ts'
import { whyNoAvroSource } from '../../src-shared/pipeline/avro-source-address.ts'
import { engine } from '../rpc/connection.ts'
import { doing } from '../shell/doing.ts'
import { Button } from '../ui/button.tsx'
import { baseName } from '../ui/format.ts'
import '../ui/field.css'

type Step = 'filling' | 'asking' | 'sending'

export function ReplayBar({ id, page, onReplayed }: { id: string; page: DeadLetterPage; onReplayed: () => void }) {
  const [host, setHost] = useState('127.0.0.1')
  const [port, setPort] = useState('')
  const [step, setStep] = useState<Step>('filling')
  const [done, setDone] = useState<string>()
  const whyNot = step === 'sending' ? 'They are being sent …' : (page.whyNoReplay ?? whyNoAvroSource(host.trim(), Number(port)))
  const replay = async (): Promise<void> => {
    setStep('sending')
    setDone(undefined)
    const answer = await doing('Not all events could be sent', () =>
      engine.deadLetters.replay({ id, host: host.trim(), port: Number(port) }),
    )
    setStep('filling')
    setDone(answer?.sentence)
    onReplayed()
  }
  return (
    <>
      {step === 'asking' ? (
        <Question
          sentence={`Send all events of ${baseName(page.file)} to ${host.trim()}:${port} with the headers they had? Those that are acknowledged leave the file.`}
          onSend={() => void replay()}
          onCancel={() => setStep('filling')}
        />
      ) : (
        <form
          className="view-notice dead-letters-replay"
          aria-label="Replay"
          onSubmit={(event) => {
            event.preventDefault()
            if (whyNot === undefined) setStep('asking')
          }}
        >
          <span>Avro source</span>
          <input className="ui-field" aria-label="Host" value={host} onChange={(event) => setHost(event.target.value)} />
          <input
            className="ui-field dead-letters-port"
            aria-label="Port"
            placeholder="Port"
            inputMode="numeric"
            value={port}
            onChange={(event) => setPort(event.target.value)}
          />
          <Button type="submit" whyNot={whyNot} aria-describedby="dead-letters-why-not">
            Replay…
          </Button>
          <span id="dead-letters-why-not" className="muted grow dead-letters-why-not">
            {whyNot}
          </span>
        </form>
      )}
      {done !== undefined && (
        <div className="view-notice" role="status">
          <span className="grow selectable">{done}</span>
          <Button onClick={() => setDone(undefined)}>Dismiss</Button>
        </div>
      )}
    </>
  )
}

function Question({ sentence, onSend, onCancel }: { sentence: string; onSend: () => void; onCancel: () => void }) {
  const place = useRef<HTMLFieldSetElement>(null)
  // The button that was pressed is gone: the keyboard goes on with the answer.
  useEffect(() => place.current?.querySelector('button')?.focus(), [])
  return (
    <fieldset
      ref={place}
      className="view-notice view-notice-warning dead-letters-question"
      aria-label={sentence}
      onKeyDown={(event) => {
        if (event.key !== 'Escape') return
        event.stopPropagation()
        onCancel()
      }}
    >
      <span className="grow">{sentence}</span>
      <Button look="primary" onClick={onSend}>
        Send
      </Button>
      <Button onClick={onCancel}>Cancel</Button>
    </fieldset>
  )
}
