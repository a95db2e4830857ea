// A properties text → agents with their listed components and raw properties, values substituted, every line known; and the problems of
// the text itself. Millrace's own reading (src-shared/flume/as-flume has Flume's).

import { nearestName } from '../spec/parse-options.ts'
import type { LoadOptions } from './agent-configuration.ts'
import { configFilterTokens } from './config-filter.ts'
import { configurationKey, type Section, sections } from './configuration-key.ts'
import { formatJavaDate } from './java-date-format.ts'
import { hashMapOrder, propertiesOrder } from './java-hash-order.ts'
import { javaTrim } from './java-text.ts'
import type { Problem } from './problem.ts'
import { type PropertyEntry, readProperties } from './properties-text.ts'
import { interpolator, SubstitutionError, substitute } from './substitution.ts'

export interface RawComponent {
  readonly name: string
  readonly properties: Record<string, string>
  readonly lines: Record<string, number>
}

/** Without prototype: a key of a file may be `__proto__`. */
export const emptyComponent = (name: string): RawComponent => ({ name, properties: Object.create(null), lines: Object.create(null) })

export interface RawAgent {
  readonly name: string
  /** Active lists: names in listed order, and the line of the list. */
  readonly listed: Partial<Record<Section, { readonly names: readonly string[]; readonly line: number; readonly text: string }>>
  readonly components: Record<Section, Map<string, RawComponent>>
}

export type RawOptions = Pick<LoadOptions, 'file' | 'env' | 'systemProperties' | 'now' | 'place' | 'encoding'>

export interface RawConfiguration {
  readonly agents: readonly RawAgent[]
  readonly problems: readonly Problem[]
}

export function readRawConfiguration(text: string, options: RawOptions): RawConfiguration {
  const { file } = options
  const { pieces, escapeProblems } = readProperties(text)
  const entriesWritten = pieces.filter((piece) => piece.kind === 'entry')
  const problems: Problem[] = escapeProblems.map(({ line, key, escape: written }) => ({
    severity: 'error',
    code: 'BAD_ESCAPE',
    file,
    line,
    key,
    message: `${JSON.stringify(written)} is not a \\uXXXX escape; the characters are taken as they stand. A real Flume refuses the whole file.`,
    hint: 'Write four hexadecimal digits after \\u, or \\\\u for a backslash and a u.',
  }))
  if (entriesWritten.length === 0) {
    problems.push({
      severity: 'error',
      code: 'FILE_EMPTY',
      file,
      message: 'The file holds no property.',
      hint: 'A configuration has lines such as a1.sources = r1.',
    })
  }
  if (options.encoding !== 'iso-8859-1') reportEncoding(entriesWritten, file, problems)
  const entries = lastOfEach(entriesWritten, options, problems)
  const agents = new Map<string, RawAgent>()
  for (const { entry, value } of substituted(entries, options, problems)) add(entry, value, file, agents, problems)
  return { agents: [...agents.values()], problems }
}

/** A real Flume reads the bytes of UTF-8 as ISO-8859-1. */
function reportEncoding(entries: readonly PropertyEntry[], file: string, problems: Problem[]): void {
  for (const { key, value, line, raw } of entries) {
    const char = /[^\0-\x7f]/u.exec(raw)?.[0]
    if (char === undefined) continue
    const escaped = [...char].flatMap((whole) =>
      Array.from({ length: whole.length }, (_, index) => `\\u${whole.charCodeAt(index).toString(16).padStart(4, '0')}`),
    )
    problems.push({
      severity: 'info',
      code: 'ENCODING',
      file,
      line,
      key,
      value,
      message: `${key} has ${JSON.stringify(char)}, read as UTF-8; a real Flume reads ISO-8859-1, and other characters.`,
      hint: `Write ${escaped.join('')}, which both read alike.`,
      rule: 'configuration-is-utf8',
    })
  }
}

/** In order of their first line; a key that is given again counts with its last value. */
function lastOfEach(entries: readonly PropertyEntry[], { file, place }: RawOptions, problems: Problem[]): PropertyEntry[] {
  const last = new Map<string, PropertyEntry>()
  for (const entry of entries) {
    const key = javaTrim(entry.key)
    const earlier = last.get(key)
    // A later file is there to replace keys of an earlier one.
    const [here, there] = [place?.(entry.line), earlier && place?.(earlier.line)]
    if (earlier !== undefined && here?.file === there?.file) {
      problems.push({
        severity: 'warning',
        code: 'DUPLICATE_KEY',
        file,
        line: earlier.line,
        key,
        value: javaTrim(earlier.value),
        message: `${key} is given again on line ${here?.line ?? entry.line}; that one counts.`,
        hint: 'Remove one of the two lines.',
      })
    }
    last.set(key, entry)
  }
  return [...last.values()]
}

interface SubstitutedEntry {
  readonly entry: PropertyEntry
  readonly value: string
}

/**
 * Substitutes every value. A reference to another key of the file sees what Flume 1.11 has resolved before, and that is in the order of Java's
 * hash codes: otherwise it stays as written.
 */
