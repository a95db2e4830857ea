// The bar below the rows: search with its switches and its count at the left, following at the right.
import { ArrowDown, ArrowUp, CaseSensitive, Regex, WholeWord, X } from 'lucide-react'
import { type RefObject, useEffect, useState } from 'react'
import type { LogQuery } from '../../src-shared/contract/logs.ts'
import { IconButton } from '../ui/button.tsx'
import { formatCount, formatShare } from '../ui/format.ts'
import type { SearchState } from './log-search.ts'

export interface SearchBarProps {
  field: RefObject<HTMLInputElement | null>
  state: SearchState | undefined
  /** 1-based place of the current line among the hits. */
  place: number
  onQuery: (query: LogQuery) => void
  onStep: (step: 1 | -1) => void
  onLeave: () => void
}

const usual: LogQuery = { text: '', regex: true, caseSensitive: false, wholeWord: false }

export function SearchBar({ field, state, place, onQuery, onStep, onLeave }: SearchBarProps) {
  const [query, setQuery] = useState<LogQuery>(state?.query ?? usual)
  const [sent, setSent] = useState(query)

  // While a word is being typed the search waits for a short rest.
  useEffect(() => {
    if (query === sent) return
    const timer = setTimeout(() => {
      setSent(query)
      onQuery(query)
    }, 180)
    return () => clearTimeout(timer)
  }, [query, sent, onQuery])

  const now = (next: LogQuery): void => {
    setQuery(next)
    setSent(next)
    onQuery(next)
  }
  return (
    <search className="log-search">
      <div className="log-search-field" data-invalid={state?.trouble !== undefined || undefined}>
        <span className="log-search-slash" aria-hidden="true">
          /
        </span>
        <input
          ref={field}
          className="mono"
          aria-label="Search this log"
          aria-invalid={state?.trouble !== undefined}
          placeholder={query.regex ? 'Search by regular expression' : 'Search'}
          value={query.text}
          spellCheck={false}
          onChange={(event) => setQuery({ ...query, text: event.target.value })}
          onKeyDown={(event) => {
            if (event.key === 'Enter') {
              if (query !== sent) now(query)
              else onStep(event.shiftKey ? -1 : 1)
            } else if (event.key === 'Escape') onLeave()
            else return
            event.preventDefault()
            event.stopPropagation()
          }}
        />
        {query.text !== '' && (
          <button type="button" className="log-search-clear" aria-label="Clear the search" onClick={() => now({ ...query, text: '' })}>
            <X size={13} />
          </button>
        )}
        <Switch
          label="Match case"
          on={query.caseSensitive}
          icon={<CaseSensitive size={16} />}
          onToggle={(on) => now({ ...query, caseSensitive: on })}
        />
        <Switch
          label="Whole words"
          on={query.wholeWord}
          icon={<WholeWord size={15} />}
          onToggle={(on) => now({ ...query, wholeWord: on })}
        />
        <Switch label="Regular expression" on={query.regex} icon={<Regex size={14} />} onToggle={(on) => now({ ...query, regex: on })} />
      </div>
      {state !== undefined && (
        <span className={state.trouble === undefined ? 'log-search-count' : 'log-search-trouble'} role="status">
          {state.trouble ?? count(state, place)}
        </span>
      )}
      {state !== undefined && state.trouble === undefined && (
        <>
          <IconButton label="Previous hit" keys="N" whyNot={state.total === 0 ? 'no line has it' : undefined} onClick={() => onStep(-1)}>
            <ArrowUp size={14} />
          </IconButton>
          <IconButton label="Next hit" keys="n" whyNot={state.total === 0 ? 'no line has it' : undefined} onClick={() => onStep(1)}>
            <ArrowDown size={14} />
          </IconButton>
        </>
      )}
    </search>
  )
}

function Switch({ label, on, icon, onToggle }: { label: string; on: boolean; icon: React.ReactNode; onToggle: (on: boolean) => void }) {
  return (
    <IconButton label={label} pressed={on} onClick={() => onToggle(!on)}>
      {icon}
    </IconButton>
  )
}

function count(state: SearchState, place: number): string {
  const many = formatCount(state.total)
  if (!state.done) return `${many} so far, ${formatShare(state.progress)} searched`
  if (state.total === 0) return 'no hit'
  return place > 0 ? `${formatCount(place)} of ${many}` : `${many} ${state.total === 1 ? 'line' : 'lines'}`
}
