// /metrics as a Flume 1.11 agent prints it: `{"SOURCE.r1": {"EventReceivedCount": "7", …}, …}`, every value a text.
import { showDouble } from '../../../src-shared/java-double.ts'
import type { AgentSnapshot, ComponentSnapshot } from '../agent-snapshot.ts'

type Attributes = Record<string, string>

/** Components for which Flume keeps no counters are left out, as it does. */
export function metricsOf(snapshot: AgentSnapshot): Record<string, Attributes> {
  const shown = snapshot.components.filter((component) => component.inMetrics)
  return Object.fromEntries(shown.map((component) => [`${component.kind.toUpperCase()}.${component.name}`, attributesOf(component)]))
}

function attributesOf(component: ComponentSnapshot): Attributes {
  const { kind, counters, startTime, stopTime } = component
  const values = kind === 'channel' ? channelValues(component) : counters
  const texts = Object.entries(values).map(([name, value]) => [name, String(value)] as const)
  return { ...Object.fromEntries(texts), Type: kind.toUpperCase(), StartTime: String(startTime), StopTime: String(stopTime) }
}

function channelValues({ gauges, counters, type, state }: ComponentSnapshot): Record<string, number | string> {
  if (gauges === undefined) return {}
  const { channelSize, channelCapacity } = gauges
  const shared = {
    ChannelSize: channelSize,
    ChannelCapacity: channelCapacity,
    ChannelFillPercentage: showDouble(channelCapacity === 0 ? Number.MAX_VALUE : (channelSize / channelCapacity) * 100),
    EventPutAttemptCount: gauges.eventPutAttemptCount,
    EventPutSuccessCount: gauges.eventPutSuccessCount,
    EventTakeAttemptCount: gauges.eventTakeAttemptCount,
    EventTakeSuccessCount: gauges.eventTakeSuccessCount,
  }
  if (type !== 'file') return shared
  const count = (name: string): number | string => counters[name] ?? 0
  return {
    ...shared,
    Open: String(state === 'START'),
    Closed: state === 'START' ? 0 : 1,
    Unhealthy: state === 'ERROR' ? 1 : 0,
    EventPutErrorCount: count('EventPutErrorCount'),
    EventTakeErrorCount: count('EventTakeErrorCount'),
    CheckpointWriteErrorCount: count('CheckpointWriteErrorCount'),
    CheckpointBackupWriteErrorCount: count('CheckpointBackupWriteErrorCount'),
  }
}
