// Values that a property may be given: fitting ones, and the odd ones on which loaders differ.
import { join } from 'node:path'
import type { PropertySpec } from '../../../src-shared/spec/property.ts'
import type { Random } from '../../driver/random.ts'

/** What both loaders have around them. */
export interface Surroundings {
  readonly environment: Readonly<Record<string, string>>
  readonly systemProperties: Readonly<Record<string, string>>
}

/** Where the key stores of the tests are. */
export const keyStores = join(import.meta.dirname, '../../fixtures/tls')

const usual: Surroundings = {
  environment: {
    FLUME_CASE_A: 'avalue',
    FLUME_CASE_B: 'b-value',
    FLUME_CASE_D: 'do$1lar\\2',
    FLUME_CASE_EMPTY: '',
    FLUME_CASE_SEQ: 'seq',
    FLUME_CASE_NUM: '42',
    FLUME_CASE_TOK: "${f1['FLUME_CASE_A']}",
    FLUME_CASE_SUBST: '${env:FLUME_CASE_A}',
    FLUME_CASE_LOOP: '${env:FLUME_CASE_LOOP}',
  },
  systemProperties: {
    'case.prop': 'propvalue',
    'case.letter': 'A',
    'case.key': 'a1.sources',
    'case.nested': '${sys:case.prop}',
  },
}

const also = (environment: Surroundings['environment'], systemProperties: Surroundings['systemProperties']): Surroundings => ({
  environment: { ...usual.environment, ...environment },
  systemProperties: { ...usual.systemProperties, ...systemProperties },
})

/** One for each JVM, in turns. */
export const surroundings: readonly Surroundings[] = [
  usual,
  also({}, { propertiesImplementation: 'org.apache.flume.node.EnvVarResolverProperties' }),
  also({ FLUME_SSL_KEYSTORE_PATH: join(keyStores, 'server.p12'), FLUME_SSL_KEYSTORE_PASSWORD: 'changeit' }, {}),
  also(
    { FLUME_SSL_KEYSTORE_PATH: '/no.jks', FLUME_SSL_KEYSTORE_TYPE: 'bogus' },
    {
      'javax.net.ssl.keyStore': join(keyStores, 'server.jks'),
      'javax.net.ssl.keyStorePassword': 'changeit',
      'javax.net.ssl.keyStoreType': 'JKS',
    },
  ),
]

const numbers = [
  ['0', '1', '-1', '+5', '10', '100', '101', '1000', '10000', '10001', '007', '65535', '65536', '2147483647', '2147483648', '-2147483648'],
  ['9223372036854775807', '9223372036854775808', '1e3', '0x10', '1_000', '10L', '3.0', '1,000', 'ten', '-', '+', '--1', '', '٣', '１２'],
  ['5 ', '\u00a05', '\t7', '99999999999999999999', '0b1', '010', ' -0', 'NaN', 'Infinity', '\u20036', '1 2'],
].flat()
const booleans = ['true', 'false', 'TRUE', 'True', 'yes', '1', 'tru', ' true ', 'false.', '']
const charsets = [
  'UTF-8',
  'utf8',
  'latin1',
  'ISO-8859-1',
  'UTF-16',
  'utf-16le',
  'US-ASCII',
  'no-such',
  '',
  'UTF 8',
  'Cp1252',
  'x-sjis',
  'Ünicode',
  'default',
]
const regexes = [
  '.*',
  '^a',
  '(',
  '[',
  'a{',
  'a{2,1}',
  '(?<n>a)',
  '(?<n',
  '\\',
  '\\p{L}',
  '\\p{Foo}',
  '[a-',
  '[z-a]',
  '*',
  '(?i)x',
  '\\Q(',
  '(?<=a+)b',
  '\\k<n>',
  ')',
  '(a)(b)',
  '\\d+',
  'a|b',
  '++',
  '[^]',
  '\\x4',
  '\\u00e',
]
const words = [
  'x',
  'DEFAULT',
  'default',
  'text',
  'a b',
  'é',
  '漢',
  '\u{1f600}',
  '/tmp/x',
  'null',
  'other',
  'OTHER',
  '#',
  '!',
  'a=b',
  'a:b',
  '\\',
  'c1',
  'k1 k2',
  '\t',
  'a\nb',
  '$',
  '${',
  '}',
  '%{x}',
  '"q"',
  "'q'",
  'java.lang.String',
  'org.apache.flume.sink.NullSink',
  'none',
]

