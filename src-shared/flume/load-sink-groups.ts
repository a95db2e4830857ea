// The sink groups of an agent. A sink of a group that cannot run runs alone (rule `sinks-of-a-lost-group-run-alone`).
import { nearestName, parseOptions } from '../spec/parse-options.ts'
import type { SinkConfiguration, SinkGroupConfiguration } from './agent-configuration.ts'
import { type AgentLoad, componentBase, listedComponents, subComponent } from './agent-load.ts'
import { hashSetOrder } from './java-hash-order.ts'
import type { RawComponent } from './raw-configuration.ts'
import { resolveType } from './resolve-type.ts'

const rule = 'sinks-of-a-lost-group-run-alone'

export function loadSinkGroups(load: AgentLoad, sinks: readonly SinkConfiguration[]): SinkGroupConfiguration[] {
  const groups: SinkGroupConfiguration[] = []
  const groupOf = new Map<string, string>()
  reportBlanks(load)
  for (const { name, path, line, component } of listedComponents(load, 'sinkgroups')) {
    const leaveOut = (message: string, hint: string | undefined, key?: string): void => {
      load.report.component(path, component, {
        severity: 'error',
        code: 'SINK_GROUP',
        line,
        message,
        hint,
        rule,
        ...(key !== undefined && { key }),
      })
      load.leftOut.push({ kind: 'sinkGroup', name })
    }
    if (component === undefined) {
      leaveOut(`Sink group ${name} has no properties; it is left out.`, `Add ${path}.sinks and ${path}.processor.type.`)
      continue
    }
    const own = sinksOfGroup(load, path, component, sinks, groupOf)
    const raw = subComponent(component, 'processor', 'processor.')
    const written = raw.properties['type']
    const resolved = written === undefined ? undefined : resolveType('sinkProcessor', written, load.options.catalog)
    if (own.length === 0) leaveOut(`Sink group ${name} has no sink that runs; it is left out.`, undefined, 'sinks')
    else if (written === undefined)
      leaveOut(
        `Sink group ${name} has no processor.type; its sinks run each alone.`,
        `Add ${path}.processor.type = failover (or load_balance, default).`,
      )
    else if (resolved?.entry === undefined)
      leaveOut(`${resolved?.message} The sinks of group ${name} run each alone.`, resolved?.hint, 'processor.type')
    else if (resolved.entry.type === 'default' && own.length > 1)
      leaveOut(
        `The default processor takes one sink; group ${name} has ${own.length}, which run each alone.`,
        'Choose failover or load_balance.',
        'processor.type',
      )
    else if (resolved.entry.type === 'load_balance' && own.length < 2)
      leaveOut(`The load_balance processor needs two sinks or more; ${own[0]} of group ${name} runs alone.`, undefined, 'processor.type')
    else {
      const parsed = parseOptions(resolved.entry.properties, raw.properties, ['type'])
      load.report.options(path, component, parsed.problems, 'processor.')
      if (parsed.options === undefined) {
        leaveOut(`Sink group ${name} is left out; its sinks run each alone.`, undefined)
        continue
      }
      for (const sink of own) groupOf.set(sink, name)
      const processor = { kind: 'sinkProcessor' as const, ...componentBase(raw, `${path}.processor`, resolved.entry.type) }
      groups.push({ kind: 'sinkGroup', ...componentBase(component, path, 'sinkGroup'), sinks: own, processor })
    }
  }
  return groups
}

/** The group's sinks that run, in the order in which Flume has them: that of a HashSet. It decides turns, and priorities that are not written. */
function sinksOfGroup(
  load: AgentLoad,
  path: string,
  component: RawComponent,
  sinks: readonly SinkConfiguration[],
  groupOf: ReadonlyMap<string, string>,
): string[] {
  const names = sinks.map(({ name }) => name)
  const wanted = component.properties['sinks']?.split(/\s+/) ?? []
  return hashSetOrder(wanted, wanted.length).filter((name) => {
    const other = groupOf.get(name)
    if (other === undefined && names.includes(name)) return true
    const listed = load.agent.listed.sinks?.names.includes(name) === true
    const nearest = nearestName(name, names)
    const message =
      other !== undefined
        ? `Sink ${name} is in group ${other} already; it stays there.`
        : listed
          ? `Sink ${name} of group ${component.name} does not run.`
          : `There is no sink ${name}; group ${component.name} goes on without it.`
    // One that Flume would have had in the group, and could not configure.
    const refused = listed && load.agent.components.sinks.get(name)?.properties['channel'] !== undefined
    load.report.component(path, component, {
      severity: 'warning',
      code: 'SINK_GROUP',
      key: 'sinks',
      message,
      ...(other === undefined && refused && { rule }),
      hint: other === undefined && !listed && nearest !== undefined ? `Did you mean ${nearest}?` : undefined,
    })
    return false
  })
}

/** Flume takes this one list apart at single blanks only, so that a tab makes one name of two. */
function reportBlanks(load: AgentLoad): void {
  const list = load.agent.listed.sinkgroups
  if (list === undefined || !/[\t\n\f\r]/.test(list.text)) return
  load.report.agent(load.agent.name, {
    severity: 'warning',
    code: 'SINK_GROUP',
    line: list.line,
    list: 'sinkgroups',
    message: 'The groups are separated by more than blanks; a real Flume reads one name and drops the groups.',
    hint: `Write ${load.agent.name}.sinkgroups = ${list.names.join(' ')}`,
    rule: 'sink-group-list-blanks',
  })
}
