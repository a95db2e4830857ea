// ChannelProcessor.configure of Flume 1.11: the chain of interceptor builders, and what each refuses.

import { javaRegexError } from '../../regex/java-regex.ts'
import { flumeTypes } from '../flume-types.ts'
import { javaWords } from '../java-text.ts'
import { charset, check } from './configure-sources.ts'
import { ConfigureError, type FlumeContext } from './flume-context.ts'

/** Throws ConfigureError: then the whole source is removed. */
export function configureInterceptors(source: FlumeContext): void {
  const list = source.get('interceptors')
  if (list === undefined || list === '') return
  for (const name of javaWords(list)) {
    const context = source.sub(`interceptors.${name}.`)
    const type = context.get('type')
    if (type === undefined) throw new ConfigureError(`Interceptor.Type not specified for ${name}`)
    const builder = builderOf(type)
    if (builder === undefined) throw new ConfigureError(`Interceptor.Builder not found. ${type}`)
    builder(context)
  }
}

const noChecks = (): void => undefined

const builders: Readonly<Record<string, (context: FlumeContext) => void>> = {
  timestamp: noChecks,
  host: noChecks,
  static: noChecks,
  regex_filter: (context) => regex(context.get('regex') ?? '.*'),
  regex_extractor: (context) => {
    regex(nonEmpty(context.get('regex'), 'Must supply a valid regex string'))
    const serializers = javaWords(nonEmpty(context.get('serializers'), 'Must supply at least one name and serializer'))
    for (const name of serializers) extractorSerializer(context.sub('serializers.').sub(`${name}.`))
  },
  remove_header: (context) => {
    if (context.get('fromList') !== undefined) regex(context.get('fromListSeparator') ?? '\\s*,\\s*')
    const matching = context.get('matching')
    if (matching !== undefined) regex(matching)
  },
  search_replace: (context) => {
    regex(nonEmpty(context.get('searchPattern'), 'Must supply a valid search pattern searchPattern (may not be empty)'))
    const name = context.get('charset')
    if (name !== undefined) charset(name)
  },
}

/** Alias in any case, class name of the builder exactly. */
function builderOf(type: string): ((context: FlumeContext) => void) | undefined {
  // Of flume-ng-morphline the recorded Flume had those classes that need nothing else.
  if (type === 'org.apache.flume.sink.solr.morphline.UUIDInterceptor$Builder') return noChecks
  const found = flumeTypes.interceptor.find((known) => 'alias' in known && (known.alias === type.toLowerCase() || known.className === type))
  return found !== undefined && 'alias' in found && found.alias !== undefined ? builders[found.alias] : undefined
}

const packageName = 'org.apache.flume.interceptor.'

function extractorSerializer(context: FlumeContext): void {
  const type = context.get('type') ?? 'DEFAULT'
  nonEmpty(context.get('name'), 'Supplied name cannot be empty.')
  if (type === 'DEFAULT' || type === `${packageName}RegexExtractorInterceptorPassThroughSerializer`) return
  check(type === `${packageName}RegexExtractorInterceptorMillisSerializer`, `java.lang.ClassNotFoundException: ${type}`)
  const pattern = nonEmpty(context.get('pattern'), 'Must configure with a valid pattern')
  const bad = /[^GCxweEyYDMdaKhHkmsSzZ]/.exec(pattern.replace(/'[^']*'?/g, '').replace(/[^a-zA-Z]/g, ''))
  check(bad === null, `Illegal pattern component: ${bad?.[0]}`)
}

function nonEmpty(text: string | undefined, message: string): string {
  if (text === undefined || text === '') throw new ConfigureError(message)
  return text
}

function regex(pattern: string): void {
  const error = javaRegexError(pattern)
  check(error === undefined, `${error} ${pattern}`)
}
