// A stream on the canvas of a pipeline whose channel it reads: its state and rate, from the list of streams.
import { useEffect, useRef, useState } from 'react'
import type { ComponentSnapshot } from '../../src-shared/contract/pipelines.ts'
import type { StreamSummary } from '../../src-shared/contract/streams.ts'
import { formatDuration, plural } from '../ui/format.ts'

export function streamSnapshot(stream: StreamSummary, eventsPerSecond: number): ComponentSnapshot {
  const every = stream.batchIntervalMs === undefined ? '' : ` of ${formatDuration(stream.batchIntervalMs)}`
  const state = stream.state === 'starting' || stream.state === 'stopping' ? 'retrying' : stream.state
  return {
    id: `stream:${stream.id}`,
    kind: 'stream',
    name: stream.name,
    state,
    since: stream.since,
    sentence: `${plural(stream.totals.completed, 'batch', 'batches')}${every}`,
    ...(stream.trouble !== undefined && { trouble: stream.trouble }),
    eventsPerSecond,
    counters: {},
  }
}

/** Records per second of each stream, over the last seconds of what its totals did. */
export function useStreamRates(streams: readonly StreamSummary[] | undefined): ReadonlyMap<string, number> {
  const [rates, setRates] = useState<ReadonlyMap<string, number>>(new Map())
  const before = useRef(new Map<string, { readonly at: number; readonly records: number }[]>())
  useEffect(() => {
    const now = performance.now()
    const next = new Map<string, number>()
    for (const stream of streams ?? []) {
      // Batches come in steps: over five seconds the steps are a rate.
      const points = [...(before.current.get(stream.id) ?? []), { at: now, records: stream.totals.records }].filter(
        (point) => now - point.at < 5000,
      )
      before.current.set(stream.id, points)
      const first = points[0]!
      next.set(stream.id, now - first.at < 900 ? 0 : Math.max(0, ((stream.totals.records - first.records) * 1000) / (now - first.at)))
    }
    setRates(next)
  }, [streams])
  return rates
}
