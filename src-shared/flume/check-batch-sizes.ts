// A batchSize above its channel's transactionCapacity (rule batch-above-transaction): as many at a time as fit, and said beforehand.
import { parseOptions } from '../spec/parse-options.ts'
import type { ChannelConfiguration, SinkConfiguration, SourceConfiguration } from './agent-configuration.ts'
import type { AgentLoad } from './agent-load.ts'

const batchKeys = ['batchSize', 'sink.batchSize', 'hdfs.batchSize', 'batch-size']

export function checkBatchSizes(
  load: AgentLoad,
  channels: readonly ChannelConfiguration[],
  sources: readonly SourceConfiguration[],
  sinks: readonly SinkConfiguration[],
): void {
  const capacities = new Map<string, number>()
  for (const channel of channels) {
    const capacity = numberOption(load, 'channel', channel.type, channel.properties, 'transactionCapacity')
    if (capacity !== undefined) capacities.set(channel.name, capacity)
  }
  const check = (component: SourceConfiguration | SinkConfiguration, channel: string): void => {
    const capacity = capacities.get(channel)
    for (const key of batchKeys) {
      if (capacity === undefined) continue
      const batchSize = numberOption(load, component.kind, component.type, component.properties, key)
      if (batchSize === undefined || batchSize <= capacity) continue
      const raw = load.agent.components[component.kind === 'source' ? 'sources' : 'sinks'].get(component.name)
      load.report.component(component.path, raw, {
        severity: 'warning',
        code: 'BATCH_TOO_LARGE',
        key,
        message: `${component.name} moves ${capacity} events at once, not ${batchSize}: a transaction of channel ${channel} holds no more. A real Flume leaves ${component.name} out.`,
        hint: `Set ${key} to ${capacity}, or raise ${load.agent.name}.channels.${channel}.transactionCapacity.`,
        rule: 'batch-above-transaction',
      })
    }
  }
  for (const source of sources) for (const channel of source.channels) check(source, channel)
  for (const sink of sinks) check(sink, sink.channel)
}

/** A number among the parsed options, default included. */
function numberOption(
  load: AgentLoad,
  kind: string,
  type: string,
  properties: Readonly<Record<string, string>>,
  key: string,
): number | undefined {
  const entry = load.options.catalog.find((candidate) => candidate.kind === kind && candidate.type === type)
  const options = entry && parseOptions(entry.properties, properties, Object.keys(properties)).options
  const value = options?.[key]
  return typeof value === 'number' ? value : undefined
}
