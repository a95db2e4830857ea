// The sources of an agent, with their interceptors and selector.
import { withGlobalValues } from '../spec/global-values.ts'
import { nearestName, parseOptions } from '../spec/parse-options.ts'
import type { ChannelConfiguration, ComponentConfiguration, SourceConfiguration } from './agent-configuration.ts'
import { type AgentLoad, componentBase, endpointsOf, subComponent } from './agent-load.ts'
import { checkReplacement } from './check-replacement.ts'
import { checkSelectorChannels } from './check-selector-channels.ts'
import { hashSetOrder } from './java-hash-order.ts'
import type { RawComponent } from './raw-configuration.ts'
import { resolveType } from './resolve-type.ts'

export function loadSources(load: AgentLoad, channels: readonly ChannelConfiguration[]): SourceConfiguration[] {
  const sources: SourceConfiguration[] = []
  for (const { path, component, entry, leaveOut } of endpointsOf(load, 'sources')) {
    const own = channelsOfSource(load, path, component, channels)
    const interceptors = interceptorsOf(load, path, component)
    const selector = selectorOf(load, path, component, own)
    const known = entry()
    if (known === undefined) {
      leaveOut()
      continue
    }
    const values = withGlobalValues(known.properties, component.properties, load.options)
    const parsed = parseOptions(known.properties, values, ['type', 'channels', 'selector.*', 'interceptors', 'interceptors.*'])
    load.report.options(path, component, parsed.problems)
    if (own.length === 0 || interceptors === undefined || selector === undefined || parsed.options === undefined) leaveOut()
    else sources.push({ kind: 'source', ...componentBase(component, path, known.type, values), channels: own, interceptors, selector })
  }
  return sources
}

/** The source's channels that run, in the order in which Flume writes to them: that of a HashSet. What is missing is reported. */
function channelsOfSource(load: AgentLoad, path: string, component: RawComponent, channels: readonly ChannelConfiguration[]): string[] {
  const { report, agent } = load
  const names = channels.map(({ name }) => name)
  const wanted = component.properties['channels']?.split(/\s+/) ?? []
  const found = hashSetOrder(wanted).filter((name) => names.includes(name))
  if (wanted.length === 0) {
    const singular = component.properties['channel']
    const hint =
      singular === undefined
        ? `Add ${path}.channels = ${names.join(' ') || 'c1'}.`
        : `A source has channels: write ${path}.channels = ${singular}.`
    report.component(path, component, {
      severity: 'error',
      code: 'CHANNEL_MISSING',
      ...(singular !== undefined && { key: 'channel' }),
      message: `Source ${component.name} has no channels; it is left out.`,
      hint,
    })
  }
  for (const name of wanted) {
    if (names.includes(name)) continue
    const listed = agent.listed.channels?.names.includes(name) === true
    const nearest = nearestName(name, names)
    report.component(path, component, {
      severity: found.length === 0 ? 'error' : 'warning',
      code: 'CHANNEL_MISSING',
      key: 'channels',
      message: `${listed ? `Channel ${name} does not run` : `There is no channel ${name}`}; source ${component.name} ${found.length === 0 ? 'is left out' : `writes to ${found.join(' ')} only`}.`,
      hint: !listed && nearest !== undefined ? `Did you mean ${nearest}?` : undefined,
    })
  }
  return found
}

/** In listed order; undefined when one has an error, because events would pass unchanged that were to be changed. */
function interceptorsOf(load: AgentLoad, path: string, component: RawComponent): ComponentConfiguration[] | undefined {
  const { report, options } = load
  const configurations: ComponentConfiguration[] = []
  let failed = false
  const names = component.properties['interceptors']?.split(/\s+/) ?? []
  for (const name of names) {
    const prefix = `interceptors.${name}.`
    const raw = subComponent(component, name, prefix)
    const written = raw.properties['type']
    const resolved = written === undefined ? undefined : resolveType('interceptor', written, options.catalog)
    if (resolved?.entry === undefined) {
      failed = true
      const finding = resolved ?? {
        code: 'TYPE_MISSING' as const,
        message: `Interceptor ${name} has no type.`,
        hint: `Add ${path}.${prefix}type = timestamp (or another).`,
      }
      const key = resolved === undefined ? 'interceptors' : `${prefix}type`
      report.component(path, component, {
        severity: 'error',
        code: finding.code,
        key,
        message: `${finding.message} Source ${component.name} is left out, so that no event passes without it.`,
        hint: finding.hint,
      })
      continue
    }
    const parsed = parseOptions(resolved.entry.properties, raw.properties, ['type'])
    report.options(path, component, parsed.problems, prefix)
    failed ||= parsed.options === undefined
    if (resolved.entry.type === 'search_replace' && parsed.options !== undefined)
      checkReplacement(report, path, component, prefix, parsed.options)
    configurations.push({ kind: 'interceptor', ...componentBase(raw, `${path}.interceptors.${name}`, resolved.entry.type) })
  }
  for (const key of Object.keys(component.properties)) {
    const name = /^interceptors\.([^.]+)\./.exec(key)?.[1]
    if (name === undefined || names.includes(name)) continue
    report.component(path, component, {
      severity: 'warning',
      code: 'NOT_LISTED',
      key,
      message: `Interceptor ${name} is not in the list ${path}.interceptors; it does nothing.`,
      hint: `Add it: ${path}.interceptors = ${[...names, name].join(' ')}`,
    })
  }
  return failed ? undefined : configurations
}

function selectorOf(
  load: AgentLoad,
  path: string,
  component: RawComponent,
  channels: readonly string[],
): ComponentConfiguration | undefined {
  const { report, options } = load
  const raw = subComponent(component, 'selector', 'selector.')
  const written = raw.properties['type']
  const resolved = resolveType('selector', written ?? 'replicating', options.catalog)
  if (resolved.entry === undefined) {
    report.component(path, component, {
      severity: 'error',
      code: resolved.code,
      key: 'selector.type',
      message: `${resolved.message} Source ${component.name} is left out.`,
      hint: resolved.hint,
    })
    return undefined
  }
  const parsed = parseOptions(resolved.entry.properties, raw.properties, ['type'])
  report.options(path, component, parsed.problems, 'selector.')
  const known = checkSelectorChannels(load, path, component, resolved.entry.type, channels)
  if (parsed.options === undefined || !known) return undefined
  return { kind: 'selector', ...componentBase(raw, `${path}.selector`, resolved.entry.type) }
}
