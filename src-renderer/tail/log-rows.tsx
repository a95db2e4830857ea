// The rows in sight, and nothing else. Wheel, keys and the scrollbar move a place in lines; there is no tall element.
import { memo, type ReactNode, type RefObject, useLayoutEffect, useMemo, useRef } from 'react'
import type { LogMarker } from '../../src-shared/contract/logs.ts'
import type { LogRow } from '../../src-shared/contract/rows-frame.ts'
import { formatBytes, formatCount } from '../ui/format.ts'
import type { LogModel } from './log-model.ts'
import { decodeRow, levelOf, piecesOf, withHits } from './row-text.ts'

export interface LogRowsProps {
  model: LogModel
  pattern: RegExp | undefined
  isHit: (line: number) => boolean
  rowHeight: number
  wrapped: boolean
}

export function LogRows({ model, pattern, isHit, rowHeight, wrapped }: LogRowsProps) {
  const frame = useRef<HTMLDivElement>(null)
  const { place, lines } = model

  useFrame(frame, model, rowHeight, wrapped)
  const first = Math.floor(place.top)
  const last = Math.min(lines, first + model.visible + 2)
  const digits = Math.max(4, String(lines).length)
  const markers = model.length?.markers
  // A row's element is used again by the line that comes one view further: elements are neither made nor thrown away while lines pass.
  const places = model.visible + 3
  const rows: ReactNode[] = []
  for (let line = first; line < last; line++) {
    rows.push(
      <Row
        key={line % places}
        line={line}
        row={model.row(line)}
        digits={digits}
        current={line === model.current}
        marked={model.marks.has(line)}
        pattern={pattern}
        hit={isHit(line)}
        marker={markers?.find((marker) => marker.line === line)}
      />,
    )
  }
  const shift = place.following ? 0 : -(place.top - first) * rowHeight
  return (
    <div
      ref={frame}
      id={`rows-${model.id}`}
      className={wrapped ? 'log-rows log-rows-wrapped' : 'log-rows'}
      role="grid"
      aria-label="Rows of the log"
      aria-rowcount={lines}
      aria-activedescendant={
        model.current !== undefined && model.current >= first && model.current < last ? `row-${model.current}` : undefined
      }
      tabIndex={0}
      data-following={place.following}
      onPointerDown={(event) => {
        const line = (event.target as HTMLElement).closest<HTMLElement>('[data-line]')?.dataset['line']
        if (line !== undefined && event.button === 0) model.select(Number(line))
      }}
    >
      <div
        className="log-rows-inner"
        data-anchor={wrapped && place.following ? 'end' : 'start'}
        style={{ transform: `translateY(${shift}px)`, lineHeight: `${rowHeight}px` }}
      >
        {rows}
      </div>
    </div>
  )
}

/** The model is told how many rows there is room for, and where the wheel goes. */
function useFrame(frame: RefObject<HTMLDivElement | null>, model: LogModel, rowHeight: number, wrapped: boolean): void {
  useLayoutEffect(() => {
    const element = frame.current
    if (element === null) return
    const measure = (): void => model.resize(Math.floor(element.clientHeight / rowHeight), wrapped)
    measure()
    const observer = new ResizeObserver(measure)
    observer.observe(element)
    const wheel = (event: WheelEvent): void => {
      if (event.ctrlKey || Math.abs(event.deltaX) > Math.abs(event.deltaY)) return
      event.preventDefault()
      model.scrollBy(rowsOf(event, model.visible, rowHeight))
    }
    // Not passive: the wheel moves the place, not the element.
    element.addEventListener('wheel', wheel, { passive: false })
    return () => {
      observer.disconnect()
      element.removeEventListener('wheel', wheel)
    }
  }, [frame, model, rowHeight, wrapped])
}

function rowsOf({ deltaMode, deltaY }: WheelEvent, page: number, rowHeight: number): number {
  if (deltaMode === WheelEvent.DOM_DELTA_LINE) return deltaY
  return deltaMode === WheelEvent.DOM_DELTA_PAGE ? deltaY * page : deltaY / rowHeight
}

interface RowProps {
  line: number
  row: LogRow | undefined
  digits: number
  current: boolean
  marked: boolean
  pattern: RegExp | undefined
  hit: boolean
  marker: LogMarker | undefined
}

const Row = memo(function Row({ line, row, digits, current, marked, pattern, hit, marker }: RowProps) {
  const content = useMemo(() => {
    if (row === undefined) return undefined
    const text = decodeRow(row.bytes)
    return { level: levelOf(text), pieces: piecesOf(text) }
  }, [row])
  const pieces = useMemo(() => (content === undefined ? [] : withHits(content.pieces, hit ? pattern : undefined)), [content, hit, pattern])
  return (
    <div
      id={`row-${line}`}
      role="row"
      aria-rowindex={line + 1}
      aria-selected={current}
      data-line={line}
      data-level={content?.level}
      className="log-row"
      title={marker?.sentence}
    >
      {marker !== undefined && <span className="log-marker">{marker.sentence}</span>}
      <span role="rowheader" className="log-number" style={{ minWidth: `${digits + 1}ch` }}>
        {marked && (
          <span className="log-mark" aria-hidden="true">
            ▌
          </span>
        )}
        {formatCount(line + 1)}
      </span>
      <span role="gridcell" className="log-text">
        {pieces.map((piece, index) =>
          piece.look === undefined ? (
            piece.text
          ) : (
            // biome-ignore lint/suspicious/noArrayIndexKey: pieces of a fixed text have no other name
            <span key={index} className={piece.look}>
              {piece.text}
            </span>
          ),
        )}
        {row !== undefined && row.length > row.bytes.length && (
          <span className="log-cut"> … {formatBytes(row.length)}, the whole line is in the inspector</span>
        )}
      </span>
    </div>
  )
})
