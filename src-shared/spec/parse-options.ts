// A component's configured text → its typed options, with every problem, none thrown.
import type { OptionsOf, Property, PropertyMap } from './property.ts'

/** What is wrong with one property. The key is the component's own (`batchSize`), the caller adds prefix, file and line. */
export interface OptionProblem {
  readonly severity: 'error' | 'warning'
  readonly key: string
  readonly value?: string
  /** A whole sentence: what is wrong. */
  readonly message: string
  /** What to do about it. */
  readonly hint?: string
}

/** Options, or undefined when an error stands among the problems. */
export interface ParsedOptions<P extends PropertyMap> {
  readonly options: OptionsOf<P> | undefined
  readonly problems: readonly OptionProblem[]
}

/** Parses `values` (key → text) by `properties`. `known`: further keys that belong to the component's frame (`type`, `channels`, `selector.*` …). */
export function parseOptions<P extends PropertyMap>(
  properties: P,
  values: Readonly<Record<string, string>>,
  known: readonly string[] = [],
): ParsedOptions<P> {
  const problems: OptionProblem[] = []
  const options: Record<string, unknown> = {}
  for (const [name, property] of Object.entries(properties)) {
    options[name] = name.endsWith('.*') ? mapValue(name.slice(0, -1), property, values, problems) : value(name, property, values, problems)
  }
  for (const key of Object.keys(values)) {
    if (matchesAny(key, Object.keys(properties)) || matchesAny(key, known)) continue
    const nearest = nearestName(key, Object.keys(properties))
    problems.push({
      severity: 'warning',
      key,
      value: values[key]!,
      message: `Unknown key ${key}; it is ignored.`,
      ...(nearest !== undefined && { hint: `Did you mean ${nearest}?` }),
    })
  }
  return { options: problems.some((problem) => problem.severity === 'error') ? undefined : (options as OptionsOf<P>), problems }
}

function value(name: string, property: Property<unknown>, values: Readonly<Record<string, string>>, problems: OptionProblem[]): unknown {
  const text = Object.hasOwn(values, name) ? values[name] : undefined
  if (text === undefined) {
    if (property.spec.required)
      problems.push({ severity: 'error', key: name, message: `Required property ${name} is missing.`, hint: property.spec.description })
    return property.spec.default
  }
  if (property.spec.noEffect !== undefined) {
    problems.push({ severity: 'warning', key: name, value: text, message: `${name} has no effect here: ${property.spec.noEffect}` })
  }
  return parsed(name, property, text, problems)
}

function mapValue(
  prefix: string,
  property: Property<unknown>,
  values: Readonly<Record<string, string>>,
  problems: OptionProblem[],
): Record<string, unknown> {
  const entries: Record<string, unknown> = {}
  for (const [key, text] of Object.entries(values)) {
    if (!key.startsWith(prefix) || key.length === prefix.length) continue
    const one = parsed(key, property, text, problems) as Record<string, unknown> | undefined
    if (one !== undefined) entries[key.slice(prefix.length)] = one['']
  }
  return entries
}

function parsed(key: string, property: Property<unknown>, text: string, problems: OptionProblem[]): unknown {
  try {
    return property.parse(text)
  } catch (error) {
    const { badIsAbsent, noEffect } = property.spec
    if (noEffect !== undefined) return undefined
    const shown = property.spec.secret === true ? 'The value' : JSON.stringify(text)
    problems.push({
      severity: badIsAbsent === true ? 'warning' : 'error',
      key,
      ...(property.spec.secret !== true && { value: text }),
      message: `${key}: ${shown} ${(error as Error).message}${badIsAbsent === true ? '; it counts as absent' : ''}.`,
      hint: property.spec.description,
    })
    return badIsAbsent === true && property.spec.kind !== 'map' ? property.spec.default : undefined
  }
}

function matchesAny(key: string, names: readonly string[]): boolean {
  return names.some((name) => (name.endsWith('.*') ? key.startsWith(name.slice(0, -1)) : key === name))
}

/** The name nearest to `word` by edit distance, when it is near enough to be a slip. */
export function nearestName(word: string, names: readonly string[]): string | undefined {
  let best: string | undefined
  let bestDistance = Math.max(2, Math.floor(word.length / 3)) + 1
  for (const name of names) {
    const distance = editDistance(word.toLowerCase(), name.toLowerCase())
    if (distance < bestDistance) [best, bestDistance] = [name, distance]
  }
  return best
}

function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index)
  for (let i = 1; i <= a.length; i++) {
    const next = [i]
    for (let j = 1; j <= b.length; j++) {
      next[j] = Math.min(row[j]! + 1, next[j - 1]! + 1, row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1))
    }
    row = next
  }
  return row[b.length]!
}
