// Events per second at a component or a wire: the last minute, hour or day as a line.
import { useEffect, useState } from 'react'
import type { RatePoint, RateSpan } from '../../src-shared/contract/pipelines.ts'
import { engine } from '../rpc/connection.ts'
import { Block } from '../ui/details.tsx'
import { formatRate } from '../ui/format.ts'
import { Segments } from '../ui/segments.tsx'
import { Spark } from '../ui/spark.tsx'

const spans: readonly { readonly value: RateSpan; readonly title: string }[] = [
  { value: 'minute', title: 'Minute' },
  { value: 'hour', title: 'Hour' },
  { value: 'day', title: 'Day' },
]
const askEveryMs: Readonly<Record<RateSpan, number>> = { minute: 1000, hour: 5000, day: 30_000 }

export function Rates({ pipeline, of, now }: { pipeline: string; of: string; now: number }) {
  const [span, setSpan] = useState<RateSpan>('minute')
  const [points, setPoints] = useState<readonly RatePoint[]>([])
  useEffect(() => {
    let left = false
    const ask = async (): Promise<void> => {
      try {
        const answer = await engine.pipelines.rates({ id: pipeline, of, span })
        if (!left) setPoints(answer)
      } catch {
        // No history for what has not run, or the engine is away: the line stays as it is.
      }
    }
    void ask()
    const timer = setInterval(() => void ask(), askEveryMs[span])
    return () => {
      left = true
      clearInterval(timer)
    }
  }, [pipeline, of, span])
  if (points.length === 0) return null
  return (
    <Block title={`Last ${span}`} side={<span className="inspector-now">{formatRate(now)}</span>}>
      <Spark
        values={points.map((point) => point.eventsPerSecond)}
        width={240}
        height={44}
        label={`Events per second in the last ${span}, now ${formatRate(now)}`}
      />
      <div className="inspector-spans">
        <Segments label="How far back" value={span} options={spans} onChange={setSpan} />
      </div>
    </Block>
  )
}
