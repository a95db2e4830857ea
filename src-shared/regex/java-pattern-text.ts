// The text of one of Java's regular expressions as Java 17's Pattern goes through it: code points, and with the flag x past white space and
// comments.

/** Flags in force: i ignore case, u of Unicode too, U Unicode classes, m multi-line, s dot matches all, d only \n ends a line, x comments. */
export type Flag = 'i' | 'u' | 'U' | 'm' | 's' | 'd' | 'x'
export type Flags = ReadonlySet<Flag>

/** Why Java refuses an expression: the first line of its PatternSyntaxException. */
export class PatternSyntaxProblem extends Error {}

export const end = 0
export const code = (char: string): number => char.charCodeAt(0)
export const isDigit = (char: number): boolean => char >= 48 && char <= 57
export const isOctal = (char: number): boolean => char >= 48 && char <= 55
export const isLetter = (char: number): boolean => (char >= 65 && char <= 90) || (char >= 97 && char <= 122)
export const isHex = (char: number): boolean => isDigit(char) || (char >= 65 && char <= 70) || (char >= 97 && char <= 102)
const isSpace = (char: number): boolean => char === 32 || (char >= 9 && char <= 13)

export class PatternText {
  /** Code points, then two zeros, as Java has them. */
  readonly #text: number[]
  readonly length: number
  at = 0
  flags: Set<Flag> = new Set()

  constructor(pattern: string) {
    this.#text = withoutQuotes(Array.from(pattern, (char) => char.codePointAt(0)!))
    this.length = this.#text.length
    this.#text.push(end, end)
  }

  /** The character `distance` from here, whatever it is. */
  ahead(distance: number): number {
    return this.#text[this.at + distance] ?? end
  }

  /** The character here. */
  peek(): number {
    return this.#pastComments()
  }

  /** The character here; the reader is past it then. */
  read(): number {
    this.#pastComments()
    return this.#text[this.at++] ?? end
  }

  /** The character after the one here; the reader stands on it. */
  next(): number {
    this.at++
    return this.#pastComments()
  }

  /** The character after the one here, whatever it is; the reader is past it then. */
  skip(): number {
    this.at += 2
    return this.#text[this.at - 1] ?? end
  }

  #pastComments(): number {
    while (this.flags.has('x')) {
      if (isSpace(this.#text[this.at] ?? end)) this.at++
      else if (this.#text[this.at] === code('#')) {
        while (this.at < this.length && !this.#endsLine(this.#text[this.at]!)) this.at++
      } else break
    }
    return this.#text[this.at] ?? end
  }

  #endsLine(char: number): boolean {
    return char === 10 || (!this.flags.has('d') && (char === 13 || (char | 1) === 0x2029 || char === 0x85))
  }

  /** Reads to the next closing bracket and past it; undefined when there is none. */
  upToBrace(): string | undefined {
    const from = this.at
    // Java puts one where the text ends, to stop there at the latest.
    this.#text[this.length] = code('}')
    while (this.read() !== code('}'));
    this.#text[this.length] = end
    return this.at > this.length ? undefined : String.fromCodePoint(...this.#text.slice(from, this.at - 1))
  }

  /** The error of Java with this text, where its reader stands. */
  problem(what: string): PatternSyntaxProblem {
    return new PatternSyntaxProblem(`${what} near index ${this.at - 1}`)
  }
}

/** `\Q…\E` as escapes of its characters, before anything else is read, as Java does. */
function withoutQuotes(text: readonly number[]): number[] {
  const result: number[] = []
  for (let at = 0; at < text.length; ) {
    const char = text[at]!
    if (char !== code('\\')) {
      result.push(char)
      at++
    } else if (text[at + 1] !== code('Q')) {
      result.push(...text.slice(at, at + 2))
      at += 2
    } else {
      at += 2
      let first = true
      for (; at < text.length && !(text[at] === code('\\') && text[at + 1] === code('E')); at++, first = false) {
        const quoted = text[at]!
        // A digit could belong to an escape before the quotation.
        if (isDigit(quoted) && first) result.push(code('\\'), code('x'), code('3'), quoted)
        else if (quoted < 128 && !isLetter(quoted) && !isDigit(quoted)) result.push(code('\\'), quoted)
        else result.push(quoted)
      }
      at += 2
    }
  }
  return result
}
