// What only the making of components finds: properties that do not fit each other, a serializer's own properties, an expression that cannot
// be read. Every component is made as for a run and none is started, so nothing is opened, listened on or written.
import type { AgentConfiguration, ComponentConfiguration } from '../../src-shared/flume/agent-configuration.ts'
import type { Problem } from '../../src-shared/flume/problem.ts'
import type { Clock } from '../clock.ts'
import type { Registry } from '../component/registry.ts'
import { loggerTo } from '../log.ts'
import { buildGraph } from './agent-graph.ts'
import type { ComponentNode } from './component-node.ts'

export interface CreationDeps {
  readonly file: string
  readonly registry: Registry
  readonly clock: Clock
}

/** Why components of `agent` would be left out when it starts, and what is wrong with others, each with the line that is to blame. */
export function creationProblems(agent: AgentConfiguration, { file, registry, clock }: CreationDeps): Problem[] {
  const graph = buildGraph(agent, { clock, log: loggerTo(() => {}), workDir: '.', registry, onChange: () => {} })
  const parts: readonly (readonly [readonly ComponentConfiguration[], readonly ComponentNode[]])[] = [
    [agent.channels, graph.channels],
    [agent.sources, graph.sources],
    [agent.sinks, graph.sinks],
  ]
  return parts.flatMap(([configurations, nodes]) =>
    nodes.flatMap((node, index) => {
      const configuration = configurations[index]!
      // What a configuration filter will put there is not known here.
      if (Object.values(configuration.properties).some((value) => value.includes('${'))) return []
      const problem = (severity: 'error' | 'warning', message: string): Problem => ({
        severity,
        code: 'PROPERTY',
        file,
        component: configuration.path,
        message,
        ...placeOf(configuration, message),
      })
      const remarks = node.remarks.map((remark) => problem('warning', `${configuration.path}: ${remark}`))
      return node.failure === undefined ? remarks : [problem('error', `${configuration.path} is left out: ${node.failure}`), ...remarks]
    }),
  )
}

/** The longest key of the component that the message names; otherwise the line of its type. */
function placeOf({ path, lines }: ComponentConfiguration, message: string): Pick<Problem, 'line' | 'key'> {
  const words = new Set(message.split(/[\s:,]+/))
  const named = Object.keys(lines).filter((key) => key !== 'type' && [...words].some((word) => key === word || key.endsWith(`.${word}`)))
  const [key] = named.sort((a, b) => b.length - a.length)
  const line = lines[key ?? 'type']
  return {
    ...(line !== undefined && { line }),
    ...(key !== undefined && { key: `${path}.${key}` }),
  }
}
