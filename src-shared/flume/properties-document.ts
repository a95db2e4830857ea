// A .properties file as a document that is edited: every change touches the lines of its key only, everything else is written back as
// it was. Documents are values; an edit answers a new one.
import {
  type EscapeProblem,
  escapeKey,
  escapeValue,
  type PropertyEntry,
  type PropertyPiece,
  readProperties,
  textOf,
} from './properties-text.ts'

export interface PropertiesDocument {
  readonly pieces: readonly PropertyPiece[]
  readonly escapeProblems: readonly EscapeProblem[]
}

/** Reads any text; documentText gives it back. */
export const parseDocument = (text: string): PropertiesDocument => readProperties(text)

export const documentText = (document: PropertiesDocument): string => textOf(document.pieces)

export function entriesOf(document: PropertiesDocument): PropertyEntry[] {
  return document.pieces.filter((piece) => piece.kind === 'entry')
}

/** The entry that counts for a key: the last one. */
export function entryFor(document: PropertiesDocument, key: string): PropertyEntry | undefined {
  return document.pieces.findLast((piece): piece is PropertyEntry => piece.kind === 'entry' && piece.key === key)
}

/** Gives `key` this value: in place where the key stands (the last one counts), else as a new line after the entry `after`, else where its prefix ends. */
export function setValue(document: PropertiesDocument, key: string, value: string, after?: string): PropertiesDocument {
  const entry = entryFor(document, key)
  if (entry === undefined) return insertValue(document, key, value, after ?? neighbourOf(document, key), false)
  if (entry.value === value) return document
  const [start, end] = entry.valueAt
  const before = entry.raw.slice(0, start)
  const separator = /[=:\s]$/.test(before.slice(entry.keyAt[1])) ? '' : ' = '
  const padding = entry.value === '' && before.endsWith('=') ? ' ' : ''
  return replacePiece(document, entry, before + separator + padding + escapeValue(value) + entry.raw.slice(end))
}

/** Removes every entry of `key`, with its lines. Comments stay. */
export function removeKey(document: PropertiesDocument, key: string): PropertiesDocument {
  return reread(document.pieces.filter((piece) => piece.kind !== 'entry' || piece.key !== key))
}

/** Renames keys by a rule; a key for which it answers undefined stays untouched. */
export function renameKeys(document: PropertiesDocument, rename: (key: string) => string | undefined): PropertiesDocument {
  return reread(
    document.pieces.map((piece) => {
      const to = piece.kind === 'entry' ? rename(piece.key) : undefined
      return piece.kind === 'entry' && to !== undefined && to !== piece.key ? withKey(piece, to) : piece
    }),
  )
}

function withKey(entry: PropertyEntry, key: string): PropertyPiece {
  const [start, end] = entry.keyAt
  return { ...entry, raw: entry.raw.slice(0, start) + escapeKey(key) + entry.raw.slice(end) }
}

function replacePiece(document: PropertiesDocument, old: PropertyPiece, raw: string): PropertiesDocument {
  return reread(document.pieces.map((piece) => (piece === old ? { ...piece, raw } : piece)))
}

/** Line numbers and keys change with an edit, so the edited text is read again. */
const reread = (pieces: readonly PropertyPiece[]): PropertiesDocument => readProperties(textOf(pieces))

/** A new line for `key` behind the entry `after` (at the end when absent), with a blank line before it where a block begins. */
export function insertValue(
  document: PropertiesDocument,
  key: string,
  value: string,
  after: string | undefined,
  beginsBlock: boolean,
): PropertiesDocument {
  const lineEnd = document.pieces.some((piece) => piece.raw.endsWith('\r\n'))
    ? '\r\n'
    : documentText(document).includes('\n')
      ? '\n'
      : mainLineEnd(document)
  const blank = beginsBlock && document.pieces.length > 0 ? lineEnd : ''
  const line = `${blank}${escapeKey(key)} = ${escapeValue(value)}${lineEnd}`
  const index = after === undefined ? -1 : document.pieces.findLastIndex((piece) => piece.kind === 'entry' && piece.key === after)
  const pieces = [...document.pieces]
  const place = index === -1 ? pieces.length : index + 1
  const previous = pieces[place - 1]
  if (previous !== undefined) pieces[place - 1] = { ...previous, raw: endedLine(previous, lineEnd) }
  pieces.splice(place, 0, { kind: 'comment', line: 0, raw: line })
  return reread(pieces)
}

const mainLineEnd = (document: PropertiesDocument): string => (documentText(document).includes('\r') ? '\r' : '\n')

/** The last line of a file may lack its line end, or end in a backslash that would swallow the line that follows. */
function endedLine({ kind, raw }: Pick<PropertyPiece, 'kind' | 'raw'>, lineEnd: string): string {
  if (kind === 'comment') return /[\r\n]$/.test(raw) ? raw : raw + lineEnd
  if (/[\r\n]$/.test(raw)) {
    if (!endsInBackslash(raw.replace(/(\r\n|\r|\n)$/, ''))) return raw
    return raw + (raw.endsWith('\r') && lineEnd === '\n' ? '\r' : lineEnd) // \r + \n would still be one line end
  }
  return endsInBackslash(raw) ? endedLine({ kind, raw: raw.slice(0, -1) }, lineEnd) : raw + lineEnd
}

const endsInBackslash = (raw: string): boolean => (/\\*$/.exec(raw)?.[0].length ?? 0) % 2 === 1

/** The last entry with the longest common dotted prefix: where a person would look for the new key. */
function neighbourOf(document: PropertiesDocument, key: string): string | undefined {
  const parts = key.split('.')
  for (let length = parts.length - 1; length > 0; length--) {
    const prefix = `${parts.slice(0, length).join('.')}.`
    const found = document.pieces.findLast((piece): piece is PropertyEntry => piece.kind === 'entry' && piece.key.startsWith(prefix))
    if (found !== undefined) return found.key
  }
  return undefined
}
