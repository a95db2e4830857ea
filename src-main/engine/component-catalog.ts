// Component definitions as plain data, for palettes, forms and `millrace components`.
import type { ComponentInfo } from '../../src-shared/contract/components.ts'
import type { Registry } from '../component/registry.ts'

export function componentCatalog(registry: Registry): readonly ComponentInfo[] {
  return registry.definitions.map((definition) => ({
    kind: definition.kind,
    type: definition.type,
    aliases: definition.aliases ?? [],
    ...(definition.className !== undefined && { className: definition.className }),
    summary: definition.summary,
    properties: Object.entries(definition.properties).map(([name, { spec }]) => ({ name, spec })),
    examples: definition.examples,
    rules: definition.rules ?? [],
  }))
}
