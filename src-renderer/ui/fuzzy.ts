// Matching as people expect of a palette: letters in order, better at word starts and in runs.

export interface FuzzyMatch {
  readonly score: number
  /** Places of the matched characters. */
  readonly places: readonly number[]
}

/** Undefined when the letters of `query` do not stand in `text` in that order. Blanks in the query are skipped. */
export function fuzzyMatch(query: string, text: string): FuzzyMatch | undefined {
  const wanted = query.toLowerCase().replace(/\s+/g, '')
  const lower = text.toLowerCase()
  const whole = wanted === '' ? -1 : lower.replace(/\s/g, ' ').indexOf(query.toLowerCase().trim())
  if (whole >= 0) {
    const length = query.trim().length
    const start = whole === 0 || /[\s/._\-:]/.test(text[whole - 1]!)
    return { score: 1000 + (start ? 200 : 0) - whole - text.length / 100, places: Array.from({ length }, (_, index) => whole + index) }
  }
  const places: number[] = []
  let at = 0
  let score = 0
  for (const letter of wanted) {
    const found = lower.indexOf(letter, at)
    if (found < 0) return undefined
    const wordStart = found === 0 || /[\s/._\-:]/.test(text[found - 1]!)
    score += (wordStart ? 12 : 0) + (found === at && places.length > 0 ? 8 : 0) - (found - at) * 0.5
    places.push(found)
    at = found + 1
  }
  return { score: score - text.length / 100, places }
}
