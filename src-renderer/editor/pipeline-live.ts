// What a pipeline does at this moment: its state, and that of every component and wire on its canvas, streams included.
import { useMemo } from 'react'
import type { ComponentSnapshot, PipelineGraph, PipelineSnapshot, PipelineSummary, RunState } from '../../src-shared/contract/pipelines.ts'
import { useLive } from '../rpc/live.ts'
import { usePipelines, useStreams } from '../shell/titles.ts'
import type { WireLive } from './flow-adapter.tsx'
import { streamSnapshot, useStreamRates } from './stream-node.ts'

export interface PipelineLive {
  readonly summary: PipelineSummary | undefined
  readonly state: RunState
  readonly sentence: string
  /** It runs, or is about to. */
  readonly runs: boolean
  /** By node id. */
  readonly components: ReadonlyMap<string, ComponentSnapshot>
  /** By wire id. */
  readonly wires: ReadonlyMap<string, WireLive>
}

export function usePipelineLive(id: string, graph: PipelineGraph | undefined): PipelineLive {
  const summary = usePipelines()?.find((each) => each.id === id)
  const snapshot: PipelineSnapshot | undefined = useLive(`pipeline ${id}`, (client) => client.pipelines.watch({ id })).value
  const streams = useStreams()
  const rates = useStreamRates(streams)
  const components = useMemo(() => {
    const byId = new Map<string, ComponentSnapshot>(snapshot?.components.map((each) => [each.id, each]))
    for (const stream of streams ?? []) {
      const node = `stream:${stream.id}`
      if (!byId.has(node)) byId.set(node, streamSnapshot(stream, rates.get(stream.id) ?? 0))
    }
    return byId
  }, [snapshot, streams, rates])
  const wires = useMemo(() => {
    const byId = new Map<string, WireLive>(snapshot?.wires.map((each) => [each.id, each]))
    for (const wire of graph?.wires ?? []) {
      const rate = rates.get(wire.to.replace(/^stream:/, ''))
      if (wire.to.startsWith('stream:') && rate !== undefined && (byId.get(wire.id)?.eventsPerSecond ?? 0) === 0)
        byId.set(wire.id, { eventsPerSecond: rate })
    }
    return byId
  }, [snapshot, graph, rates])
  const state = snapshot?.state ?? summary?.state ?? 'stopped'
  return {
    summary,
    state,
    sentence: snapshot?.sentence ?? summary?.sentence ?? '',
    runs: state === 'running' || state === 'starting',
    components,
    wires,
  }
}
