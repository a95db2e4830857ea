// The registry: every component that Millrace has, found by one glob over the folders of components. A value, handed to whoever needs it,
// so that a test or a tool makes one of its own (with a fake, or with wrapped constructors) and components never know.
import type { AnyDefinition, ComponentKind } from './define.ts'

export type DefinitionOf<K extends ComponentKind> = Extract<AnyDefinition, { readonly kind: K }>

export interface Registry {
  /** By kind, then type. As plain data it is the catalog that loading a configuration needs. */
  readonly definitions: readonly AnyDefinition[]
  /** The definition that `name` means: type and aliases in any case, class names exactly, as Flume 1.11 does. */
  find<K extends ComponentKind>(kind: K, name: string): DefinitionOf<K> | undefined
  ofKind<K extends ComponentKind>(kind: K): readonly DefinitionOf<K>[]
}

/** A registry of these definitions. Throws when two of a kind answer to one name. */
export function registryOf(definitions: readonly AnyDefinition[]): Registry {
  const sorted = definitions.toSorted((a, b) => compare(a.kind, b.kind) || compare(a.type, b.type))
  const byName = new Map<string, AnyDefinition>()
  for (const definition of sorted) {
    for (const name of namesOf(definition)) {
      const other = byName.get(name)
      if (other !== undefined) throw new Error(`Two definitions answer to ${name}: ${other.type} and ${definition.type}.`)
      byName.set(name, definition)
    }
  }
  const find = <K extends ComponentKind>(kind: K, name: string): DefinitionOf<K> | undefined =>
    (byName.get(`${kind} ${name.toLowerCase()}`) ?? byName.get(`${kind} class ${name}`)) as DefinitionOf<K> | undefined
  return {
    definitions: sorted,
    find,
    ofKind: <K extends ComponentKind>(kind: K) => sorted.filter((definition): definition is DefinitionOf<K> => definition.kind === kind),
  }
}

/** Every component of this build. */
export function builtInRegistry(): Registry {
  const modules = import.meta.glob<Record<string, unknown>>(
    '../agent/{source,channel,sink,interceptor,selector,serialization,sink-processor}/*.ts',
    {
      eager: true,
    },
  )
  const definitions = Object.values(modules).flatMap((module) => {
    const definition = module['definition']
    return definition === undefined ? [] : [definition as AnyDefinition]
  })
  return registryOf(definitions)
}

function namesOf(definition: AnyDefinition): Set<string> {
  const names = new Set([definition.type, ...(definition.aliases ?? [])].map((name) => `${definition.kind} ${name.toLowerCase()}`))
  if (definition.className !== undefined) names.add(`${definition.kind} class ${definition.className}`)
  return names
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)
