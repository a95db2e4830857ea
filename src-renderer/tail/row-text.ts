// A row's bytes as pieces of text with looks. Log text is data: it becomes text nodes only; control characters, and characters that
// change the direction of text, are made visible; colours that a program meant for its terminal are kept.
import { unseen, visible } from '../ui/visible-text.ts'

export interface Piece {
  readonly text: string
  /** Space-separated class names. */
  readonly look?: string
}

const decoder = new TextDecoder('utf-8', { ignoreBOM: true })

export function decodeRow(bytes: Uint8Array): string {
  return decoder.decode(bytes)
}

const special = new RegExp(`\\u001b\\[([0-9;]*)m|${unseen.source}`, 'g')

const timestamp =
  /\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:[.,]\d+)?(?:Z|[+-]\d\d:?\d\d)?|\[\d\d\/[A-Z][a-z]{2}\/\d{4}:\d\d:\d\d:\d\d [+-]\d{4}\]|[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d|\b\d\d:\d\d:\d\d[.,]\d{3}\b/
const level = /\b(?:FATAL|CRITICAL|ERROR|SEVERE|WARN(?:ING)?|NOTICE|INFO|DEBUG|TRACE|fatal|critical|error|warn(?:ing)?|info|debug|trace)\b/
const tokens = new RegExp(
  `(?<time>${timestamp.source})|(?<level>${level.source})|(?<status>(?<=" )[1-5]\\d\\d\\b)|(?<address>\\b\\d{1,3}(?:\\.\\d{1,3}){3}(?::\\d+)?\\b)|(?<key>\\b[\\w.]+=(?=\\S))`,
  'g',
)

const mostColoured = 2048

/** Pieces of a line; beyond a length that nobody reads at once, plain. */
export function piecesOf(line: string): Piece[] {
  const pieces: Piece[] = []
  let ansi = ''
  let at = 0
  const plain = (text: string): void => {
    if (text !== '') addColoured(text, ansi, pieces)
  }
  for (const match of line.matchAll(special)) {
    plain(line.slice(at, match.index))
    at = match.index + match[0].length
    if (match[1] !== undefined) ansi = ansiLook(match[1], ansi)
    else pieces.push({ text: visible(match[0]), look: 'row-control' })
  }
  plain(line.slice(at))
  return pieces
}

function addColoured(text: string, ansi: string, pieces: Piece[]): void {
  if (ansi !== '') {
    pieces.push({ text, look: ansi })
    return
  }
  let at = 0
  for (const match of text.slice(0, mostColoured).matchAll(tokens)) {
    if (match.index > at) pieces.push({ text: text.slice(at, match.index) })
    pieces.push({ text: match[0], look: lookOf(match) })
    at = match.index + match[0].length
  }
  if (at < text.length) pieces.push({ text: text.slice(at) })
}

function lookOf(match: RegExpMatchArray): string {
  const groups = match.groups ?? {}
  if (groups['level'] !== undefined) return `row-level row-${levelName(groups['level'])}`
  if (groups['status'] !== undefined) return `row-status row-status-${groups['status'][0]}`
  if (groups['time'] !== undefined) return 'row-time'
  return groups['address'] === undefined ? 'row-key' : 'row-address'
}

export type Level = 'error' | 'warn' | 'info' | 'debug'

function levelName(word: string): Level {
  const lower = word.toLowerCase()
  if (lower === 'fatal' || lower === 'critical' || lower === 'error' || lower === 'severe') return 'error'
  if (lower.startsWith('warn')) return 'warn'
  return lower === 'debug' || lower === 'trace' ? 'debug' : 'info'
}

/** A line's level: its level word in the first part, or a server error's status in an access log. */
export function levelOf(line: string): Level | undefined {
  const head = line.slice(0, 200)
  const word = level.exec(head)
  if (word !== null) return levelName(word[0])
  const status = /" ([45])\d\d /.exec(line.slice(0, 2000))
  return status === null ? undefined : status[1] === '5' ? 'error' : 'warn'
}

function ansiLook(codes: string, before: string): string {
  const looks = new Set(before.split(' ').filter((look) => look !== ''))
  for (const code of codes.split(';').map(Number)) {
    if (code === 0) looks.clear()
    else if (code === 1) looks.add('ansi-bold')
    else if (code === 22) looks.delete('ansi-bold')
    else if ((code >= 30 && code <= 37) || (code >= 90 && code <= 97) || code === 39) {
      for (const look of looks) if (look.startsWith('ansi-c')) looks.delete(look)
      if (code !== 39) looks.add(`ansi-c${code % 10}`)
    }
  }
  return [...looks].join(' ')
}

/** Cuts pieces where a search matches, so that hits can be shown; the look of the pieces stays. */
export function withHits(pieces: readonly Piece[], pattern: RegExp | undefined): Piece[] {
  if (pattern === undefined) return [...pieces]
  const whole = pieces.map((piece) => piece.text).join('')
  const hits: [number, number][] = []
  pattern.lastIndex = 0
  for (const match of whole.slice(0, mostColoured * 4).matchAll(pattern)) {
    if (match[0] !== '') hits.push([match.index, match.index + match[0].length])
    if (hits.length > 200) break
  }
  if (hits.length === 0) return [...pieces]
  const cut: Piece[] = []
  let start = 0
  let hit = 0
  for (const piece of pieces) {
    const end = start + piece.text.length
    let at = start
    while (at < end) {
      while (hit < hits.length && hits[hit]![1] <= at) hit++
      const next = hits[hit]
      const inside = next !== undefined && next[0] <= at
      const until = Math.min(end, next === undefined ? end : inside ? next[1] : next[0])
      const look = [piece.look, inside && 'row-hit'].filter(Boolean).join(' ')
      cut.push({ text: piece.text.slice(at - start, until - start), ...(look !== '' && { look }) })
      at = until
    }
    start = end
  }
  return cut
}
