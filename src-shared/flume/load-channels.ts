// The channels of an agent.
import { parseOptions } from '../spec/parse-options.ts'
import type { ChannelConfiguration } from './agent-configuration.ts'
import { type AgentLoad, componentBase, listedComponents } from './agent-load.ts'
import { emptyComponent, type RawComponent } from './raw-configuration.ts'
import { resolveType } from './resolve-type.ts'

/** What a channel without a type becomes: durable (rule `channel-without-type`). */
const defaultChannelType = 'sqlite'

export function loadChannels(load: AgentLoad): ChannelConfiguration[] {
  const { agent, report, options } = load
  if (agent.listed.channels === undefined) {
    const configured = [...agent.components.channels.keys()]
    const hint = `Add the list: ${agent.name}.channels = ${configured.length === 0 ? 'c1' : configured.join(' ')}`
    report.agent(agent.name, { severity: 'error', code: 'CHANNEL_MISSING', message: `Agent ${agent.name} has no list of channels.`, hint })
  }
  const channels: ChannelConfiguration[] = []
  for (const { name, path, line, component } of listedComponents(load, 'channels')) {
    const raw: RawComponent = component ?? emptyComponent(name)
    const written = raw.properties['type']
    if (written === undefined) {
      report.component(path, raw, {
        severity: 'warning',
        code: 'TYPE_MISSING',
        line,
        message: `Channel ${name} has no type: Millrace makes it durable (${defaultChannelType}). A real Flume leaves it out, and with it everything that is connected to it.`,
        hint: `Write ${path}.type = ${defaultChannelType} (durable; file for Flume), or memory.`,
        rule: 'channel-without-type',
      })
    }
    const resolved = resolveType('channel', written ?? defaultChannelType, options.catalog)
    if (resolved.entry === undefined) {
      report.component(path, raw, {
        severity: 'error',
        code: resolved.code,
        key: 'type',
        line,
        message: `${resolved.message} Channel ${name} is left out.`,
        hint: resolved.hint,
      })
      load.leftOut.push({ kind: 'channel', name, ...(written !== undefined && { writtenType: written }) })
      continue
    }
    const parsed = parseOptions(resolved.entry.properties, raw.properties, ['type'])
    report.options(path, raw, parsed.problems)
    if (parsed.options === undefined) load.leftOut.push({ kind: 'channel', name, writtenType: written ?? defaultChannelType })
    else channels.push({ kind: 'channel', ...componentBase(raw, path, resolved.entry.type) })
  }
  return channels
}
