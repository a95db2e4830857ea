// Property builders: what a component says about each of its properties, as data. The same data parses values, validates, fills the
// command line's help, the editor's forms and the generated reference. Value rules are Flume's (Context.getInteger, getBoolean …).
import { javaRegex } from '../regex/java-regex.ts'

export type PropertyKind = 'string' | 'int' | 'long' | 'double' | 'boolean' | 'oneOf' | 'list' | 'regex' | 'map'

/** What a form, the docs and validation need to know of a property. */
export interface PropertySpec {
  readonly kind: PropertyKind
  readonly description: string
  readonly required: boolean
  readonly default?: unknown
  readonly min?: number
  readonly max?: number
  /** Unit of the written value: `ms`, `s`, `bytes`, `events`, … */
  readonly unit?: string
  readonly values?: readonly string[]
  readonly secret?: boolean
  /** Flume knows the key, Millrace gives it no meaning: why. Using it is a located warning. */
  readonly noEffect?: string
  /** A value that it cannot take counts as absent, with a located warning, as Flume treats it. */
  readonly badIsAbsent?: true
  /** A key of Millrace's own that Flume does not know. */
  readonly extension?: boolean
  /** Where its value comes from when the component gives none. */
  readonly global?: GlobalValue
}

/** A value for all components: first a system property (-D), then an environment variable. Lists have commas in it. */
export interface GlobalValue {
  readonly systemProperty: string
  readonly environment: string
}

export interface Property<T> {
  readonly spec: PropertySpec
  /** Parses the text of a value. Throws a RangeError whose message ends the sentence "<value> …". */
  readonly parse: (text: string) => T
  describe(text: string): Property<T>
  min(least: number): Property<T>
  max(most: number): Property<T>
  unit(unit: string): Property<T>
  secret(): Property<T>
  noEffect(why: string): Property<T | undefined>
  /** A value that it cannot take counts as absent, with a located warning, where Flume does the same. */
  badIsAbsent(): Property<T>
  extension(): Property<T>
  global(systemProperty: string, environment: string): Property<T>
  /** Absent gives `value`. A property that has neither default nor optional() is required. */
  default(value: T): Property<T>
  optional(): Property<T | undefined>
}

export type PropertyMap = Readonly<Record<string, Property<unknown>>>

/** The options object that a definition's properties give. */
export type OptionsOf<P extends PropertyMap> = { readonly [K in keyof P]: P[K] extends Property<infer T> ? T : never }

function property<T>(spec: PropertySpec, parse: (text: string) => T): Property<T> {
  const change = (more: Partial<PropertySpec>): Property<T> => property({ ...spec, ...more }, parse)
  return {
    spec,
    parse: (text) => inRange(spec, parse(text)),
    describe: (description) => change({ description }),
    min: (min) => change({ min }),
    max: (max) => change({ max }),
    unit: (unit) => change({ unit }),
    secret: () => change({ secret: true }),
    badIsAbsent: () => change({ badIsAbsent: true }),
    extension: () => change({ extension: true }),
    global: (systemProperty, environment) => change({ global: { systemProperty, environment } }),
    noEffect: (why) => change({ noEffect: why, required: false }) as Property<T | undefined>,
    default: (value) => change({ default: value, required: false }),
    optional: () => change({ required: false }) as Property<T | undefined>,
  }
}

function inRange<T>(spec: PropertySpec, value: T): T {
  if (typeof value !== 'number') return value
  if (spec.min !== undefined && value < spec.min) throw new RangeError(`is less than ${spec.min}`)
  if (spec.max !== undefined && value > spec.max) throw new RangeError(`is more than ${spec.max}`)
  return value
}

const base = { description: '', required: true } as const

/** Text, as it stands. */
export const string = (): Property<string> => property({ ...base, kind: 'string' }, (text) => text)

/** A 32-bit integer, decimal with optional sign, blanks trimmed (Java Integer.parseInt). */
export const int = (): Property<number> =>
  property({ ...base, kind: 'int' }, (text) => integer(text, -(2 ** 31), 2 ** 31 - 1, 'a 32-bit integer'))

/** A 64-bit integer of which JavaScript keeps 53 bits; Java's extremes are clamped to them. */
export const long = (): Property<number> =>
  property({ ...base, kind: 'long' }, (text) => {
    const exact = /^[+-]?\d+$/.test(text.trim()) ? BigInt(text.trim().replace('+', '')) : undefined
    if (exact === undefined || BigInt.asIntN(64, exact) !== exact) throw new RangeError('is not a 64-bit integer')
    return Math.max(Number.MIN_SAFE_INTEGER, Math.min(Number.MAX_SAFE_INTEGER, Number(exact)))
  })

export const double = (): Property<number> =>
  property({ ...base, kind: 'double' }, (text) => {
    const value = Number(text.trim())
    if (text.trim() === '' || Number.isNaN(value)) throw new RangeError('is not a number')
    return value
  })

/** `true` in any case is true, everything else false (Java Boolean.parseBoolean). */
export const boolean = (): Property<boolean> => property({ ...base, kind: 'boolean' }, (text) => text.trim().toLowerCase() === 'true')

/** One of these words, compared without case; the answer is the word as listed. */
export const oneOf = <W extends string>(...words: readonly W[]): Property<W> =>
  property({ ...base, kind: 'oneOf', values: words }, (text) => {
    const word = words.find((candidate) => candidate.toLowerCase() === text.trim().toLowerCase())
    if (word === undefined) throw new RangeError(`is not one of ${words.join(', ')}`)
    return word
  })

/** A blank-separated list. */
export const list = (): Property<readonly string[]> =>
  property({ ...base, kind: 'list' }, (text) => text.split(/\s+/).filter((word) => word !== ''))

/** A regular expression in Java's syntax, translated (java-regex.ts). */
export const regex = (flags = ''): Property<RegExp> => property({ ...base, kind: 'regex' }, (text) => javaRegex(text, flags))

/** All keys `<prefix>.<rest>` where the property's name is `<prefix>.*`: rest → value. Absent gives an empty map. */
export const map = <T>(of: Property<T>): Property<Readonly<Record<string, T>>> =>
  property({ ...of.spec, kind: 'map', required: false, default: {} }, (text) => ({ '': of.parse(text) }))

function integer(text: string, least: number, most: number, what: string): number {
  const trimmed = text.trim()
  const value = Number(trimmed)
  if (!/^[+-]?\d+$/.test(trimmed) || value < least || value > most) throw new RangeError(`is not ${what}`)
  return value
}
