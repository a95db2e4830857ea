// A dense table of rows of one height: only the rows in sight exist. One tab stop; arrows move the current row, Enter opens it.
import { type KeyboardEvent, type ReactNode, type RefObject, useEffect, useLayoutEffect, useRef, useState } from 'react'
import './table.css'

export interface Column<T> {
  readonly key: string
  readonly title: string
  /** CSS grid track: `120px`, `1fr`. */
  readonly width: string
  readonly align?: 'right'
  readonly hint?: string
  readonly cell: (row: T) => ReactNode
}

export interface TableProps<T> {
  label: string
  columns: readonly Column<T>[]
  rows: readonly T[]
  rowKey: (row: T) => string
  current?: string | undefined
  onCurrent?: (row: T) => void
  onOpen?: (row: T) => void
  rowTone?: (row: T) => 'failed' | 'running' | undefined
  empty: ReactNode
}

const height = 24

export function Table<T>({ label, columns, rows, rowKey, current, onCurrent, onOpen, rowTone, empty }: TableProps<T>) {
  const scroller = useRef<HTMLDivElement>(null)
  const at = rows.findIndex((row) => rowKey(row) === current)
  const [view, setView] = useView(scroller)
  // biome-ignore lint/correctness/useExhaustiveDependencies: only a move of the current row scrolls; rows that arrive do not
  useEffect(() => {
    if (scroller.current !== null && at >= 0) bringIntoView(scroller.current, at)
  }, [current])

  const keyDown = (event: KeyboardEvent): void => {
    if (rows.length === 0 || event.altKey || event.ctrlKey || event.metaKey) return
    const page = Math.max(1, Math.floor(view.height / height) - 2)
    const target: Record<string, number> = {
      ArrowDown: at + 1,
      ArrowUp: at < 0 ? 0 : at - 1,
      PageDown: at + page,
      PageUp: at - page,
      Home: 0,
      End: rows.length - 1,
    }
    if (event.key === 'Enter' && at >= 0) onOpen?.(rows[at]!)
    else if (target[event.key] !== undefined) onCurrent?.(rows[Math.max(0, Math.min(rows.length - 1, target[event.key]!))]!)
    else return
    event.preventDefault()
    event.stopPropagation()
  }

  const first = Math.max(0, Math.floor(view.top / height) - 8)
  const last = Math.min(rows.length, Math.ceil((view.top + view.height) / height) + 8)
  const tracks = { gridTemplateColumns: columns.map((column) => column.width).join(' ') }
  return (
    <div
      ref={scroller}
      className="ui-table"
      role="grid"
      aria-label={label}
      aria-rowcount={rows.length + 1}
      tabIndex={0}
      aria-activedescendant={at >= 0 ? `${label}-${current}` : undefined}
      onKeyDown={keyDown}
      onScroll={(event) => setView({ top: event.currentTarget.scrollTop, height: event.currentTarget.clientHeight })}
    >
      <div role="row" aria-rowindex={1} className="ui-table-head" style={tracks} data-empty={rows.length === 0 || undefined}>
        {columns.map((column) => (
          <div key={column.key} role="columnheader" className={column.align === 'right' ? 'num' : 'ellipsis'} title={column.hint}>
            {column.title}
          </div>
        ))}
      </div>
      {rows.length === 0 && (
        <div role="row">
          <div role="gridcell">{empty}</div>
        </div>
      )}
      {rows.length > 0 && <div aria-hidden="true" style={{ height: first * height }} />}
      {rows.slice(first, last).map((row, index) => {
        const key = rowKey(row)
        return (
          <div
            key={key}
            id={`${label}-${key}`}
            role="row"
            aria-rowindex={first + index + 2}
            aria-selected={key === current}
            className="ui-table-row"
            data-tone={rowTone?.(row)}
            style={tracks}
            onClick={() => {
              onCurrent?.(row)
            }}
            onDoubleClick={() => onOpen?.(row)}
          >
            <Cells columns={columns} row={row} />
          </div>
        )
      })}
      {rows.length > 0 && <div aria-hidden="true" style={{ height: (rows.length - last) * height }} />}
    </div>
  )
}

function Cells<T>({ columns, row }: { columns: readonly Column<T>[]; row: T }) {
  return columns.map((column) => (
    <div key={column.key} role="gridcell" className={column.align === 'right' ? 'num' : 'ellipsis'}>
      {column.cell(row)}
    </div>
  ))
}

interface View {
  readonly top: number
  readonly height: number
}

/** What is in sight of the scrolled element. */
function useView(scroller: RefObject<HTMLDivElement | null>): [View, (view: View) => void] {
  const [view, setView] = useState<View>({ top: 0, height: 600 })
  useLayoutEffect(() => {
    const element = scroller.current
    if (element === null) return
    const measure = (): void => setView({ top: element.scrollTop, height: element.clientHeight })
    measure()
    const observer = new ResizeObserver(measure)
    observer.observe(element)
    return () => observer.disconnect()
  }, [scroller])
  return [view, setView]
}

/** One row further down than its number: the first is the head. */
function bringIntoView(element: HTMLDivElement, at: number): void {
  if (at * height < element.scrollTop) element.scrollTop = at * height
  else if ((at + 2) * height > element.scrollTop + element.clientHeight) element.scrollTop = (at + 2) * height - element.clientHeight
}
