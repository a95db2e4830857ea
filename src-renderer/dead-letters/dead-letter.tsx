// One event that was set aside. Everything in it came from logs and is shown as text.
import { useState } from 'react'
import type { CutText, DeadLetterItem, UnreadableLines } from '../../src-shared/contract/dead-letters.ts'
import { useTimeZone } from '../shell/settings.ts'
import { formatBytes, formatCount, formatDateTime, plural } from '../ui/format.ts'
import { visibleText } from '../ui/visible-text.ts'

const longBody = { characters: 600, lines: 8 }

export function DeadLetter({ letter }: { letter: DeadLetterItem }) {
  const zone = useTimeZone()
  const at = Date.parse(letter.time)
  const { body, headers, moreHeaders } = letter
  return (
    <article className="dead-letter">
      <header className="dead-letter-head">
        <time className="mono" title={letter.time}>
          {Number.isNaN(at) ? visibleText(letter.time) : formatDateTime(at, zone)}
        </time>
        <span>
          {visibleText(letter.sink)}, from {visibleText(letter.channel)}, {plural(letter.attempts, 'attempt')}
        </span>
      </header>
      <p className="dead-letter-error selectable">
        {visibleText(letter.error.text)}
        <Rest of={letter.error} unit="characters" />
      </p>
      {headers.length > 0 && (
        <dl className="dead-letter-headers">
          {headers.map(({ name, value }, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: names that were cut may be the same
            <div key={index}>
              <dt className="mono">
                {visibleText(name.text)}
                <Rest of={name} unit="characters" />
              </dt>
              <dd className="mono selectable">
                {visibleText(value.text)}
                <Rest of={value} unit="characters" />
              </dd>
            </div>
          ))}
        </dl>
      )}
      {moreHeaders > 0 && <p className="muted">{plural(moreHeaders, 'more header')}</p>}
      {body.form === 'hex' && <p className="muted">The body is no text; its bytes in hexadecimal:</p>}
      <Body body={body} />
      <Rest of={body} unit="bytes" />
    </article>
  )
}

/** A long one is shown by its beginning: the next event is to be in sight. */
function Body({ body }: { body: DeadLetterItem['body'] }) {
  const [whole, setWhole] = useState(false)
  const isLong = body.text.length > longBody.characters || body.text.split('\n', longBody.lines + 1).length > longBody.lines
  return (
    <>
      <div className="dead-letter-body mono selectable ui-whole" data-short={(isLong && !whole) || undefined}>
        {body.text === '' ? <span className="muted">(empty)</span> : visibleText(body.text)}
      </div>
      {isLong && (
        <button type="button" className="dead-letter-more" aria-expanded={whole} onClick={() => setWhole(!whole)}>
          {whole ? 'Show less' : 'Show more'}
        </button>
      )}
    </>
  )
}

/** How long the whole is, where only a beginning is shown. */
function Rest({ of, unit }: { of: CutText; unit: 'bytes' | 'characters' }) {
  return of.length === undefined ? null : (
    <span className="muted">
      {' … cut, '}
      {formatCount(of.length)} {unit} in all
    </span>
  )
}

export function Unreadable({ lines }: { lines: UnreadableLines }) {
  return (
    <p className="dead-letter muted">
      {plural(lines.lines, 'line')} ({formatBytes(lines.bytes)}) here {lines.lines === 1 ? 'is' : 'are'} no dead letter, cut short, or too
      long to be read here.
    </p>
  )
}
