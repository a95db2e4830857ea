// The scrollbar of a log: a place among lines, not among pixels, so ten million lines are as easy as ten. Hits and marks are ticks on it.
import { type PointerEvent, type RefObject, useEffect, useRef, useState } from 'react'
import { formatCount } from '../ui/format.ts'
import type { LogModel } from './log-model.ts'

const least = 28

export function LogScrollbar({ model, hits }: { model: LogModel; hits: readonly number[] }) {
  const track = useRef<HTMLDivElement>(null)
  const canvas = useRef<HTMLCanvasElement>(null)
  const [height, setHeight] = useState(0)
  const [grip, setGrip] = useState<number>()
  const { lines, lastTop } = model

  useEffect(() => {
    const element = track.current
    if (element === null) return
    const observer = new ResizeObserver(() => setHeight(element.clientHeight))
    observer.observe(element)
    return () => observer.disconnect()
  }, [])

  useTicks(canvas, model, hits, height)

  const thumb = Math.max(least, Math.min(height, (model.visible / Math.max(lines, 1)) * height))
  const room = Math.max(1, height - thumb)
  const top = lastTop === 0 ? 0 : (model.place.top / lastTop) * room
  const move = (event: PointerEvent, offset: number): void => {
    const box = track.current?.getBoundingClientRect()
    if (box === undefined) return
    model.scrollTo(((event.clientY - box.top - offset) / room) * lastTop)
  }
  return (
    <div
      ref={track}
      className="log-scrollbar"
      role="scrollbar"
      aria-label="Place in the log"
      aria-orientation="vertical"
      aria-controls={`rows-${model.id}`}
      aria-valuemin={0}
      aria-valuemax={Math.max(0, lines - 1)}
      aria-valuenow={Math.floor(model.place.top)}
      aria-valuetext={`Line ${formatCount(model.place.top + 1)} of ${formatCount(lines)}`}
      onPointerDown={(event) => {
        if (event.button !== 0 || lastTop === 0) return
        event.currentTarget.setPointerCapture(event.pointerId)
        const box = event.currentTarget.getBoundingClientRect()
        const at = event.clientY - box.top
        const offset = at >= top && at <= top + thumb ? at - top : thumb / 2
        setGrip(offset)
        move(event, offset)
      }}
      onPointerMove={(event) => grip !== undefined && move(event, grip)}
      onPointerUp={() => setGrip(undefined)}
      onPointerCancel={() => setGrip(undefined)}
    >
      <canvas ref={canvas} className="log-scroll-ticks" aria-hidden="true" />
      {lastTop > 0 && (
        <div
          className="log-thumb"
          data-active={grip !== undefined || undefined}
          style={{ height: thumb, transform: `translateY(${top}px)` }}
        />
      )}
    </div>
  )
}

/** Draws hits and marks where their lines are. */
function useTicks(canvas: RefObject<HTMLCanvasElement | null>, model: LogModel, hits: readonly number[], height: number): void {
  const { lines, marks } = model
  const marksKey = [...marks].join()
  // biome-ignore lint/correctness/useExhaustiveDependencies: the length of the hits and the marks' numbers say what is drawn
  useEffect(() => {
    const context = canvas.current?.getContext('2d')
    if (context === null || context === undefined || height === 0) return
    const ratio = window.devicePixelRatio
    context.canvas.width = 14 * ratio
    context.canvas.height = height * ratio
    context.scale(ratio, ratio)
    const style = getComputedStyle(document.documentElement)
    const draw = (numbers: Iterable<number>, color: string, left: number, width: number): void => {
      context.fillStyle = style.getPropertyValue(color)
      drawTicks(context, placesOf(numbers, lines, height), left, width)
    }
    draw(hits, '--hit-current', 1, 12)
    draw(marks, '--mark', 7, 6)
  }, [hits, hits.length, marksKey, lines, height])
}

/** How many of these lines stand at each pixel. */
function placesOf(numbers: Iterable<number>, lines: number, height: number): ReadonlyMap<number, number> {
  const counts = new Map<number, number>()
  for (const line of numbers) {
    const y = Math.min(height - 2, Math.floor((line / Math.max(1, lines)) * height))
    counts.set(y, (counts.get(y) ?? 0) + 1)
  }
  return counts
}

/** Where hits are dense the ticks would be one band: the denser, the stronger. */
function drawTicks(context: CanvasRenderingContext2D, counts: ReadonlyMap<number, number>, left: number, width: number): void {
  const most = Math.max(0, ...counts.values())
  for (const [y, count] of counts) {
    context.globalAlpha = most <= 2 ? 1 : 0.15 + 0.85 * (count / most) ** 2
    context.fillRect(left, y, width, most <= 2 ? 2 : 1)
  }
  context.globalAlpha = 1
}
