// `millrace components`: what pipelines can be built of.
import { Command } from 'commander'
import type { ComponentInfo } from '../../src-shared/contract/components.ts'
import { MillraceError } from '../../src-shared/errors.ts'
import { builtInRegistry } from '../component/registry.ts'
import { componentCatalog } from '../engine/component-catalog.ts'

export function componentsCommand(): Command {
  return new Command('components')
    .description('List the sources, channels, sinks and other components, or one with its properties.')
    .argument('[type]', 'type, alias or class name: its properties')
    .option('--json', 'as JSON')
    .helpOption('-h, --help', 'display help')
    .addHelpText('after', '\nExit codes: 0 listed, 1 there is no such component, 2 wrong usage.')
    .action((type: string | undefined, flags: { readonly json?: boolean }) => {
      const catalog = componentCatalog(builtInRegistry())
      const chosen = type === undefined ? catalog : catalog.filter((component) => answersTo(component, type))
      if (chosen.length === 0) throw new MillraceError('NOT_FOUND', `There is no component ${type}. \`millrace components\` lists all.`)
      if (flags.json === true) process.stdout.write(`${JSON.stringify(chosen, null, 2)}\n`)
      else process.stdout.write(type === undefined ? list(chosen) : chosen.map(describe).join('\n'))
    })
}

function answersTo(component: ComponentInfo, name: string): boolean {
  return [component.type, ...component.aliases].some((known) => known.toLowerCase() === name.toLowerCase()) || component.className === name
}

function list(components: readonly ComponentInfo[]): string {
  const width = Math.max(...components.map((component) => component.type.length))
  let kind = ''
  let text = ''
  for (const component of components) {
    if (component.kind !== kind) text += `${kind === '' ? '' : '\n'}${component.kind}\n`
    kind = component.kind
    text += `  ${component.type.padEnd(width)}  ${component.summary}\n`
  }
  return text
}

function describe(component: ComponentInfo): string {
  const names = [component.type, ...component.aliases, ...(component.className === undefined ? [] : [component.className])]
  const lines = [`${component.kind} ${names.join(', ')}`, component.summary, '']
  for (const { name, spec } of component.properties) {
    const value = spec.required ? 'required' : spec.default === undefined ? 'optional' : `default ${JSON.stringify(spec.default)}`
    const unit = spec.unit === undefined ? '' : ` ${spec.unit}`
    const choice = spec.values === undefined ? '' : `; one of ${spec.values.join(', ')}`
    lines.push(
      `  ${name} (${spec.kind}${unit}, ${value}${choice})`,
      `      ${spec.noEffect === undefined ? spec.description : `No effect: ${spec.noEffect}`}`,
    )
  }
  for (const { title, properties } of component.examples) lines.push('', `${title}:`, ...properties.split('\n').map((line) => `  ${line}`))
  return `${lines.join('\n')}\n`
}
