// The events that a sink set aside: when, why, what they were; page by page, and sent again.
import { useEffect, useState } from 'react'
import { asMillraceError } from '../../src-shared/contract/client.ts'
import type { DeadLetterPage } from '../../src-shared/contract/dead-letters.ts'
import { engine } from '../rpc/connection.ts'
import { sinkOf } from '../shell/titles.ts'
import { Button } from '../ui/button.tsx'
import { Empty, Trouble } from '../ui/empty.tsx'
import { baseName, formatBytes } from '../ui/format.ts'
import { DeadLetter, Unreadable } from './dead-letter.tsx'
import { ReplayBar } from './replay-bar.tsx'
import './dead-letters.css'

export function DeadLettersView({ id }: { id: string }) {
  /** Where each page up to the one that is shown begins. */
  const [trail, setTrail] = useState<readonly number[]>([0])
  const { page, trouble } = usePage(id, trail)
  const readAgain = (): void => setTrail([0])
  const next = page?.next
  return (
    <div className="dead-letters">
      <header className="view-head">
        <span className="view-sentence ellipsis" title={page?.file}>
          {page === undefined ? `Dead letters of ${sinkOf(id)}` : `${formatBytes(page.bytes)} in ${baseName(page.file)}, oldest first`}
        </span>
        <span className="grow" />
        <span className="muted">Page {trail.length}</span>
        <Button whyNot={trail.length === 1 ? 'This is the first page.' : undefined} onClick={() => setTrail(trail.slice(0, -1))}>
          Previous
        </Button>
        <Button
          whyNot={next === undefined ? 'This is the last page.' : undefined}
          onClick={() => next !== undefined && setTrail([...trail, next])}
        >
          Next
        </Button>
        <Button onClick={readAgain}>Read again</Button>
      </header>
      {page !== undefined && <ReplayBar id={id} page={page} onReplayed={readAgain} />}
      {trouble !== undefined && <Trouble message={trouble} />}
      {page !== undefined && trouble === undefined && <Items key={trail.at(-1)} page={page} />}
    </div>
  )
}

function Items({ page }: { page: DeadLetterPage }) {
  if (page.items.length === 0)
    return <Empty title="Nothing is set aside">Events that a sink with maxRetries cannot deliver are shown here.</Empty>
  return (
    <section className="dead-letters-items" aria-label="Dead letters" tabIndex={0}>
      {page.items.map((item) =>
        item.kind === 'event' ? <DeadLetter key={item.at} letter={item} /> : <Unreadable key={item.at} lines={item} />,
      )}
    </section>
  )
}

interface Answer {
  readonly page?: DeadLetterPage
  readonly trouble?: string
}

/** The page that `trail` ends with; read anew with each new trail. */
function usePage(id: string, trail: readonly number[]): Answer {
  const [answer, setAnswer] = useState<Answer>({})
  useEffect(() => {
    let left = false
    engine.deadLetters.page({ id, from: trail.at(-1) ?? 0 }).then(
      (page) => !left && setAnswer({ page }),
      (thrown) => !left && setAnswer({ trouble: asMillraceError(thrown).message }),
    )
    return () => {
      left = true
    }
  }, [id, trail])
  return answer
}