function substituted(entries: readonly PropertyEntry[], options: RawOptions, problems: Problem[]): SubstitutedEntry[] {
  const { file, env, systemProperties, now } = options
  const resolved = new Map<string, string>()
  const plainEnv = systemProperties['propertiesImplementation'] === 'org.apache.flume.node.EnvVarResolverProperties'
  const lookup = interpolator({
    env,
    systemProperties,
    java: () => undefined,
    date: (format) => formatJavaDate(format, now ?? new Date(0)),
    key: (name) => resolved.get(name) ?? (plainEnv ? env[name] : undefined),
  })
  const byKey = new Map(entries.map((entry) => [entry.key, entry]))
  for (const key of hashMapOrder(propertiesOrder([...byKey.keys()]))) {
    const entry = byKey.get(key)!
    const unresolved: string[] = []
    let value = entry.value
    try {
      value = substitute(entry.value, (name) => {
        const found = lookup(name)
        if (found === undefined) unresolved.push(name)
        return found
      })
      reportUnresolved(entry, value, unresolved, { file, env, byKey }, problems)
    } catch (error) {
      if (!(error instanceof SubstitutionError || error instanceof RangeError)) throw error
      problems.push({
        severity: 'error',
        code: 'SUBSTITUTION',
        file,
        line: entry.line,
        key: entry.key,
        value: entry.value,
        message: `${entry.key} cannot be resolved: ${error.message}. The text stays as it is; a real Flume refuses the whole file.`,
        rule: 'a-bad-value-spares-the-rest',
      })
    }
    resolved.set(key, value)
  }
  return entries.map((entry) => ({ entry, value: javaTrim(resolved.get(entry.key)!) }))
}

function reportUnresolved(
  entry: PropertyEntry,
  value: string,
  unresolved: readonly string[],
  { file, env, byKey }: Pick<RawOptions, 'file' | 'env'> & { readonly byKey: ReadonlyMap<string, PropertyEntry> },
  problems: Problem[],
): void {
  const filters = configFilterTokens(value)
  for (const name of new Set(unresolved)) {
    const token = `\${${name}}`
    // With a default it is resolved; a token of a configuration filter has its turn later.
    if (!value.includes(token) || filters.some((filter) => name.startsWith(`${filter}[`))) continue
    const prefix = /^(env|sys|java):(.*)$/is.exec(name)
    const later = byKey.has(name)
    const hint = later
      ? `Write the value itself, or an environment variable (\${env:NAME}) in both places.`
      : prefix === null && env[name] !== undefined
        ? `For the environment variable write \${env:${name}}.`
        : prefix?.[1]?.toLowerCase() === 'env'
          ? `Set the environment variable ${prefix[2]}, or give a default: \${${name}:-…}.`
          : prefix?.[1]?.toLowerCase() === 'sys'
            ? `Start with -D${prefix[2]}=…, or give a default: \${${name}:-…}.`
            : prefix !== null
              ? 'There is no Java here; write the value itself.'
              : `To mean the characters themselves write $\${${name}}.`
    problems.push({
      severity: 'warning',
      code: 'SUBSTITUTION',
      file,
      line: entry.line,
      key: entry.key,
      value: entry.value,
      message: later
        ? `${token} stays as it is written: Flume resolves keys in the order of their hash codes, and comes to this one before ${name}.`
        : `${token} has no value; it stays as it is written.`,
      hint,
    })
  }
}

function add(entry: PropertyEntry, value: string, file: string, agents: Map<string, RawAgent>, problems: Problem[]): void {
  const name = javaTrim(entry.key)
  const at = { file, line: entry.line, key: name }
  if (value === '') {
    problems.push({
      ...at,
      severity: 'warning',
      code: 'EMPTY_VALUE',
      message: `${name === '' ? 'A line' : name} has no value and counts as absent.`,
      hint: 'Give a value, or remove the line.',
    })
    return
  }
  const shape = configurationKey(name)
  if (shape.shape === 'no-agent' || shape.shape === 'no-property') {
    const hint = 'A key begins with the name of the agent and a dot: a1.sources = r1.'
    problems.push({
      ...at,
      value,
      severity: 'error',
      code: 'BAD_KEY',
      message: `${JSON.stringify(name)} is not a key of an agent; it is ignored.`,
      hint,
    })
    return
  }
  if (shape.shape === 'invalid') {
    problems.push({
      ...at,
      value,
      severity: 'error',
      code: 'BAD_KEY',
      message: `${name} is not a key that an agent has; it is ignored.`,
      ...hintForInvalid(shape.agent, shape.rest),
    })
    return
  }
  let agent = agents.get(shape.agent)
  if (agent === undefined) {
    agent = {
      name: shape.agent,
      listed: {},
      components: { sources: new Map(), channels: new Map(), sinks: new Map(), sinkgroups: new Map(), configfilters: new Map() },
    }
    agents.set(shape.agent, agent)
  }
  if (shape.shape === 'list') {
    agent.listed[shape.section] = { names: [...new Set(value.split(/\s+/))], line: entry.line, text: value }
    return
  }
  const componentName = javaTrim(shape.component)
  let component = agent.components[shape.section].get(componentName)
  if (component === undefined) {
    component = emptyComponent(componentName)
    agent.components[shape.section].set(componentName, component)
  }
  component.properties[shape.property] = value
  component.lines[shape.property] = entry.line
}

function hintForInvalid(agent: string, rest: string): { hint?: string } {
  const [section = '', ...more] = rest.split('.')
  const nearest = nearestName(section, sections)
  if (nearest === undefined) return { hint: `After the agent's name comes one of ${sections.join(', ')}.` }
  if (nearest !== section) return { hint: `Did you mean ${[agent, nearest, ...more].join('.')}?` }
  return { hint: `A property of a component is ${agent}.${section}.<name>.<property>.` }
}
