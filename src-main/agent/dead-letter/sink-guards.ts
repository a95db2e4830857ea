// The poison guards of an agent: one for each runner and channel of which some sink has one of the deadLetterProperties.
import type { AgentConfiguration, SinkConfiguration } from '../../../src-shared/flume/agent-configuration.ts'
import { parseOptions } from '../../../src-shared/spec/parse-options.ts'
import type { Clock } from '../../clock.ts'
import { deadLetterProperties, usualRetries } from '../../component/dead-letter-properties.ts'
import type { Channel } from '../channel/channel.ts'
import type { ComponentNode } from '../component-node.ts'
import type { DeadLetterBox } from './dead-letter.ts'
import { DeadLetterChannel } from './dead-letter-channel.ts'
import { DeadLetterFile, deadLetterPath } from './dead-letter-file.ts'
import { DeadLetterReport } from './dead-letter-report.ts'
import { PoisonGuard } from './poison-guard.ts'

export interface SinkGuardsDeps {
  readonly clock: Clock
  readonly workDir: string
  readonly channel: (name: string) => Channel | undefined
}

const usualInARow = 100

/** By sink. Sinks of a group on one channel share a guard: an event is poison when none of them takes it. */
export function sinkGuards(
  configuration: Pick<AgentConfiguration, 'sinks' | 'sinkGroups'>,
  nodes: ReadonlyMap<string, ComponentNode>,
  deps: SinkGuardsDeps,
): ReadonlyMap<string, PoisonGuard> {
  const teams = new Map<string, SinkConfiguration[]>()
  for (const sink of configuration.sinks) {
    const group = configuration.sinkGroups.find(({ sinks }) => sinks.includes(sink.name))
    const key = JSON.stringify([group === undefined ? sink.path : group.path, sink.channel])
    teams.set(key, [...(teams.get(key) ?? []), sink])
  }
  const guards = new Map<string, PoisonGuard>()
  for (const team of teams.values()) {
    const guard = guardOf(team, nodes, deps)
    if (guard !== undefined) for (const { name } of team) guards.set(name, guard)
  }
  return guards
}

/** In a group the largest maxRetries holds, and the box of the first sink that has one of the keys. */
function guardOf(
  team: readonly SinkConfiguration[],
  nodes: ReadonlyMap<string, ComponentNode>,
  { clock, workDir, channel }: SinkGuardsDeps,
): PoisonGuard | undefined {
  const keys = Object.keys(deadLetterProperties)
  const asking = team.filter(({ properties }) => keys.some((key) => properties[key] !== undefined))
  const [first] = asking
  const node = first && nodes.get(first.name)
  const from = first && channel(first.channel)
  if (first === undefined || node === undefined || from === undefined) return undefined
  const wishes = asking.map(({ properties }) => parseOptions(deadLetterProperties, properties).options)
  const most = (key: 'maxRetries' | 'deadLetter.mostInARow', otherwise: number): number =>
    Math.max(...wishes.map((wish) => wish?.[key] ?? otherwise))
  const { 'deadLetter.channel': other, 'deadLetter.file': file } = wishes[0] ?? {}
  const to = other === undefined || other === first.channel ? undefined : channel(other)
  const box: DeadLetterBox = to === undefined ? new DeadLetterFile(deadLetterPath(file, workDir, first.name)) : new DeadLetterChannel(to)
  return new PoisonGuard({
    channel: from,
    sink: first.name,
    maxRetries: most('maxRetries', usualRetries),
    mostInARow: most('deadLetter.mostInARow', usualInARow),
    box,
    clock,
    signal: node.stopping.signal,
    report: new DeadLetterReport(node, box, clock),
  })
}
