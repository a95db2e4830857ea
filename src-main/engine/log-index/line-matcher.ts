// A query made ready to be tried on bytes: which of the lines of a chunk match. No string is made per line.
//
// Literal, case-sensitive text is sought as bytes. Everything else runs as a regular expression over the chunk read as latin1, one
// character per byte, so that positions are offsets; a pattern with characters beyond ASCII is tried on decoded text, line by line.
import type { LogQuery } from '../../../src-shared/contract/logs.ts'
import { MillraceError, messageOf } from '../../../src-shared/errors.ts'

/** Calls `hit` with where each matching line of `chunk` begins, ascending. A chunk begins at the begin of a line. */
export type LineMatcher = (chunk: Buffer, hit: (start: number) => void) => void

/** Rejects with BAD_ARGUMENT and a sentence for a pattern that is no regular expression. */
export function lineMatcher(query: LogQuery): LineMatcher {
  if (/\n/.test(query.text)) throw new MillraceError('BAD_ARGUMENT', 'A search goes line by line; the pattern has a line break in it.')
  if (!query.regex && query.caseSensitive && !query.wholeWord) return literalMatcher(Buffer.from(query.text))
  const source = query.regex ? query.text : query.text.replace(/[.*+?^${}()|[\]\\/-]/g, '\\$&')
  const whole = query.wholeWord ? `(?<![\\w])(?:${source})(?![\\w])` : source
  const caseFlag = query.caseSensitive ? '' : 'i'
  // biome-ignore lint/suspicious/noControlCharactersInRegex: asks for ASCII
  const ascii = /^[\x00-\x7f]*$/.test(whole)
  try {
    return ascii
      ? byteRegexMatcher(new RegExp(whole, `gm${caseFlag}`), new RegExp(whole, caseFlag))
      : textMatcher(new RegExp(whole, `u${caseFlag}`))
  } catch (error) {
    throw new MillraceError('BAD_ARGUMENT', `${query.text} is not a regular expression: ${messageOf(error)}`, { cause: error })
  }
}

function literalMatcher(needle: Buffer): LineMatcher {
  return (chunk, hit) => {
    for (let at = chunk.indexOf(needle); at !== -1; ) {
      hit(at === 0 ? 0 : chunk.lastIndexOf(10, at - 1) + 1)
      const end = chunk.indexOf(10, at)
      at = end === -1 ? -1 : chunk.indexOf(needle, end + 1)
    }
  }
}

function byteRegexMatcher(inChunk: RegExp, inLine: RegExp): LineMatcher {
  return (chunk, hit) => {
    const text = chunk.toString('latin1')
    inChunk.lastIndex = 0
    for (let match = inChunk.exec(text); match !== null; match = inChunk.exec(text)) {
      // Behind the last line end, and in no bytes at all, there is no line.
      if (match.index >= text.length && (text === '' || text.endsWith('\n'))) break
      const start = match.index === 0 ? 0 : text.lastIndexOf('\n', match.index - 1) + 1
      const found = text.indexOf('\n', match.index)
      const end = found === -1 ? text.length : found
      // A class such as \s also takes line ends: such a match counts only if the line alone matches.
      if (match.index + match[0].length <= end || inLine.test(text.slice(start, end))) hit(start)
      if (end >= text.length) break
      inChunk.lastIndex = end + 1
    }
  }
}

function textMatcher(pattern: RegExp): LineMatcher {
  return (chunk, hit) => {
    for (let start = 0; start < chunk.length; ) {
      const found = chunk.indexOf(10, start)
      const end = found === -1 ? chunk.length : found
      if (pattern.test(chunk.toString('utf8', start, end > start && chunk[end - 1] === 13 ? end - 1 : end))) hit(start)
      start = end + 1
    }
  }
}
