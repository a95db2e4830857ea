// Two panes and the edge between them: one pane has a size in pixels, the other takes the rest. The edge is dragged, or moved with the
// arrow keys when it has the focus; a double click gives back the first size.
import { type KeyboardEvent, type PointerEvent, type ReactNode, useRef, useState } from 'react'
import './split.css'

export interface SplitProps {
  /** `row`: side by side; `column`: one above the other. */
  direction: 'row' | 'column'
  /** Which pane has the fixed size. */
  fixed: 'first' | 'second'
  size: number
  usual: number
  min: number
  max: number
  /** Names the edge for screen readers: `Width of the side bar`. */
  label: string
  onSize: (size: number) => void
  children: readonly [ReactNode, ReactNode]
}

const step = 16

/** A fixed pane of null or false is not shown, and neither is the edge. */
export function Split({ direction, fixed, size, usual, min, max, label, onSize, children }: SplitProps) {
  const frame = useRef<HTMLDivElement>(null)
  const [from, setFrom] = useState<{ at: number; size: number }>()
  const pane = fixed === 'first' ? children[0] : children[1]
  const shown = pane !== null && pane !== false && pane !== undefined
  const kept = Math.min(Math.max(size, min), max)

  // The free pane never gets smaller than what is left to be useful.
  const limit = (wanted: number): number => {
    const box = frame.current?.getBoundingClientRect()
    const whole = box === undefined ? Number.POSITIVE_INFINITY : direction === 'row' ? box.width : box.height
    return Math.round(Math.max(min, Math.min(wanted, max, whole - 160)))
  }
  const place = (event: PointerEvent): number => (direction === 'row' ? event.clientX : event.clientY)
  const sign = fixed === 'first' ? 1 : -1

  const keyDown = (event: KeyboardEvent): void => {
    const forward = direction === 'row' ? 'ArrowRight' : 'ArrowDown'
    const back = direction === 'row' ? 'ArrowLeft' : 'ArrowUp'
    const next =
      event.key === forward
        ? kept + sign * step
        : event.key === back
          ? kept - sign * step
          : event.key === 'Home'
            ? min
            : event.key === 'End'
              ? max
              : undefined
    if (next === undefined) return
    event.preventDefault()
    onSize(limit(next))
  }

  const fixedStyle = direction === 'row' ? { width: kept } : { height: kept }
  const edge = shown && (
    <div
      role="separator"
      tabIndex={0}
      aria-orientation={direction === 'row' ? 'vertical' : 'horizontal'}
      aria-label={label}
      aria-valuenow={kept}
      aria-valuemin={min}
      aria-valuemax={max}
      className={`ui-split-edge ui-split-edge-${direction}`}
      data-active={from !== undefined || undefined}
      onKeyDown={keyDown}
      onDoubleClick={() => onSize(usual)}
      onPointerDown={(event) => {
        if (event.button !== 0) return
        event.currentTarget.setPointerCapture(event.pointerId)
        setFrom({ at: place(event), size: kept })
      }}
      onPointerMove={(event) => from !== undefined && onSize(limit(from.size + sign * (place(event) - from.at)))}
      onPointerUp={() => setFrom(undefined)}
      onPointerCancel={() => setFrom(undefined)}
    />
  )
  return (
    <div ref={frame} className={`ui-split ui-split-${direction}`}>
      {(fixed === 'second' || shown) && (
        <div className={fixed === 'first' ? 'ui-split-fixed' : 'ui-split-free'} style={fixed === 'first' ? fixedStyle : undefined}>
          {children[0]}
        </div>
      )}
      {edge}
      {(fixed === 'first' || shown) && (
        <div className={fixed === 'second' ? 'ui-split-fixed' : 'ui-split-free'} style={fixed === 'second' ? fixedStyle : undefined}>
          {children[1]}
        </div>
      )}
    </div>
  )
}
