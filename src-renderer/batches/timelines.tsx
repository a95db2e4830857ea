// Four timelines above one another with one time axis and one cursor, and the spread of their values at the right. As Spark's streaming
// page has them: input, scheduling delay, processing time with the interval as the line it must stay below, total delay.
import { type PointerEvent, useEffect, useRef, useState } from 'react'
import type { BatchSummary } from '../../src-shared/contract/streams.ts'
import { formatDuration, formatShort, formatTime, type TimeZone } from '../ui/format.ts'
import './timelines.css'

interface Chart {
  readonly title: string
  readonly value: (batch: BatchSummary) => number | undefined
  readonly format: (value: number) => string
  /** What the scale shows at least, so that a millisecond more or less does not look like an event. */
  readonly leastTop: number
  readonly stable?: boolean
}

const charts: readonly Chart[] = [
  { title: 'Input', value: (batch) => batch.records, format: formatShort, leastTop: 1 },
  { title: 'Scheduling delay', value: (batch) => batch.schedulingDelayMs, format: formatDuration, leastTop: 10 },
  { title: 'Processing time', value: (batch) => batch.processingTimeMs, format: formatDuration, leastTop: 10, stable: true },
  { title: 'Total delay', value: (batch) => batch.totalDelayMs, format: formatDuration, leastTop: 10 },
]

const height = 56
/** Room above the highest value, where the scale's line is. */
const headRoom = 6
const buckets = 14

export interface TimelinesProps {
  /** Oldest first. */
  batches: readonly BatchSummary[]
  intervalMs: number | undefined
  zone: TimeZone
  current: number | undefined
  onChoose: (batchTime: number) => void
}

export function Timelines({ batches, intervalMs, zone, current, onChoose }: TimelinesProps) {
  const frame = useRef<HTMLDivElement>(null)
  const [width, setWidth] = useState(600)
  const [cursor, setCursor] = useState<number>()
  useEffect(() => {
    const element = frame.current
    if (element === null) return
    const observer = new ResizeObserver(() => setWidth(element.clientWidth))
    observer.observe(element)
    return () => observer.disconnect()
  }, [])

  const first = batches[0]?.batchTime ?? 0
  const last = batches.at(-1)?.batchTime ?? 1
  const step = intervalMs ?? 1000
  const span = Math.max(last - first + step, step * 30)
  const start = last + step - span
  const x = (time: number): number => ((time - start) / span) * width
  const at = (event: PointerEvent): number | undefined => {
    const box = frame.current?.getBoundingClientRect()
    if (box === undefined || batches.length === 0) return undefined
    const time = start + ((event.clientX - box.left) / box.width) * span - step / 2
    let best = 0
    for (let index = 1; index < batches.length; index++) {
      if (Math.abs(batches[index]!.batchTime - time) < Math.abs(batches[best]!.batchTime - time)) best = index
    }
    return best
  }
  const shown = cursor === undefined ? undefined : batches[cursor]
  const scaled = charts.map((chart) => ({ chart, top: topOf(chart, batches, intervalMs) }))
  return (
    <div className="timelines" role="group" aria-label="Timelines">
      <div className="timelines-names">
        {scaled.map(({ chart, top }) => {
          const latest = shown ?? batches.findLast((batch) => chart.value(batch) !== undefined)
          const value = latest === undefined ? undefined : chart.value(latest)
          return (
            <div key={chart.title} className="timelines-name">
              <span className="timelines-scale" title="The upper end of the scale">
                {batches.length > 0 && chart.format(top)}
              </span>
              <span className="muted">{chart.title}</span>
              <span className="timelines-value">
                {value === undefined ? '—' : chart.format(value)}
                {chart.stable === true && intervalMs !== undefined && (
                  <span className="timelines-limit" title="Batches are stable while they are processed within the interval">
                    {' '}
                    of {formatDuration(intervalMs)}
                  </span>
                )}
              </span>
            </div>
          )
        })}
        <div className="timelines-time">{shown === undefined ? '' : formatTime(shown.batchTime, zone)}</div>
      </div>
      <div
        ref={frame}
        className="timelines-charts"
        onPointerMove={(event) => setCursor(at(event))}
        onPointerLeave={() => setCursor(undefined)}
        onClick={() => shown !== undefined && onChoose(shown.batchTime)}
      >
        {scaled.map(({ chart, top }) => (
          <Line
            key={chart.title}
            chart={chart}
            top={top}
            batches={batches}
            width={width}
            x={x}
            barWidth={Math.max(1, (step / span) * width)}
            intervalMs={intervalMs}
          />
        ))}
        <div className="timelines-axis">
          {ticksOf(start, last + step, width).map((time) => (
            <span key={time} style={{ left: x(time) }}>
              {formatTime(time, zone)}
            </span>
          ))}
        </div>
        {current !== undefined && current >= start && <div className="timelines-current" style={{ left: x(current + step / 2) }} />}
        {shown !== undefined && <div className="timelines-cursor" style={{ left: x(shown.batchTime + step / 2) }} />}
      </div>
      <div className="timelines-spread" aria-hidden="true">
        {scaled.map(({ chart, top }) => (
          <Spread key={chart.title} values={batches.map(chart.value).filter((value) => value !== undefined)} top={top} />
        ))}
      </div>
    </div>
  )
}

