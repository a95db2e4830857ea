// A written type → the component that it means, or the sentence that says why there is none.
import { nearestName } from '../spec/parse-options.ts'
import type { Catalog, CatalogEntry } from './agent-configuration.ts'
import { type FlumeTypeKind, flumeType, flumeTypes, laterType } from './flume-types.ts'
import type { ProblemCode } from './problem.ts'

export type ResolvedType =
  | { readonly entry: CatalogEntry }
  | { readonly entry: undefined; readonly code: ProblemCode; readonly message: string; readonly hint: string }

/** Words for a kind, in messages. */
const kindWords: Readonly<Record<FlumeTypeKind, string>> = {
  source: 'source',
  channel: 'channel',
  sink: 'sink',
  selector: 'channel selector',
  sinkProcessor: 'sink processor',
  interceptor: 'interceptor',
  configFilter: 'configuration filter',
}

/** Aliases in any case, class names exactly, as Flume 1.11 does; also a type of Flume's by its other name. */
export function resolveType(kind: FlumeTypeKind, written: string, catalog: Catalog): ResolvedType {
  const known = catalog.filter((entry) => entry.kind === kind)
  const flume = flumeType(kind, written) ?? laterType(kind, written)
  const entry =
    known.find((candidate) => namesOf(candidate).some((name) => name.toLowerCase() === written.toLowerCase())) ??
    known.find((candidate) => candidate.className === written) ??
    (flume && known.find((candidate) => candidate.className === flume.className))
  if (entry !== undefined) return { entry }
  const word = kindWords[kind]
  if (flume !== undefined) {
    const message =
      flume.later !== undefined
        ? `The ${word} ${written} comes later: Millrace does not have it yet.`
        : flume.missing === undefined
          ? `The ${word} ${written} is one of Flume's that Millrace does not have.`
          : `The ${word} ${written} was ${flume.missing}, and Millrace does not have it.`
    return { entry: undefined, code: 'TYPE_NOT_BUILT', message, hint: `Millrace has ${listOf(known.map((candidate) => candidate.type))}.` }
  }
  const names = [
    ...known.flatMap((candidate) => [...namesOf(candidate), ...(candidate.className === undefined ? [] : [candidate.className])]),
    ...flumeTypes[kind].flatMap(({ className }) => className),
  ]
  const nearest = nearestName(written, names)
  const hint =
    nearest === undefined
      ? `Known are ${listOf(known.map((candidate) => candidate.type))}.`
      : nearest.toLowerCase() === written.toLowerCase()
        ? `Class names are compared exactly: ${nearest}.`
        : `Did you mean ${nearest}?`
  return { entry: undefined, code: 'TYPE_UNKNOWN', message: `There is no ${word} of type ${written}.`, hint }
}

const namesOf = (entry: CatalogEntry): readonly string[] => [entry.type, ...(entry.aliases ?? [])]

const listOf = (words: readonly string[]): string => (words.length === 0 ? 'none yet' : [...words].sort().join(', '))
