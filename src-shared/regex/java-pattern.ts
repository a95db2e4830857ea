// Reads java.util.regex's expressions into a tree, by the grammar and with the error messages of Java 17's Pattern: what it accepts, that
// accepts; what it refuses, that refuses. What the tree means in JavaScript is another file's matter.
import { asciiVariants, unicodeVariants } from './java-case.ts'
import { javaClass, javaProperty, union } from './java-character-class.ts'
import { hasLongestMatch } from './java-look-behind.ts'
import { code, end, type Flag, isDigit, isHex, isLetter, isOctal, PatternText } from './java-pattern-text.ts'

export type Anchor = 'begin' | 'lineBegin' | 'end' | 'lastLineEnd' | 'lineEnd' | 'wordBoundary' | 'noWordBoundary'

export type PatternNode =
  /** Of characters, in the notation of JavaScript's `v` flag. */
  | { readonly kind: 'set'; readonly set: string }
  | { readonly kind: 'sequence'; readonly items: readonly PatternNode[] }
  | { readonly kind: 'alternatives'; readonly options: readonly PatternNode[] }
  | { readonly kind: 'lineBreak' }
  | { readonly kind: 'anchor'; readonly anchor: Anchor; readonly unixLines: boolean }
  | { readonly kind: 'group'; readonly number: number; readonly name: string | undefined; readonly body: PatternNode }
  | { readonly kind: 'look'; readonly ahead: boolean; readonly negative: boolean; readonly body: PatternNode }
  | { readonly kind: 'atomic'; readonly body: PatternNode }
  | { readonly kind: 'backReference'; readonly group: number; readonly ignoreCase: boolean }
  | {
      readonly kind: 'repeat'
      readonly body: PatternNode
      readonly min: number
      readonly max: number
      readonly mode: 'greedy' | 'lazy' | 'possessive'
    }

/** The expression has something that Java knows and this reader does not; the message names it. */
export class PatternNotKnown extends Error {}

/** Throws PatternSyntaxProblem for what Java refuses, PatternNotKnown for what is Java's alone. */
export function parseJavaPattern(pattern: string): PatternNode {
  return new PatternReader(pattern).whole()
}

const anything: PatternNode = { kind: 'sequence', items: [] }
const mostRepetitions = 0x7fffffff

class PatternReader {
  readonly #in: PatternText
  #groups = 0
  readonly #names = new Map<string, number>()

  constructor(pattern: string) {
    this.#in = new PatternText(pattern)
  }

