// The configuration filters of an agent: `env`, `external`; `hadoop` is refused.

import { nearestName } from '../spec/parse-options.ts'
import type { ComponentConfiguration } from './agent-configuration.ts'
import { type AgentLoad, componentBase, listedComponents } from './agent-load.ts'
import type { ConfigFilter } from './config-filter.ts'
import { flumeType } from './flume-types.ts'

export interface LoadedConfigFilters {
  readonly configurations: readonly ComponentConfiguration[]
  readonly instances: readonly ConfigFilter[]
}

export function loadConfigFilters(load: AgentLoad): LoadedConfigFilters {
  const configurations: ComponentConfiguration[] = []
  const instances: ConfigFilter[] = []
  for (const { name, path, line, component } of listedComponents(load, 'configfilters')) {
    const written = component?.properties['type']
    const refuse = (message: string, hint: string, key?: string): void => {
      load.report.component(path, component, {
        severity: 'error',
        code: 'CONFIG_FILTER',
        line,
        message,
        hint,
        ...(key !== undefined && { key }),
      })
      load.leftOut.push({ kind: 'configFilter', name, ...(written !== undefined && { writtenType: written }) })
    }
    if (component === undefined || written === undefined) {
      refuse(`The configuration filter ${name} has no type; its tokens stay as they are written.`, `Add ${path}.type = env (or external).`)
      continue
    }
    const type = flumeType('configFilter', written)?.alias
    if (type === 'env') instances.push({ name, filter: (key) => load.options.env[key] })
    else if (type === 'external') {
      const command = component.properties['command']?.split(/\s+/)
      if (command === undefined) {
        refuse(
          `The configuration filter ${name} has no command.`,
          `Add ${path}.command: it gets the key as its last argument and prints the value as its first line.`,
        )
        continue
      }
      const run = load.options.runFilterCommand
      if (run !== undefined) instances.push({ name, filter: (key) => run([...command, key]) })
      else {
        const message = `The configuration filter ${name} runs the command ${command.join(' ')}; it is not run now, so its tokens are not checked.`
        load.report.component(path, component, { severity: 'info', code: 'CONFIG_FILTER', key: 'command', message })
      }
    } else if (type === 'hadoop') {
      refuse(
        `The configuration filter ${name} reads a Hadoop credential store, which needs Hadoop's Java libraries; Millrace has none.`,
        'Use env or external instead.',
        'type',
      )
      continue
    } else {
      const nearest = nearestName(written, ['env', 'external'])
      refuse(
        `There is no configuration filter of type ${written}; its tokens stay as they are written.`,
        nearest === undefined ? 'Known are env and external.' : `Did you mean ${nearest}?`,
        'type',
      )
      continue
    }
    configurations.push({ kind: 'configFilter', ...componentBase(component, path, type) })
  }
  return { configurations, instances }
}