/** A value for a key: what its kind expects, mostly; something odd, sometimes. */
export function valueFor(key: string, spec: PropertySpec | undefined, random: Random): string {
  if (random.chance(0.04)) return random.pick(words)
  if (/charset|encoding/i.test(key)) return random.pick(charsets)
  if (/regex|pattern$|separator|searchPattern|matching/i.test(key)) return random.pick(regexes)
  switch (spec?.kind) {
    case 'int':
    case 'long':
    case 'double':
      return random.pick(numbers)
    case 'boolean':
      return random.pick(booleans)
    case 'regex':
      return random.pick(regexes)
    case 'oneOf':
      return caseOf(random.pick([...(spec.values ?? []), ...(spec.values ?? []), 'bogus', '']), random)
    default:
      return random.pick([...words, ...numbers.slice(0, 8), ...booleans.slice(0, 3)])
  }
}

/** The same word in another case, sometimes. */
export function caseOf(word: string, random: Random): string {
  const roll = random.below(8)
  if (roll === 0) return word.toUpperCase()
  if (roll === 1) return word.toLowerCase()
  return roll === 2 ? [...word].map((char) => (random.chance(0.5) ? char.toUpperCase() : char)).join('') : word
}

const lookups = [
  'env:FLUME_CASE_A',
  'env:FLUME_CASE_NUM',
  'env:FLUME_CASE_SEQ',
  'env:FLUME_CASE_EMPTY',
  'env:FLUME_CASE_NONE',
  'env:FLUME_CASE_SUBST',
  'env:FLUME_CASE_D',
  'sys:case.prop',
  'sys:case.none',
  'sys:case.nested',
  'ENV:FLUME_CASE_A',
  'const:x',
  'FLUME_CASE_A',
  'base64Encoder:x',
  'date:yyyy',
  'java:none',
  'env:FLUME_CASE_LOOP',
  'env:',
  ':',
  '',
  'env',
  'sys:',
  'env:FLUME_CASE_TOK',
]

/** An expression that Flume substitutes; `keys` are keys of the same file. Mostly it gives `value` in the end. */
export function expression(value: string, keys: readonly string[], random: Random, depth = 0): string {
  const inner = (): string => (depth < 3 && random.chance(0.5) ? expression(value, keys, random, depth + 1) : value)
  const name = (): string => {
    if (depth < 3 && random.chance(0.25))
      return expression(random.pick(['env:FLUME_CASE_A', 'a1.sources', 'sys:case.key', 'A']), keys, random, depth + 1)
    return random.chance(0.45) && keys.length > 0 ? random.pick(keys) : random.pick(lookups)
  }
  switch (random.below(9)) {
    case 0:
      return `\${${name()}}`
    case 1:
      return `\${env:FLUME_CASE_\${sys:case.letter}}`
    case 2:
      return `$\${${name()}}`
    case 3:
      return `\${${name()}:-}`
    case 4:
      return `\${\${${name()}}}`
    case 5:
      return `${inner()}\${${name()}`
    case 6:
      return `\${${random.pick(['f1', 'f2', 'f', 'f-1'])}[${random.pick(["'FLUME_CASE_A'", '"FLUME_CASE_SEQ"', 'FLUME_CASE_NUM', '\'FLUME_CASE_A"', "'no'", "''", "'FLUME_CASE_TOK'", "'FLUME_CASE_D'"])}]}`
    default:
      return `\${${name()}:-${inner()}}`
  }
}
