// Building blocks of inspectors and pages: a titled block, and rows of name and value.
import type { ReactNode } from 'react'
import './details.css'

export function Block({ title, side, children }: { title: string; side?: ReactNode; children: ReactNode }) {
  return (
    <section className="ui-block" aria-label={title}>
      <header className="ui-block-head">
        <h3 className="grow ellipsis">{title}</h3>
        {side}
      </header>
      {children}
    </section>
  )
}

export interface Fact {
  readonly name: string
  readonly value: ReactNode
  readonly title?: string
  readonly mono?: boolean
}

export function Facts({ facts }: { facts: readonly (Fact | false | undefined)[] }) {
  return (
    <dl className="ui-facts">
      {facts.map(
        (fact) =>
          fact !== false &&
          fact !== undefined && (
            <div key={fact.name} className="ui-fact">
              <dt title={fact.name}>{fact.name}</dt>
              <dd className={fact.mono === true ? 'selectable mono' : 'selectable'} title={fact.title}>
                {fact.value}
              </dd>
            </div>
          ),
      )}
    </dl>
  )
}
