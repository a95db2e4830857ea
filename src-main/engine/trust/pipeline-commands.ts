// The commands that a pipeline would run: what its components' definitions say, and those of external configuration filters.
import type { AgentConfiguration, ComponentConfiguration } from '../../../src-shared/flume/agent-configuration.ts'
import { parseOptions } from '../../../src-shared/spec/parse-options.ts'
import type { Registry } from '../../component/registry.ts'
import type { Runnable } from './trust.ts'

export function pipelineCommands(agents: readonly AgentConfiguration[], registry: Registry): readonly Runnable[] {
  return agents.flatMap((agent) => [
    ...agent.configFilters.flatMap((filter) => {
      const command = filter.properties['command']
      return filter.type === 'external' && command !== undefined ? [{ kind: 'command' as const, text: command, where: filter.path }] : []
    }),
    ...agent.sources.flatMap((source) => commandsOf(source, registry)),
  ])
}

function commandsOf(source: ComponentConfiguration, registry: Registry): readonly Runnable[] {
  const definition = registry.find('source', source.type)
  if (definition?.runs === undefined) return []
  const { options } = parseOptions(definition.properties, source.properties)
  return options === undefined ? [] : [{ kind: 'command', text: definition.runs(options), where: source.path }]
}
