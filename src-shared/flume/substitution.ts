// ${…} in values: commons-text StringSubstitutor as Flume 1.11 sets it up (prefix ${, suffix }, default after :-, escape $, nesting),
// ported step by step, because its corner cases decide what a value is.
import { JavaThrowable } from './java-throwable.ts'

/** A lookup that stops the whole load in Flume: an infinite loop, a bad date format, an unknown java: name, variables in variables without end. */
export class SubstitutionError extends JavaThrowable {
  override readonly name = 'SubstitutionError'
}

/** Answers the text of a variable (`env:HOME`, `a1.sources.r1.type`), or undefined when there is none. */
export type VariableLookup = (name: string) => string | undefined

/** Variables may stand in the names and values of others so deep. Java ends some thousand levels on, with a stack overflow; no file needs ten. */
const deepest = 1000

/** Replaces every variable of `text`; what has neither a value nor a default stays as written. Throws SubstitutionError. */
export const substitute = (text: string, lookup: VariableLookup): string => substituteAt(0, text, lookup)

function substituteAt(depth: number, text: string, lookup: VariableLookup): string {
  const buffer = { text, depth }
  replaceIn(buffer, 0, text.length, lookup, undefined)
  return buffer.text
}

/** StringSubstitutor.substitute: replaces within [offset, offset + length) of the buffer; answers by how much that grew. */
function replaceIn(
  buffer: { text: string; depth: number },
  offset: number,
  length: number,
  lookup: VariableLookup,
  prior: string[] | undefined,
): number {
  if (buffer.depth > deepest) throw new SubstitutionError('java.lang.StackOverflowError', 'Variables refer to one another without end')
  let grown = 0
  let end = offset + length
  let at = offset
  let escapeAt = -1
  outer: while (at < end) {
    if (!buffer.text.startsWith('${', at) || at + 2 > end) {
      at++
      continue
    }
    if (at > offset && buffer.text[at - 1] === '$') escapeAt = at - 1
    const start = at
    at += 2
    let nested = 0
    while (at < end) {
      if (buffer.text.startsWith('${', at) && at + 2 <= end) {
        nested++
        at += 2
        continue
      }
      if (buffer.text[at] !== '}') {
        at++
        continue
      }
      if (nested > 0) {
        nested--
        at++
        continue
      }
      if (escapeAt >= 0) {
        buffer.text = buffer.text.slice(0, escapeAt) + buffer.text.slice(escapeAt + 1)
        escapeAt = -1
        grown--
        end--
        at = start + 1
        continue outer
      }
      const expression = substituteAt(buffer.depth + 1, buffer.text.slice(start + 2, at), lookup)
      at++
      prior ??= [buffer.text.slice(offset, offset + length)]
      const value = valueFor(expression, lookup, prior)
      if (value !== undefined) {
        const name = nameOf(expression)
        buffer.text = buffer.text.slice(0, start) + value + buffer.text.slice(at)
        buffer.depth++
        const inner = replaceIn(buffer, start, value.length, lookup, [...prior, name])
        buffer.depth--
        const change = inner + value.length - (at - start)
        at += change
        end += change
        grown += change
      }
      break
    }
  }
  return grown
}

const nameOf = (expression: string): string => {
  const delimiter = expression.indexOf(':-')
  return delimiter === -1 ? expression : expression.slice(0, delimiter)
}

function valueFor(expression: string, lookup: VariableLookup, prior: readonly string[]): string | undefined {
  const name = nameOf(expression)
  if (prior.includes(name)) {
    throw new SubstitutionError(
      'java.lang.IllegalStateException',
      `Infinite loop in property interpolation of ${prior[0]}: ${[...prior.slice(1), name].join('->')}`,
    )
  }
  return lookup(name) ?? (name === expression ? undefined : expression.slice(name.length + 2))
}

export interface LookupSources {
  readonly env: Readonly<Record<string, string | undefined>>
  readonly systemProperties: Readonly<Record<string, string>>
  /** ${java:…}: throws SubstitutionError for a name that Java does not know. */
  readonly java: (name: string) => string | undefined
  /** ${date:…}: throws SubstitutionError for a bad format. */
  readonly date: (format: string) => string
  /** Everything without a known prefix: another key of the file. */
  readonly key: (name: string) => string | undefined
}

/** commons-text InterpolatorStringLookup with Flume's four prefixes: a prefix that gives nothing (or is unknown) is cut off and the rest is looked up as a key. */
export function interpolator(sources: LookupSources): VariableLookup {
  const prefixes: Readonly<Record<string, (name: string) => string | undefined>> = {
    env: (name) => own(sources.env, name),
    sys: (name) => own(sources.systemProperties, name),
    java: sources.java,
    date: sources.date,
  }
  return (name) => {
    const colon = name.indexOf(':')
    if (colon === -1) return sources.key(name)
    const rest = name.slice(colon + 1)
    return own(prefixes, name.slice(0, colon).toLowerCase())?.(rest) ?? sources.key(rest)
  }
}

const own = <T>(record: Readonly<Record<string, T>>, key: string): T | undefined => (Object.hasOwn(record, key) ? record[key] : undefined)
