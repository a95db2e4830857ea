// The grammar of a .properties file, exactly as java.util.Properties reads it, without losing a byte: the text is cut into pieces
// (entries, comments, blank lines) whose raw texts joined give the text again. Every answer knows its line.

/** A logical line `key = value`, which may run over several natural lines. */
export interface PropertyEntry {
  readonly kind: 'entry'
  readonly key: string
  readonly value: string
  /** 1-based natural line on which it begins. */
  readonly line: number
  /** Its text with leading blanks and line end. */
  readonly raw: string
  /** Offsets within `raw`: [start, end) of the escaped key and of the escaped value. */
  readonly keyAt: readonly [number, number]
  readonly valueAt: readonly [number, number]
}

/** Everything between entries: comments, blank lines. */
export interface PropertyTrivia {
  readonly kind: 'comment' | 'blank'
  readonly line: number
  readonly raw: string
}

export type PropertyPiece = PropertyEntry | PropertyTrivia

/** A `\u` without four hexadecimal digits: Java refuses the whole file, we keep the characters as they stand and say so. */
export interface EscapeProblem {
  readonly line: number
  readonly key: string
  readonly escape: string
}

export interface PropertiesText {
  readonly pieces: readonly PropertyPiece[]
  readonly escapeProblems: readonly EscapeProblem[]
}

/** Reads any text; never throws. */
export function readProperties(text: string): PropertiesText {
  const pieces: PropertyPiece[] = []
  const escapeProblems: EscapeProblem[] = []
  let at = 0
  let line = 1
  while (at < text.length) {
    const logical = logicalLine(text, at)
    const raw = text.slice(at, logical.end)
    if (logical.kind !== 'entry') pieces.push({ kind: logical.kind, line, raw })
    else {
      const entry = entryOf(logical, raw, at, line)
      pieces.push(entry.piece)
      for (const written of entry.badEscapes) escapeProblems.push({ line, key: entry.piece.key, escape: written })
    }
    line += logical.naturalLines
    at = logical.end
  }
  return { pieces, escapeProblems }
}

/** The pieces' texts joined: what readProperties was given. */
export const textOf = (pieces: readonly PropertyPiece[]): string => pieces.map((piece) => piece.raw).join('')

interface LogicalLine {
  readonly kind: 'entry' | 'comment' | 'blank'
  /** Characters of the logical line, leading blanks and continuations removed, escapes still in place … */
  readonly chars: string
  /** … and where each stands in the text. */
  readonly offsets: readonly number[]
  /** End of the logical line in the text, after its line end. */
  readonly end: number
  readonly naturalLines: number
}

const isBlank = (char: string): boolean => char === ' ' || char === '\t' || char === '\f'
const isLineEnd = (char: string): boolean => char === '\n' || char === '\r'

/** java.util.Properties.LineReader: one natural line of comment or blanks, or one logical line. */
function logicalLine(text: string, start: number): LogicalLine {
  const offsets: number[] = []
  let chars = ''
  let at = start
  let naturalLines = 0
  let atLineStart = true
  let backslash = false
  for (;;) {
    if (at >= text.length) {
      // A backslash before the end of the file is dropped like one before a line end.
      if (backslash) chars = chars.slice(0, -1)
      return { kind: chars === '' ? 'blank' : 'entry', chars, offsets, end: at, naturalLines }
    }
    const char = text[at]!
    if (atLineStart && isBlank(char)) {
      at++
      continue
    }
    const wasLineStart = atLineStart
    atLineStart = false
    if (chars === '' && wasLineStart && (char === '#' || char === '!')) {
      while (at < text.length && !isLineEnd(text[at]!)) at++
      return { kind: 'comment', chars, offsets, end: afterLineEnd(text, at), naturalLines: naturalLines + 1 }
    }
    if (!isLineEnd(char)) {
      chars += char
      offsets.push(at)
      backslash = char === '\\' ? !backslash : false
      at++
      continue
    }
    at = afterLineEnd(text, at)
    naturalLines++
    if (!backslash) return { kind: chars === '' ? 'blank' : 'entry', chars, offsets, end: at, naturalLines }
    chars = chars.slice(0, -1)
    offsets.pop()
    backslash = false
    atLineStart = true
  }
}

function afterLineEnd(text: string, at: number): number {
  if (at >= text.length) return at
  return text[at] === '\r' && text[at + 1] === '\n' ? at + 2 : at + 1
}

function entryOf(logical: LogicalLine, raw: string, start: number, line: number): { piece: PropertyEntry; badEscapes: string[] } {
  const { chars, offsets } = logical
  const keyLength = endOfKey(chars)
  const valueStart = startOfValue(chars, keyLength)
  const key = unescaped(chars.slice(0, keyLength))
  const value = unescaped(chars.slice(valueStart))
  // Just after the last character, so that an empty value has a place too: behind its separator.
  const place = (index: number): number => (index < chars.length ? offsets[index]! : (offsets[chars.length - 1] ?? start - 1) + 1) - start
  const end = place(chars.length)
  const piece: PropertyEntry = {
    kind: 'entry',
    key: key.text,
    value: value.text,
    line,
    raw,
    keyAt: [place(0), keyLength === 0 ? place(0) : offsets[keyLength - 1]! + 1 - start],
    valueAt: [valueStart < chars.length ? place(valueStart) : end, end],
  }
  return { piece, badEscapes: [...key.bad, ...value.bad] }
}

/** Up to the first separator or blank that no backslash precedes. */
function endOfKey(chars: string): number {
  let backslash = false
  for (let index = 0; index < chars.length; index++) {
    const char = chars[index]!
    if (!backslash && (char === '=' || char === ':' || isBlank(char))) return index
    backslash = char === '\\' ? !backslash : false
  }
  return chars.length
}

/** Blanks, at most one `=` or `:`, blanks. */
function startOfValue(chars: string, keyLength: number): number {
  let separator = false
  for (let index = keyLength; index < chars.length; index++) {
    const char = chars[index]!
    if (isBlank(char)) continue
    if (!separator && (char === '=' || char === ':')) separator = true
    else return index
  }
  return chars.length
}

const letters: Readonly<Record<string, string>> = { t: '\t', r: '\r', n: '\n', f: '\f' }

/** java.util.Properties.loadConvert. */
function unescaped(text: string): { text: string; bad: string[] } {
  if (!text.includes('\\')) return { text, bad: [] }
  const bad: string[] = []
  const out = text.replace(/\\(?:u([0-9a-fA-F]{4})|(u.{0,4})|([^u])|$)/gs, (whole, hex?: string, wrong?: string, char?: string) => {
    if (hex !== undefined) return String.fromCharCode(Number.parseInt(hex, 16))
    if (wrong !== undefined) {
      bad.push(whole)
      return whole
    }
    return char === undefined ? '' : (letters[char] ?? char)
  })
  return { text: out, bad }
}

/** A key as it has to be written. Everything that is not ASCII becomes \uXXXX: Flume reads ISO-8859-1, Millrace UTF-8, both read this. */
export const escapeKey = (key: string): string => escapeText(key).replace(/[ :=#!]/g, '\\$&')

/** A value as it has to be written: a leading blank is escaped, blanks inside stay. */
export function escapeValue(value: string): string {
  const escaped = escapeText(value)
  return escaped.startsWith(' ') ? `\\${escaped}` : escaped
}

const named: Readonly<Record<string, string>> = { '\\': '\\\\', '\t': '\\t', '\n': '\\n', '\r': '\\r', '\f': '\\f' }

function escapeText(text: string): string {
  return text.replace(/[^ -[\]-~]/g, (char) => named[char] ?? `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`)
}
