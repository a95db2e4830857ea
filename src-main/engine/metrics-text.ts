// What runs in the engine, as a page for Prometheus: its agents, the consumers of their channels, streams' batches.
import type { EngineOverview } from '../../src-shared/contract/workspace.ts'
import { PrometheusPage } from '../agent/instrumentation/prometheus-page.ts'
import type { Pipeline } from './pipeline/pipeline.ts'
import type { PipelineService } from './pipeline/pipeline-service.ts'
import type { StreamService } from './stream/stream-service.ts'

export function metricsText(overview: EngineOverview, pipelines: PipelineService, streams: StreamService): Promise<string> {
  const page = new PrometheusPage()
  page.gauge('millrace_info', 'Which Millrace this is.', { version: overview.version }, 1)
  page.gauge('millrace_engine_resident_bytes', 'Memory of the engine.', {}, overview.memory.rssBytes)
  page.gauge('millrace_engine_started_seconds', 'When the engine was started, Unix time.', {}, overview.startedAt / 1000)
  for (const pipeline of pipelines.all) {
    for (const agent of pipeline.agents) page.agent(agent.snapshot(), { pipeline: pipeline.id })
    addConsumers(page, pipeline)
  }
  addStreams(page, streams)
  return page.text()
}

function addConsumers(page: PrometheusPage, pipeline: Pipeline): void {
  for (const { id, name, channel } of pipeline.snapshot().components) {
    for (const { consumer, behind } of channel?.cursors ?? []) {
      const labels = { pipeline: pipeline.id, agent: id.split('.')[0]!, component: name, consumer }
      page.gauge('millrace_channel_consumer_behind_events', 'Events that a consumer has not consumed.', labels, behind)
    }
  }
}

function addStreams(page: PrometheusPage, streams: StreamService): void {
  for (const { id, state, totals } of streams.all) {
    const stream = { stream: id }
    page.gauge('millrace_stream_running', '1 while the stream runs.', stream, state === 'running' ? 1 : 0)
    const since = 'since the engine was started'
    page.counter('millrace_stream_batches_completed_total', `Batches that completed ${since}.`, stream, totals.completed)
    page.counter('millrace_stream_batches_failed_total', `Batches that failed ${since}.`, stream, totals.failed)
    page.counter('millrace_stream_records_total', 'Records of those batches.', stream, totals.records)
    page.gauge('millrace_stream_batches_queued', 'Batches that wait.', stream, totals.queued)
    if (totals.backlogRecords !== undefined)
      page.gauge('millrace_stream_backlog_records', 'Records that no batch has taken.', stream, totals.backlogRecords)
  }
}
