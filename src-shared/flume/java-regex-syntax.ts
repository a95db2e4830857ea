// Whether java.util.regex.Pattern.compile accepts an expression: its grammar, not its meaning.

/** Why Java refuses `pattern`, or undefined when it compiles. */
export function javaRegexError(pattern: string): string | undefined {
  try {
    new Reader(pattern).whole()
    return undefined
  } catch (error) {
    if (error instanceof SyntaxProblem) return error.message
    throw error
  }
}

class SyntaxProblem extends Error {}

class Reader {
  readonly #text: string
  #at = 0
  #groups = 0
  readonly #names = new Set<string>()
  /** (?x): white space and what follows # do not count. */
  #comments = false

  constructor(text: string) {
    this.#text = text
  }

  whole(): void {
    this.#alternatives()
    if (this.#at < this.#text.length) throw new SyntaxProblem(`Unmatched closing ')' near index ${this.#at}`)
  }

  #alternatives(): void {
    const outer = this.#comments
    for (;;) {
      this.#skipComments()
      if (this.#at >= this.#text.length || this.#text[this.#at] === ')') break
      if (!this.#take('|')) this.#term()
    }
    this.#comments = outer
  }

  #term(): void {
    const char = this.#text[this.#at]!
    if (char === '*' || char === '+' || char === '?') throw new SyntaxProblem(`Dangling meta character '${char}' near index ${this.#at}`)
    if (char === '{') throw new SyntaxProblem(`Illegal repetition near index ${this.#at}`)
    if (this.#take('\\Q')) {
      const end = this.#text.indexOf('\\E', this.#at)
      this.#at = end === -1 ? this.#text.length : end + 2
    } else if (this.#take('(')) {
      if (this.#group()) return
    } else if (this.#take('[')) this.#set()
    else if (this.#take('\\')) this.#escape(false)
    else this.#at += String.fromCodePoint(this.#text.codePointAt(this.#at)!).length
    this.#quantifiers()
  }

  /** True for inline flags alone, `(?i)`, which take no quantifier of their own. */
  #group(): boolean {
    if (!this.#take('?')) this.#groups++
    else if (/^(?::|=|!|>|<=|<!)/.test(this.#rest())) this.#at += /^<[=!]/.test(this.#rest()) ? 2 : 1
    else if (this.#take('<')) {
      const name = /^[a-zA-Z][a-zA-Z0-9]*>/.exec(this.#rest())?.[0]
      if (name === undefined) throw new SyntaxProblem(`Illegal group name near index ${this.#at}`)
      if (this.#names.has(name)) throw new SyntaxProblem(`Named capturing group <${name.slice(0, -1)}> is already defined`)
      this.#names.add(name)
      this.#groups++
      this.#at += name.length
    } else {
      const flags = /^[idmsuxU]*(?:-[idmsuxU]*)?([:)])/.exec(this.#rest())
      if (flags === null) throw new SyntaxProblem(`Unknown inline modifier near index ${this.#at}`)
      this.#at += flags[0].length
      const on = flags[0].split('-')[0]!.includes('x') || (this.#comments && !(flags[0].split('-')[1] ?? '').includes('x'))
      if (flags[1] === ')') {
        this.#comments = on
        return true
      }
      const outer = this.#comments
      this.#comments = on
      this.#alternatives()
      this.#comments = outer
      if (!this.#take(')')) throw new SyntaxProblem(`Unclosed group near index ${this.#at}`)
      return false
    }
    this.#alternatives()
    if (!this.#take(')')) throw new SyntaxProblem(`Unclosed group near index ${this.#at}`)
    return false
  }

  #skipComments(): void {
    while (this.#comments) {
      const skipped = /^(?:[ \t\n\v\f\r]+|#[^\n\r\u0085\u2028\u2029]*)/.exec(this.#rest())?.[0]
      if (skipped === undefined) return
      this.#at += skipped.length
    }
  }

  #quantifiers(): void {
    this.#skipComments()
    const counted = /^\{(\d+)(?:,(\d*))?\}/.exec(this.#rest())
    if (this.#text[this.#at] === '{') {
      if (counted === null)
        throw new SyntaxProblem(
          this.#rest().match(/^\{\d/) === null
            ? `Illegal repetition near index ${this.#at}`
            : `Unclosed counted closure near index ${this.#at}`,
        )
      if (counted[2] !== undefined && counted[2] !== '' && Number(counted[2]) < Number(counted[1]))
        throw new SyntaxProblem(`Illegal repetition range near index ${this.#at}`)
      this.#at += counted[0].length
    } else if (/^[*+?]/.test(this.#rest())) this.#at++
    else return
    if (/^[?+]/.test(this.#rest())) this.#at++
  }

  #set(): void {
    this.#take('^')
    let first = true
    for (;;) {
      this.#skipComments()
      if (this.#at >= this.#text.length) throw new SyntaxProblem(`Unclosed character class near index ${this.#at - 1}`)
      if (!first && this.#take(']')) return
      if (this.#take('[')) this.#set()
      else if (this.#take('&&')) {
        if (this.#text[this.#at] === ']' && first) throw new SyntaxProblem(`Bad class syntax near index ${this.#at}`)
      } else this.#range()
      first = false
    }
  }

  #range(): void {
    const from = this.#setChar()
    if (this.#text[this.#at] !== '-' || this.#at + 1 >= this.#text.length) return
    const next = this.#text[this.#at + 1]
    if (next === ']' || next === '[') return
    if (from === undefined) return
    this.#at++
    const to = this.#setChar()
    if (to !== undefined && to < from) throw new SyntaxProblem(`Illegal character range near index ${this.#at}`)
  }

  /** Code of one character of a set; undefined for a class such as \d. */
  #setChar(): number | undefined {
    if (this.#take('\\')) return this.#escape(true)
    const code = this.#text.codePointAt(this.#at)!
    this.#at += String.fromCodePoint(code).length
    return code
  }

  #escape(inSet: boolean): number | undefined {
    const rest = this.#rest()
    const char = rest[0]
    if (char === undefined) throw new SyntaxProblem('Unexpected internal error near index ' + (this.#at - 1))
    const bad = new SyntaxProblem(`Illegal/unsupported escape sequence near index ${this.#at}`)
    const sequence = (pattern: RegExp): string => {
      const found = pattern.exec(rest)?.[0]
      if (found === undefined) throw bad
      this.#at += found.length
      return found
    }
    if (/[^a-zA-Z0-9]/.test(char)) {
      this.#at++
      return char.codePointAt(0)
    }
    if (char === 'u') return Number.parseInt(sequence(/^u[0-9a-fA-F]{4}/).slice(1), 16)
    if (char === 'x') return Number.parseInt(sequence(/^x(?:[0-9a-fA-F]{2}|\{[0-9a-fA-F]+\})/).replace(/[x{}]/g, ''), 16)
    if (char === '0') return Number.parseInt(sequence(/^0(?:[0-3][0-7]{2}|[0-7]{1,2})/), 8)
    if (char === 'c') return sequence(/^c[\s\S]/).charCodeAt(1) ^ 64
    if (char === 'p' || char === 'P') return this.#property(sequence)
    if (char === 'k' && !inSet) {
      const name = sequence(/^k<[a-zA-Z][a-zA-Z0-9]*>/).slice(2)
      if (!this.#names.has(name)) throw new SyntaxProblem(`named capturing group <${name} does not exist`)
      return undefined
    }
    this.#at++
    const control = { a: 7, e: 27, f: 12, n: 10, r: 13, t: 9 }[char]
    if (control !== undefined) return control
    if ('dDhHsSvVwW'.includes(char)) return undefined
    if (!inSet && /[1-9ABGRXZbz]/.test(char)) return undefined
    throw bad
  }

  #property(sequence: (pattern: RegExp) => string): undefined {
    const name = sequence(/^[pP](?:[A-Za-z]|\{[^}]+\})/).replace(/^[pP]|[{}]/g, '')
    if (!propertyNames.test(name)) throw new SyntaxProblem(`Unknown character property name {${name}} near index ${this.#at}`)
  }

  #take(text: string): boolean {
    if (!this.#text.startsWith(text, this.#at)) return false
    this.#at += text.length
    return true
  }

  #rest(): string {
    return this.#text.slice(this.#at)
  }
}

/** POSIX classes, java.lang.Character classes, general categories, Is…/In… and key=value forms. */
const propertyNames =
  /^(?:Lower|Upper|ASCII|Alpha|Digit|Alnum|Punct|Graph|Print|Blank|Cntrl|XDigit|Space|java[A-Z]\w+|C[cfosn]?|L[ultmoCD1]?|LC|M[nec]?|N[dlo]?|Z[slp]?|P[cdseifo]?|S[mcko]?|L1|all|ASSIGNED|I[sn]\w+|(?:script|sc|block|blk|general_category|gc)=\w+)$/
