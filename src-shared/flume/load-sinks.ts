// The sinks of an agent.
import { withGlobalValues } from '../spec/global-values.ts'
import { nearestName, parseOptions } from '../spec/parse-options.ts'
import type { ChannelConfiguration, SinkConfiguration } from './agent-configuration.ts'
import { type AgentLoad, componentBase, endpointsOf } from './agent-load.ts'
import type { RawComponent } from './raw-configuration.ts'

export function loadSinks(load: AgentLoad, channels: readonly ChannelConfiguration[]): SinkConfiguration[] {
  const sinks: SinkConfiguration[] = []
  for (const { path, component, entry, leaveOut } of endpointsOf(load, 'sinks')) {
    const channel = channelOfSink(load, path, component.properties, component, channels)
    const known = entry()
    if (known === undefined) {
      leaveOut()
      continue
    }
    const values = withGlobalValues(known.properties, component.properties, load.options)
    const parsed = parseOptions(known.properties, values, ['type', 'channel'])
    load.report.options(path, component, parsed.problems)
    checkDeadLetterChannel(load, path, component, channels)
    if (channel === undefined || parsed.options === undefined) leaveOut()
    else sinks.push({ kind: 'sink', ...componentBase(component, path, known.type, values), channel })
  }
  return sinks
}

/** One that cannot be used is no reason to leave the sink out: its dead letters go to their usual file. */
function checkDeadLetterChannel(load: AgentLoad, path: string, component: RawComponent, channels: readonly ChannelConfiguration[]): void {
  const { channel, 'deadLetter.channel': wanted } = component.properties
  const names = channels.map(({ name }) => name)
  if (wanted === undefined || (names.includes(wanted) && wanted !== channel)) return
  const instead = `what sink ${component.name} cannot deliver goes to its dead letter file instead.`
  const nearest = nearestName(
    wanted,
    names.filter((name) => name !== channel),
  )
  load.report.component(path, component, {
    severity: 'error',
    code: 'CHANNEL_MISSING',
    key: 'deadLetter.channel',
    message:
      wanted === channel
        ? `${wanted} is the channel that the sink takes from: an event set aside would come back; ${instead}`
        : `There is no channel ${wanted}; ${instead}`,
    hint: nearest === undefined || wanted === channel ? 'Name another channel of this agent.' : `Did you mean ${nearest}?`,
  })
}

function channelOfSink(
  load: AgentLoad,
  path: string,
  properties: Readonly<Record<string, string>>,
  component: Parameters<AgentLoad['report']['component']>[1],
  channels: readonly ChannelConfiguration[],
): string | undefined {
  const channel = properties['channel']
  const names = channels.map(({ name }) => name)
  if (channel !== undefined && names.includes(channel)) return channel
  const at = { severity: 'error', code: 'CHANNEL_MISSING' } as const
  const sink = path.split('.').at(-1)!
  if (channel === undefined) {
    const plural = properties['channels']
    const hint =
      plural === undefined ? `Add ${path}.channel = ${names[0] ?? 'c1'}.` : `A sink has one channel: write ${path}.channel = ${plural}.`
    load.report.component(path, component, {
      ...at,
      ...(plural !== undefined && { key: 'channels' }),
      message: `Sink ${sink} has no channel; it is left out.`,
      hint,
    })
    return undefined
  }
  const listed = load.agent.listed.channels?.names.includes(channel) === true
  const nearest = nearestName(channel, names)
  const message = listed
    ? `Sink ${sink} takes from channel ${channel}, which does not run; it is left out.`
    : `There is no channel ${channel}; sink ${sink} is left out.`
  const hint = listed
    ? undefined
    : /\s/.test(channel)
      ? 'A sink has one channel.'
      : nearest === undefined
        ? undefined
        : `Did you mean ${nearest}?`
  load.report.component(path, component, { ...at, key: 'channel', message, hint })
  return undefined
}
