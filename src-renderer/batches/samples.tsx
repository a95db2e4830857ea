// Records in a column, one line each. One of them is in the tab order; the arrow keys go from record to record and from column to column.
import type { SampleRecord } from '../../src-shared/contract/streams.ts'
import type { Light } from './chosen-record.ts'

export interface SamplesProps {
  title?: string | undefined
  records: readonly SampleRecord[]
  /** How many there were. */
  total?: number
  light: (index: number) => Light
  onChoose: (record: SampleRecord, index: number) => void
}

export function Samples({ title, records, total = records.length, light, onChoose }: SamplesProps) {
  const first = Math.max(
    0,
    records.findIndex((_, index) => light(index) === 'chosen'),
  )
  return (
    <div className="samples">
      {title !== undefined && <h4 className="samples-title">{title}</h4>}
      {records.length === 0 && <p className="muted samples-none">no record</p>}
      {records.map((record, index) => (
        <button
          // biome-ignore lint/suspicious/noArrayIndexKey: samples of a finished batch never move
          key={index}
          type="button"
          className="sample mono"
          data-lit={light(index)}
          aria-pressed={light(index) === 'chosen'}
          aria-description={light(index) === 'same' ? 'belongs to the chosen record' : undefined}
          tabIndex={index === first ? 0 : -1}
          onClick={() => onChoose(record, index)}
        >
          {record.text === '' ? <span className="muted">empty</span> : record.text}
        </button>
      ))}
      {total > records.length && records.length > 0 && (
        <p className="muted samples-more">and {(total - records.length).toLocaleString('en')} more</p>
      )}
    </div>
  )
}

/** Arrow keys among the records below `event.currentTarget`. */
export function walkSamples(event: React.KeyboardEvent<HTMLElement>): void {
  const here = document.activeElement
  if (!(here instanceof HTMLElement) || !here.classList.contains('sample')) return
  const list = [...(here.parentElement?.querySelectorAll<HTMLElement>('.sample') ?? [])]
  const at = list.indexOf(here)
  let next: HTMLElement | undefined
  if (event.key === 'ArrowDown') next = list[at + 1]
  else if (event.key === 'ArrowUp') next = list[at - 1]
  else if (event.key === 'ArrowRight' || event.key === 'ArrowLeft') {
    const columns = [...event.currentTarget.querySelectorAll<HTMLElement>('.samples')].filter(
      (each) => each.querySelector('.sample') !== null,
    )
    const column = columns[columns.indexOf(here.parentElement!) + (event.key === 'ArrowRight' ? 1 : -1)]
    // To what belongs to the chosen record, where there is something.
    next =
      column?.querySelector<HTMLElement>('[data-lit]') ??
      column?.querySelectorAll<HTMLElement>('.sample')[at] ??
      column?.querySelector<HTMLElement>('.sample') ??
      undefined
  } else return
  event.preventDefault()
  next?.focus()
  next?.scrollIntoView({ block: 'nearest', inline: 'nearest' })
}