function topOf(chart: Chart, batches: readonly BatchSummary[], intervalMs: number | undefined): number {
  let most = chart.leastTop
  for (const batch of batches) most = Math.max(most, chart.value(batch) ?? 0)
  // The line that must not be crossed stays in sight while it is near.
  return roundUp(chart.stable === true && intervalMs !== undefined && most > intervalMs * 0.25 ? Math.max(most, intervalMs * 1.15) : most)
}

/** The next 1, 1.5, 2, 3, 5 or 8 times a power of ten: a scale that can be read, and that does not change with every batch. */
function roundUp(value: number): number {
  const power = 10 ** Math.floor(Math.log10(value))
  return ([1, 1.5, 2, 3, 5, 8].find((each) => each * power >= value) ?? 10) * power
}

interface LineProps {
  chart: Chart
  /** The upper end of its scale. */
  top: number
  batches: readonly BatchSummary[]
  width: number
  x: (time: number) => number
  barWidth: number
  intervalMs: number | undefined
}

function Line({ chart, top, batches, width, x, barWidth, intervalMs }: LineProps) {
  const y = (value: number): number => height - (value / top) * (height - headRoom)
  const stable = chart.stable === true && intervalMs !== undefined && intervalMs <= top ? y(intervalMs) : undefined
  const gap = barWidth > 4 ? 1 : 0
  let bars = ''
  let tops = ''
  for (const batch of batches) {
    const value = chart.value(batch)
    if (value === undefined) continue
    const left = x(batch.batchTime).toFixed(1)
    const level = Math.min(height - 0.5, y(value)).toFixed(1)
    const across = (barWidth - gap).toFixed(1)
    bars += `M${left},${height}V${level}h${across}V${height}Z`
    tops += `M${left},${level}h${across}`
  }
  return (
    <svg className="timeline" width={width} height={height} role="img" aria-label={`${chart.title} of the last ${batches.length} batches`}>
      <line x1={0} x2={width} y1={headRoom} y2={headRoom} className="timeline-scale" />
      <path d={bars} className="timeline-bars" />
      <path d={tops} className="timeline-tops" />
      {batches.map(
        (batch) =>
          batch.status === 'failed' && (
            <circle key={batch.id} cx={x(batch.batchTime) + barWidth / 2} cy={height - 5} r={3} className="timeline-failed" />
          ),
      )}
      {stable !== undefined && (
        <g>
          <line x1={0} x2={width} y1={stable} y2={stable} className="timeline-stable" />
          <text x={4} y={stable - 3} className="timeline-stable-name">
            stable
          </text>
        </g>
      )}
    </svg>
  )
}

function Spread({ values, top }: { values: readonly number[]; top: number }) {
  const counts = new Array<number>(buckets).fill(0)
  for (const value of values) counts[Math.min(buckets - 1, Math.floor((value / top) * buckets))]!++
  const most = Math.max(1, ...counts)
  const each = (height - headRoom) / buckets
  return (
    <svg className="timeline" width={64} height={height} role="img" aria-label="Spread of the values">
      <path
        d={counts
          .map((count, index) => (count === 0 ? '' : barAt(height - (index + 1) * each, Math.max(1, (count / most) * 60), each - 0.5)))
          .join('')}
        className="timeline-bars"
      />
    </svg>
  )
}

function barAt(y: number, width: number, tall: number): string {
  return `M0,${y.toFixed(1)}h${width.toFixed(1)}v${tall.toFixed(1)}H0Z`
}

/** Times of the axis, at round steps, and so far from both ends that nothing of them is cut off. */
function ticksOf(from: number, until: number, width: number): number[] {
  const steps = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14_400, 43_200, 86_400].map((seconds) => seconds * 1000)
  const perPixel = (until - from) / width
  const step = steps.find((each) => each > 76 * perPixel) ?? steps.at(-1)!
  const margin = 28 * perPixel
  const ticks: number[] = []
  for (let time = Math.ceil((from + margin) / step) * step; time <= until - margin; time += step) ticks.push(time)
  return ticks
}
