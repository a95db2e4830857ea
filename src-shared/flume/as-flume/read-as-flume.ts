// Reading as Flume 1.11 reads: bytes as ISO-8859-1, java.util.Properties, then every value substituted in hash order (MapResolver).

import { formatJavaDate } from '../java-date-format.ts'
import { hashMapOrder, propertiesOrder } from '../java-hash-order.ts'
import { JavaThrowable } from '../java-throwable.ts'
import { decodeLatin1 } from '../properties-bytes.ts'
import { readProperties } from '../properties-text.ts'
import { interpolator, SubstitutionError, substitute } from '../substitution.ts'

export interface FlumeEnvironment {
  readonly env: Readonly<Record<string, string | undefined>>
  /** -D values and those that the JVM itself has (user.home …). */
  readonly systemProperties: Readonly<Record<string, string>>
  readonly now: Date
}

/** Reading itself fails: the agent ends before there is a configuration. */
export class ParseFailure extends JavaThrowable {
  override readonly name = 'ParseFailure'
}

/** Key → substituted value, in the order in which FlumeConfiguration sees them; undefined for a file without any property. Throws ParseFailure. */
export function readAsFlume(bytes: Uint8Array, environment: FlumeEnvironment): Map<string, string> | undefined {
  const { pieces, escapeProblems } = readProperties(decodeLatin1(bytes))
  if (escapeProblems.length > 0) throw new ParseFailure('java.lang.IllegalArgumentException', 'Malformed \\uxxxx encoding.')
  const written = new Map<string, string>()
  for (const piece of pieces) if (piece.kind === 'entry') written.set(piece.key, piece.value)
  const last = pieces.at(-1)
  // A file that ends in a line of one backslash, behind which no more than one character of a line end stands: Java makes an entry without key of it.
  if (last?.kind === 'blank' && /(?:^|[\r\n])[ \t\f]*\\[\r\n]?$/.test(last.raw)) written.set('', '')
  if (written.size === 0) return undefined
  const resolved = new Map<string, string>()
  const { env, systemProperties } = environment
  const plainEnv = systemProperties['propertiesImplementation'] === 'org.apache.flume.node.EnvVarResolverProperties'
  const lookup = interpolator({
    env,
    systemProperties,
    java: javaLookup,
    date: (format) => dateLookup(format, environment.now),
    key: (name) => resolved.get(name) ?? (plainEnv ? env[name] : undefined),
  })
  try {
    for (const key of hashMapOrder(propertiesOrder([...written.keys()]))) resolved.set(key, substitute(written.get(key)!, lookup))
  } catch (error) {
    if (error instanceof SubstitutionError) throw new ParseFailure(error.javaClass, error.message)
    throw error
  }
  return new Map(hashMapOrder([...resolved.keys()]).map((key) => [key, resolved.get(key)!]))
}

const javaNames: Readonly<Record<string, string>> = {
  version: 'Java version 17.0.15',
  runtime: 'OpenJDK Runtime Environment (build 17.0.15) from Debian',
  vm: 'OpenJDK 64-Bit Server VM (build 17.0.15, mixed mode, sharing)',
  os: 'Linux, architecture: amd64-64',
  hardware: 'architecture: amd64-64',
  locale: 'default locale: en, platform encoding: UTF-8',
}

/** What the Flume in our recordings ran on; another machine says something else. */
function javaLookup(name: string): string {
  if (!Object.hasOwn(javaNames, name)) throw new SubstitutionError('java.lang.IllegalArgumentException', name)
  return javaNames[name]!
}

function dateLookup(format: string, now: Date): string {
  try {
    return formatJavaDate(format, now)
  } catch {
    throw new SubstitutionError('java.lang.IllegalArgumentException', `Invalid date format: [${format}]`)
  }
}