  whole(): PatternNode {
    const root = this.#alternatives()
    if (this.#in.at === this.#in.length) return root
    throw this.#in.peek() === code(')') ? this.#in.problem("Unmatched closing ')'") : this.#in.problem('Unexpected internal error')
  }

  #alternatives(): PatternNode {
    const options = [this.#sequence()]
    while (this.#in.peek() === code('|')) {
      this.#in.next()
      options.push(this.#sequence())
    }
    return options.length === 1 ? options[0]! : { kind: 'alternatives', options }
  }

  #sequence(): PatternNode {
    const items: PatternNode[] = []
    for (;;) {
      const char = this.#in.peek()
      if (char === code('|') || char === code(')') || (char === end && this.#in.at >= this.#in.length)) break
      if (char === code('(')) {
        const group = this.#group()
        if (group !== undefined) items.push(group)
      } else items.push(this.#repeated(this.#item(char)))
    }
    return items.length === 1 ? items[0]! : { kind: 'sequence', items }
  }

  #item(char: number): PatternNode {
    switch (String.fromCodePoint(char)) {
      case '[':
        return this.#class()
      case '\\':
        return this.#escaped()
      case '^':
        this.#in.next()
        return this.#anchor(this.#in.flags.has('m') ? 'lineBegin' : 'begin')
      case '$':
        this.#in.next()
        return this.#anchor(this.#in.flags.has('m') ? 'lineEnd' : 'lastLineEnd')
      case '.':
        this.#in.next()
        return this.#set(this.#in.flags.has('s') ? '[\\s\\S]' : this.#in.flags.has('d') ? '[^\\n]' : '[^\\n\\r\\u0085\\u2028\\u2029]')
      case '?':
      case '*':
      case '+':
        this.#in.next()
        throw this.#in.problem(`Dangling meta character '${String.fromCodePoint(char)}'`)
      case '{':
        // Nothing to repeat: Java repeats the empty text.
        return anything
      default:
        this.#in.next()
        return this.#literal(char)
    }
  }

  #repeated(body: PatternNode): PatternNode {
    const char = this.#in.peek()
    if (char === code('?')) return this.#mode(body, 0, 1)
    if (char === code('*')) return this.#mode(body, 0, Infinity)
    if (char === code('+')) return this.#mode(body, 1, Infinity)
    if (char !== code('{')) return body
    let digit = this.#in.skip()
    if (!isDigit(digit)) throw this.#in.problem('Illegal repetition')
    const number = (): number => {
      let value = 0
      for (; isDigit(digit); digit = this.#in.read()) {
        value = value * 10 + digit - 48
        if (value > mostRepetitions) throw this.#in.problem('Illegal repetition range')
      }
      return value
    }
    const min = number()
    let max = min
    if (digit === code(',')) {
      digit = this.#in.read()
      max = digit === code('}') ? Infinity : number()
    }
    if (digit !== code('}')) throw this.#in.problem('Unclosed counted closure')
    if (max < min) throw this.#in.problem('Illegal repetition range')
    this.#in.at--
    return this.#mode(body, min, max)
  }

  /** After the last character of a quantifier. */
  #mode(body: PatternNode, min: number, max: number): PatternNode {
    const char = this.#in.next()
    const mode = char === code('?') ? 'lazy' : char === code('+') ? 'possessive' : 'greedy'
    if (mode !== 'greedy') this.#in.next()
    return { kind: 'repeat', body, min, max, mode }
  }

  /** Undefined for flags alone, `(?i)`: they hold until the end of the group around them. */
  #group(): PatternNode | undefined {
    const outer = new Set(this.#in.flags)
    let make: (body: PatternNode) => PatternNode
    if (this.#in.next() !== code('?')) make = this.#capturing(undefined)
    else {
      const char = this.#in.skip()
      const look = (ahead: boolean, negative: boolean) => (body: PatternNode) => ({ kind: 'look', ahead, negative, body }) as const
      if (char === code(':')) make = (body) => body
      else if (char === code('=') || char === code('!')) make = look(true, char === code('!'))
      else if (char === code('>')) make = (body) => ({ kind: 'atomic', body })
      else if (char === code('<')) {
        const next = this.#in.read()
        if (next === code('=') || next === code('!')) {
          const behind = look(false, next === code('!'))
          make = (body) => {
            if (!hasLongestMatch(body)) throw this.#in.problem('Look-behind group does not have an obvious maximum length')
            return behind(body)
          }
        } else {
          const name = this.#groupName(next)
          if (this.#names.has(name)) throw this.#in.problem(`Named capturing group <${name}> is already defined`)
          make = this.#capturing(name)
        }
      } else if (char === code('$') || char === code('@')) throw this.#in.problem('Unknown group type')
      else {
        this.#in.at--
        this.#inlineFlags()
        const after = this.#in.read()
        if (after === code(')')) return undefined
        if (after !== code(':')) throw this.#in.problem('Unknown inline modifier')
        make = (body) => body
      }
    }
    const body = this.#alternatives()
    // The limit of a look-behind is looked at before its end is.
    const made = make(body)
    if (this.#in.read() !== code(')')) throw this.#in.problem('Unclosed group')
    this.#in.flags = outer
    return this.#repeated(made)
  }

  #capturing(name: string | undefined): (body: PatternNode) => PatternNode {
    const number = ++this.#groups
    if (name !== undefined) this.#names.set(name, number)
    return (body) => ({ kind: 'group', number, name, body })
  }

  #groupName(first: number): string {
    if (!isLetter(first)) throw this.#in.problem('capturing group name does not start with a Latin letter')
    let name = ''
    let char = first
    for (; isLetter(char) || isDigit(char); char = this.#in.read()) name += String.fromCodePoint(char)
    if (char !== code('>')) throw this.#in.problem("named capturing group is missing trailing '>'")
    return name
  }

  #inlineFlags(): void {
    let on = true
    for (let char = this.#in.peek(); ; char = this.#in.next()) {
      const flag = String.fromCodePoint(char)
      if (flag === '-' && on) on = false
      else if ('iumsdxU'.includes(flag) && char !== end) {
        for (const each of (flag === 'U' ? ['U', 'u'] : [flag]) as Flag[]) {
          if (on) this.#in.flags.add(each)
          else this.#in.flags.delete(each)
        }
      } else return
    }
  }

  #escaped(): PatternNode {
    const char = this.#in.ahead(1)
    if (char === code('p') || char === code('P')) {
      this.#in.at++
      return this.#set(this.#family())
    }
    const what = this.#escape(false, false)
    return typeof what === 'number' ? this.#literal(what) : typeof what === 'string' ? this.#set(what) : what
  }

  /** A character, a set, or something else; in a class only the first two. The reader stands on the `\`. */
  #escape(inClass: boolean, inRange: boolean): number | string | PatternNode {
    const char = this.#in.skip()
    const letter = String.fromCodePoint(char)
    const simple = { a: 7, e: 27, f: 12, n: 10, r: 13, t: 9 }[letter]
    if (simple !== undefined) return simple
    if (letter === 'v' && inRange) return 11
    if ('dDhHsSvVwW'.includes(letter) && char !== end) return javaClass(letter, this.#in.flags.has('U'))
    if (letter === '0') return this.#octal()
    if (letter === 'c') {
      if (this.#in.at >= this.#in.length) throw this.#in.problem('Illegal control escape sequence')
      return this.#in.read() ^ 64
    }
    if (letter === 'u') return this.#unicode()
    if (letter === 'x') return this.#hexadecimal()
    if (letter === 'N') throw new PatternNotKnown('\\N{…}')
    if (!isLetter(char) && !isDigit(char)) return char
    const outside = inClass ? undefined : this.#escapeOutsideClass(letter)
    if (outside === undefined) throw this.#in.problem('Illegal/unsupported escape sequence')
    return outside
  }

  #escapeOutsideClass(letter: string): PatternNode | undefined {
    const anchor = ({ A: 'begin', Z: 'lastLineEnd', z: 'end', B: 'noWordBoundary' } as const)[letter]
    if (anchor !== undefined) return this.#anchor(anchor)
    if (letter === 'R') return { kind: 'lineBreak' }
    if (letter === 'G' || letter === 'X') throw new PatternNotKnown(`\\${letter}`)
    if (letter === 'b') {
      if (this.#in.peek() !== code('{') || this.#in.ahead(1) !== code('g')) return this.#anchor('wordBoundary')
      this.#in.at += 2
      if (this.#in.read() === code('}')) throw new PatternNotKnown('\\b{g}')
      return undefined
    }
    const ignoreCase = this.#in.flags.has('i')
    if (letter === 'k') {
      if (this.#in.read() !== code('<')) throw this.#in.problem("\\k is not followed by '<' for named capturing group")
      const name = this.#groupName(this.#in.read())
      const group = this.#names.get(name)
      if (group === undefined) throw this.#in.problem(`named capturing group <${name}> does not exist`)
      return { kind: 'backReference', group, ignoreCase }
    }
    if (!/[1-9]/.test(letter)) return undefined
    let group = Number(letter)
    // Further digits belong to the number while there is such a group so far.
    for (let next = this.#in.peek(); isDigit(next) && group * 10 + next - 48 <= this.#groups; next = this.#in.peek()) {
      group = group * 10 + next - 48
      this.#in.read()
    }
    return { kind: 'backReference', group, ignoreCase }
  }

  #octal(): number {
    const digits = [this.#in.read()]
    if (!isOctal(digits[0]!)) throw this.#in.problem('Illegal octal escape sequence')
    while (digits.length < (digits[0]! <= code('3') ? 3 : 2)) {
      const digit = this.#in.read()
      if (!isOctal(digit)) {
        this.#in.at--
        break
      }
      digits.push(digit)
    }
    return Number.parseInt(String.fromCodePoint(...digits), 8)
  }

  #hexadecimal(): number {
    const first = this.#in.read()
    if (isHex(first)) {
      const second = this.#in.read()
      if (isHex(second)) return Number.parseInt(String.fromCodePoint(first, second), 16)
    } else if (first === code('{') && isHex(this.#in.peek())) {
      let value = 0
      let digit = this.#in.read()
      for (; isHex(digit); digit = this.#in.read()) {
        value = value * 16 + Number.parseInt(String.fromCodePoint(digit), 16)
        if (value > 0x10ffff) throw this.#in.problem('Hexadecimal codepoint is too big')
      }
      if (digit !== code('}')) throw this.#in.problem('Unclosed hexadecimal escape sequence')
      return value
    }
    throw this.#in.problem('Illegal hexadecimal escape sequence')
  }

  /** Two escapes that are the halves of a surrogate pair are one character. */
  #unicode(): number {
    const high = this.#fourDigits()
    if (high < 0xd800 || high > 0xdbff) return high
    const at = this.#in.at
    if (this.#in.read() === code('\\') && this.#in.read() === code('u')) {
      const low = this.#fourDigits()
      if (low >= 0xdc00 && low <= 0xdfff) return (high - 0xd800) * 0x400 + (low - 0xdc00) + 0x10000
    }
    this.#in.at = at
    return high
  }

  #fourDigits(): number {
    const digits = Array.from({ length: 4 }, () => {
      const digit = this.#in.read()
      if (!isHex(digit)) throw this.#in.problem('Illegal Unicode escape sequence')
      return digit
    })
    return Number.parseInt(String.fromCodePoint(...digits), 16)
  }

  #class(): PatternNode {
    return this.#set(this.#classBody(true))
  }

  /**
   * Java's own reading of a class: what follows && is read to the end of the class, in nested classes as far as they go. `consume`: it ends
   * with its own bracket; otherwise that is left to the class around it.
   */
  #classBody(consume: boolean): string {
    let found: string | undefined
    let char = this.#in.next()
    const negated = char === code('^') && this.#in.ahead(-1) === code('[')
    if (negated) char = this.#in.next()
    const add = (more: string): void => {
      found = found === undefined ? more : union(found, more)
    }
    for (;;) {
      if (char === code('[')) {
        add(this.#classBody(true))
        char = this.#in.peek()
        continue
      }
      if (char === code('&')) {
        char = this.#in.next()
        if (char === code('&')) {
          const right = this.#intersected()
          if (found === undefined && right === undefined) throw this.#in.problem('Bad class syntax')
          if (found === undefined) found = right
          else if (right !== undefined) found = `[${found}&&${right}]`
          char = this.#in.peek()
          continue
        }
        this.#in.at--
      } else if (char === end && this.#in.at >= this.#in.length) throw this.#in.problem('Unclosed character class')
      else if (char === code(']') && found !== undefined) {
        if (consume) this.#in.next()
        return negated ? `[^${found}]` : found
      }
      add(this.#range())
      char = this.#in.peek()
    }
  }

  /** What follows `&&`. */
  #intersected(): string | undefined {
    let right: string | undefined
    for (let char = this.#in.next(); char !== code(']') && char !== code('&'); char = this.#in.peek()) {
      let part: string
      if (char === code('[')) part = this.#classBody(true)
      else {
        this.#in.at--
        part = this.#classBody(false)
      }
      right = right === undefined ? part : union(right, part)
    }
    return right
  }

  #range(): string {
    let from = this.#in.peek()
    if (from === code('\\')) {
      const letter = this.#in.ahead(1)
      if (letter === code('p') || letter === code('P')) {
        this.#in.at++
        return this.#family()
      }
      const what = this.#escape(true, this.#in.ahead(2) === code('-'))
      if (typeof what === 'string') return what
      if (typeof what !== 'number') throw this.#in.problem('Illegal/unsupported escape sequence')
      from = what
    } else this.#in.next()
    let to = from
    if (this.#in.peek() === code('-')) {
      const after = this.#in.ahead(1)
      if (after !== code('[') && after !== code(']')) {
        to = this.#in.next()
        if (to === code('\\')) {
          const what = this.#escape(true, true)
          to = typeof what === 'number' ? what : -1
        } else this.#in.next()
        if (to < from) throw this.#in.problem('Illegal character range')
      }
    }
    return this.#characters(from, to)
  }

  /** `\p{…}`, from its letter on. */
  #family(): string {
    const complement = this.#in.ahead(0) === code('P')
    let name: string
    if (this.#in.next() === code('{')) {
      this.#in.at++
      const inBraces = this.#in.upToBrace()
      if (inBraces === undefined) throw this.#in.problem('Unclosed character family')
      name = inBraces
      if (name === '') throw this.#in.problem('Empty character family')
    } else {
      name = String.fromCodePoint(this.#in.ahead(0))
      this.#in.read()
    }
    const set = javaProperty(name, { ignoreCase: this.#in.flags.has('i'), unicodeClasses: this.#in.flags.has('U') })
    if (set === undefined) {
      // Blocks, and what java.lang.Character says of identifiers.
      if (/^(?:In|java[A-Z]|blk=|block=)/i.test(name)) throw new PatternNotKnown(`\\p{${name}}`)
      const sign = name.indexOf('=')
      if (sign < 0) throw this.#in.problem(`Unknown character property name {${name}}`)
      throw this.#in.problem(`Unknown Unicode property {name=<${name.slice(0, sign).toLowerCase()}>, value=<${name.slice(sign + 1)}>}`)
    }
    return complement ? `[^${set}]` : set
  }

  #literal(char: number): PatternNode {
    return this.#set(this.#characters(char, char))
  }

  #characters(from: number, to: number): string {
    const variants = !this.#in.flags.has('i') ? [] : this.#in.flags.has('u') ? unicodeVariants(from, to) : asciiVariants(from, to)
    const ranges = [[from, to] as const, ...variants]
    return `[${ranges.map(([first, last]) => (first === last ? escaped(first) : `${escaped(first)}-${escaped(last)}`)).join('')}]`
  }

  #set(set: string): PatternNode {
    return { kind: 'set', set }
  }

  #anchor(anchor: Anchor): PatternNode {
    if (this.#in.flags.has('U') && (anchor === 'wordBoundary' || anchor === 'noWordBoundary')) throw new PatternNotKnown('\\b with (?U)')
    return { kind: 'anchor', anchor, unixLines: this.#in.flags.has('d') }
  }
}

/** A character as it may stand anywhere in a set. */
function escaped(char: number): string {
  return isLetter(char) || isDigit(char) ? String.fromCodePoint(char) : `\\u{${char.toString(16)}}`
}
