// What runs, as Prometheus' text format (0.0.4): Flume's counters under names in its style, channels' levels and consumers, streams' batches.
import type { EngineOverview } from '../../src-shared/contract/workspace.ts'
import type { PipelineService } from './pipeline/pipeline-service.ts'
import type { StreamService } from './stream/stream-service.ts'

type Labels = Readonly<Record<string, string>>

/** Attributes that Flume calls counts and that go down as well. */
const gauges = new Set(['OpenConnectionCount'])

export function metricsText(overview: EngineOverview, pipelines: PipelineService, streams: StreamService): string {
  const page = new MetricsPage()
  page.add('millrace_info', 'gauge', 'Which Millrace this is.', { version: overview.version }, 1)
  page.add('millrace_engine_resident_bytes', 'gauge', 'Memory of the engine.', {}, overview.memory.rssBytes)
  page.add('millrace_engine_started_seconds', 'gauge', 'When the engine was started, Unix time.', {}, overview.startedAt / 1000)
  for (const pipeline of pipelines.all) {
    for (const { id, kind, name, state, counters, channel } of pipeline.snapshot().components) {
      const labels = { pipeline: pipeline.id, agent: id.split('.')[0]!, component: name }
      page.add(`millrace_${kind}_running`, 'gauge', `1 while the ${kind} runs without trouble.`, labels, state === 'running' ? 1 : 0)
      for (const [counter, value] of Object.entries(counters)) {
        if (typeof value !== 'number') continue
        const [type, suffix] = gauges.has(counter) ? (['gauge', ''] as const) : (['counter', '_total'] as const)
        page.add(`millrace_${kind}_${snakeCase(counter.replace(/Count$/, ''))}${suffix}`, type, helpOf(counter), labels, value)
      }
      if (channel === undefined) continue
      page.add('millrace_channel_events', 'gauge', 'Events that some wired consumer has not consumed.', labels, channel.size)
      page.add('millrace_channel_capacity_events', 'gauge', 'Most events in the channel.', labels, channel.capacity)
      for (const { consumer, behind } of channel.cursors) {
        page.add(
          'millrace_channel_consumer_behind_events',
          'gauge',
          'Events that a consumer has not consumed.',
          { ...labels, consumer },
          behind,
        )
      }
    }
  }
  for (const { id, state, totals } of streams.all) {
    const labels = { stream: id }
    page.add('millrace_stream_running', 'gauge', '1 while the stream runs.', labels, state === 'running' ? 1 : 0)
    page.add(
      'millrace_stream_batches_completed_total',
      'counter',
      'Batches that completed since the engine was started.',
      labels,
      totals.completed,
    )
    page.add('millrace_stream_batches_failed_total', 'counter', 'Batches that failed since the engine was started.', labels, totals.failed)
    page.add('millrace_stream_records_total', 'counter', 'Records of those batches.', labels, totals.records)
    page.add('millrace_stream_batches_queued', 'gauge', 'Batches that wait.', labels, totals.queued)
    if (totals.backlogRecords === undefined) continue
    page.add('millrace_stream_backlog_records', 'gauge', 'Records that no batch has taken.', labels, totals.backlogRecords)
  }
  return page.text
}

const helpOf = (counter: string): string =>
  counter === 'DeadLetterCount' ? 'Events set aside because they could not be delivered.' : `Flume's ${counter}.`

/** Samples of one name stand together, under one head, in order of first mention. */
class MetricsPage {
  readonly #metrics = new Map<string, string[]>()

  add(name: string, type: 'counter' | 'gauge', help: string, labels: Labels, value: number): void {
    const lines = this.#metrics.get(name) ?? [`# HELP ${name} ${help}`, `# TYPE ${name} ${type}`]
    this.#metrics.set(name, lines)
    const pairs = Object.entries(labels).map(([key, text]) => `${key}="${escaped(text)}"`)
    lines.push(`${name}${pairs.length === 0 ? '' : `{${pairs.join(',')}}`} ${value}`)
  }

  get text(): string {
    return [...this.#metrics.values()].map((lines) => `${lines.join('\n')}\n`).join('')
  }
}

const escaped = (text: string): string => text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n')

/** `EventAccepted` → `event_accepted`. */
const snakeCase = (name: string): string => name.replace(/(?<=[a-z0-9])(?=[A-Z])/g, '_').toLowerCase()
