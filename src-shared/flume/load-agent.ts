// One agent of the file → its configuration: configuration filters first, then channels, sources, sinks, sink groups, as Flume goes.

import { nearestName } from '../spec/parse-options.ts'
import type { AgentConfiguration, LoadOptions } from './agent-configuration.ts'
import type { AgentLoad } from './agent-load.ts'
import { checkBatchSizes } from './check-batch-sizes.ts'
import { ProblemReport } from './component-problems.ts'
import { applyConfigFilter, type ConfigFilter } from './config-filter.ts'
import type { Section } from './configuration-key.ts'
import { loadChannels } from './load-channels.ts'
import { loadConfigFilters } from './load-config-filters.ts'
import { loadSinkGroups } from './load-sink-groups.ts'
import { loadSinks } from './load-sinks.ts'
import { loadSources } from './load-sources.ts'
import type { Problem } from './problem.ts'
import type { RawAgent, RawComponent } from './raw-configuration.ts'

export function loadAgent(raw: RawAgent, options: LoadOptions): { agent: AgentConfiguration | undefined; problems: readonly Problem[] } {
  const report = new ProblemReport(options.file)
  const load: AgentLoad = { agent: raw, options, report, leftOut: [] }
  const filters = loadConfigFilters(load)
  for (const section of ['sources', 'channels', 'sinks', 'sinkgroups'] as const) {
    for (const component of raw.components[section].values()) filterValues(component, filters.instances, load, section)
  }
  reportUnlisted(load)
  const channels = loadChannels(load)
  const sources = loadSources(load, channels)
  const sinks = loadSinks(load, channels)
  const sinkGroups = loadSinkGroups(load, sinks)
  const connected = channels.filter(
    ({ name }) =>
      sources.some((source) => source.channels.includes(name)) ||
      sinks.some((sink) => sink.channel === name || sink.properties['deadLetter.channel'] === name),
  )
  reportUnused(load, channels, connected, sinks)
  checkBatchSizes(load, connected, sources, sinks)
  if (sources.length === 0 && sinks.length === 0) {
    const hint = 'An agent needs a channel and a source or a sink on it, each in its list: a1.sources, a1.channels, a1.sinks.'
    report.agent(raw.name, { severity: 'error', code: 'AGENT_INVALID', message: `Agent ${raw.name} has nothing that could run.`, hint })
    return { agent: undefined, problems: report.problems }
  }
  const agent: AgentConfiguration = {
    name: raw.name,
    sources,
    channels: connected,
    sinks,
    sinkGroups,
    configFilters: filters.configurations,
    leftOut: load.leftOut,
  }
  return { agent, problems: report.problems }
}

function filterValues(component: RawComponent, filters: readonly ConfigFilter[], load: AgentLoad, section: Section): void {
  for (const filter of filters) {
    for (const [key, value] of Object.entries(component.properties)) {
      try {
        component.properties[key] = applyConfigFilter(value, filter)
      } catch (error) {
        load.report.component(`${load.agent.name}.${section}.${component.name}`, component, {
          severity: 'error',
          code: 'CONFIG_FILTER',
          key,
          message: `The configuration filter ${filter.name} gave no answer: ${(error as Error).message}. The value stays as it is written.`,
        })
      }
    }
  }
}

/** Flume ignores a component that is configured but not in the list, without a word. */
function reportUnlisted(load: AgentLoad): void {
  const { agent, report } = load
  for (const [section, components] of Object.entries(agent.components) as [Section, Map<string, RawComponent>][]) {
    const names = agent.listed[section]?.names ?? []
    for (const component of components.values()) {
      if (names.includes(component.name)) continue
      const unconfigured = names.filter((name) => !components.has(name))
      const nearest = nearestName(component.name, unconfigured)
      report.component(`${agent.name}.${section}.${component.name}`, component, {
        severity: 'warning',
        code: 'NOT_LISTED',
        message: `${component.name} is not in the list ${agent.name}.${section}; it does not run.`,
        hint:
          nearest === undefined
            ? `Add it: ${agent.name}.${section} = ${[...names, component.name].join(' ')}`
            : `The list has ${nearest}, which has no properties: one of the two names is a slip.`,
      })
    }
  }
}

function reportUnused(
  load: AgentLoad,
  channels: AgentConfiguration['channels'],
  connected: AgentConfiguration['channels'],
  sinks: AgentConfiguration['sinks'],
): void {
  for (const channel of channels) {
    const raw = load.agent.components.channels.get(channel.name)
    const line = load.agent.listed.channels?.line
    const named = (kind: 'sources' | 'sinks', key: string): boolean =>
      [...load.agent.components[kind].values()].some((component) => component.properties[key]?.split(/\s+/).includes(channel.name))
    if (!connected.includes(channel)) {
      load.leftOut.push({
        kind: 'channel',
        name: channel.name,
        ...(channel.writtenType !== undefined && { writtenType: channel.writtenType }),
      })
      // A source or sink that is left out itself has its own problem.
      if (named('sources', 'channels') || named('sinks', 'channel')) continue
      load.report.component(channel.path, raw, {
        severity: 'warning',
        code: 'CHANNEL_UNUSED',
        line,
        message: `Nothing is connected to channel ${channel.name}; it is left out.`,
        hint: 'Name it in the channels of a source or the channel of a sink, or remove it from the list.',
      })
    } else if (!sinks.some((sink) => sink.channel === channel.name) && !named('sinks', 'channel')) {
      load.report.component(channel.path, raw, {
        severity: 'info',
        code: 'CHANNEL_UNUSED',
        line,
        message: `No sink of this agent takes from channel ${channel.name}; it fills up unless a stream program reads it.`,
      })
    }
  }
}
