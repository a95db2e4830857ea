// Random regular expressions of Java's, and texts for them. Left out is what java-regex.ts says that it leaves as it is in JavaScript: a
// repetition of what may be empty, a group in a repetition that a round may leave out, a reference to a group that may have no text.
import type { Random } from '../driver/random.ts'

interface Piece {
  readonly text: string
  /** May it match nothing? */
  readonly empty: boolean
  /** Has it a group that a match may leave out? */
  readonly unsure: boolean
  readonly groups: number
}

const piece = (text: string, empty = false): Piece => ({ text, empty, unsure: false, groups: 0 })

const characters = [
  'a',
  'b',
  'c',
  'A',
  'B',
  'k',
  's',
  '0',
  '1',
  '_',
  '-',
  ' ',
  'é',
  'É',
  'ß',
  '漢',
  '\n',
  '\r',
  '"',
  '/',
  '=',
  ':',
  '#',
  '&',
  '\u0301',
  '\u212a',
  '\u0085',
  '\t',
  ',',
]
const escapes = [
  '\\d',
  '\\D',
  '\\w',
  '\\W',
  '\\s',
  '\\S',
  '\\h',
  '\\H',
  '\\v',
  '\\V',
  '\\.',
  '\\-',
  '\\x41',
  '\\u0062',
  '\\x{1F600}',
  '\\0101',
  '\\t',
  '\\n',
  '\\e',
  '\\cA',
  '\\"',
  '\\/',
]
const properties = [
  ...['Lower', 'Upper', 'Alpha', 'Digit', 'Alnum', 'Punct', 'Graph', 'Print', 'Blank', 'Cntrl', 'XDigit', 'Space', 'ASCII'],
  ...[
    'L',
    'Lu',
    'Ll',
    'N',
    'Nd',
    'P',
    'Sc',
    'M',
    'Z',
    'Cc',
    'LC',
    'LD',
    'L1',
    'IsAlphabetic',
    'IsLatin',
    'IsHan',
    'IsLowercase',
    'IsUppercase',
  ],
  ...[
    'IsWhite_Space',
    'IsPunctuation',
    'IsLetter',
    'IsDigit',
    'javaLowerCase',
    'javaUpperCase',
    'javaWhitespace',
    'javaLetterOrDigit',
    'javaSpaceChar',
  ],
  ...['script=Latin', 'sc=greek', 'gc=Lu', 'general_category=Nd', 'IsHiragana'],
]
const anchors = ['^', '$', '\\b', '\\B', '\\A', '\\Z', '\\z']

/** `sureGroups`: each group has its text in every match. What Java leaves in others after it has tried and failed depends on its inner loops. */
export function randomPattern(random: Random): { readonly pattern: string; readonly sureGroups: boolean } {
  const flags = random.chance(0.4) ? `(?${random.pick(['i', 'm', 's', 'd', 'x', 'im', 'ix', 'iu', 'md', 'ms', 'U'])})` : ''
  const { text, unsure } = new Maker(random, flags).alternatives(3)
  return { pattern: flags + text, sureGroups: !unsure }
}

/** A pattern with characters left out, doubled or put in: most are refused. */
export function damagedPattern(random: Random): string {
  const chars = [...randomPattern(random).pattern]
  for (let change = 0; change <= random.below(3); change++) {
    const at = random.below(chars.length + 1)
    const put = random.pick([
      '',
      ...'()[]{}?*+|\\^$.&-,<>=!:Qp19k#x',
      '{2',
      '(?',
      '[^',
      '&&',
      '\\Q',
      '\\E',
      '(?<',
      '\\p{',
      '{1,0}',
      '(?<=',
      '\\k<',
    ])
    chars.splice(at, random.below(2), put)
  }
  return chars.join('')
}

export function randomText(random: Random): string {
  return Array.from({ length: random.below(14) }, () => random.pick(random.chance(0.6) ? ['a', 'b', 'c', '1', ' '] : characters)).join('')
}

class Maker {
  readonly #random: Random
  readonly #unicodeClasses: boolean
  readonly #characters: readonly string[]
  /** So far. */
  #groups = 0

  constructor(random: Random, flags: string) {
    this.#random = random
    this.#unicodeClasses = flags.includes('U')
    // With the flag x these would be no characters but white space and comments.
    this.#characters = flags.includes('x') ? characters.filter((char) => !/[\s#\u0085]/.test(char)) : characters
  }

  alternatives(depth: number): Piece {
    const options = Array.from({ length: this.#random.chance(0.25) ? 2 + this.#random.below(2) : 1 }, () => this.#sequence(depth))
    if (options.length === 1) return options[0]!
    return {
      text: options.map(({ text }) => text).join('|'),
      empty: options.some(({ empty }) => empty),
      unsure: options.some(({ groups }) => groups > 0),
      groups: options.reduce((sum, { groups }) => sum + groups, 0),
    }
  }

  #sequence(depth: number): Piece {
    const items = Array.from({ length: this.#random.below(4) + (this.#random.chance(0.95) ? 1 : 0) }, () => this.#repeated(depth))
    return {
      text: items.map(({ text }) => text).join(''),
      empty: items.every(({ empty }) => empty),
      unsure: items.some(({ unsure }) => unsure),
      groups: items.reduce((sum, { groups }) => sum + groups, 0),
    }
  }

  #repeated(depth: number): Piece {
    const body = this.#atom(depth)
    if (this.#random.chance(0.55)) return body
    const mode = this.#random.pick(['', '', '?', '+'])
    const optional = this.#random.chance(0.4)
    if (optional || body.empty || body.unsure) return { ...body, text: `${body.text}?${mode}`, empty: true, unsure: body.groups > 0 }
    const count = this.#random.pick(['*', '+', '{2}', '{1,2}', '{2,}', '{0,3}', '{0}'])
    const empty = count === '*' || count.startsWith('{0')
    return { ...body, text: body.text + count + mode, empty, unsure: empty && body.groups > 0 }
  }

  #atom(depth: number): Piece {
    const random = this.#random
    if (depth > 0 && random.chance(0.35)) return this.#group(depth - 1)
    switch (random.below(9)) {
      case 0:
        return piece('.')
      case 1:
        return piece(random.pick(escapes))
      case 2:
        return piece(this.#class(2))
      case 3:
        return piece(this.#property())
      case 4:
        return piece(random.pick(this.#unicodeClasses ? ['^', '$', '\\A'] : anchors), true)
      case 5:
        return piece(`\\Q${random.pick(['.', '(', '*a', '+', '1', '[x'])}\\E`)
      case 6:
        return random.chance(0.3) ? piece('\\R') : piece(random.pick(this.#characters).replace(/[#-]/, 'z'))
      default:
        return piece(random.pick(this.#characters))
    }
  }

  #group(depth: number): Piece {
    const random = this.#random
    switch (random.below(8)) {
      case 0:
      case 1: {
        const number = ++this.#groups
        const name = random.chance(0.2) ? `?<g${number}>` : ''
        const body = this.alternatives(depth)
        // Right behind it, where it has text for sure.
        const reference =
          random.chance(0.15) && !body.empty ? (name !== '' && random.chance(0.5) ? `\\k<g${number}>` : `(?:\\${number})`) : ''
        return {
          ...body,
          text: reference === '' ? `(${name}${body.text})` : `(?:(${name}${body.text})${reference})`,
          groups: body.groups + 1,
        }
      }
      case 2: {
        const body = this.alternatives(depth)
        return { ...body, text: `(?:${body.text})` }
      }
      case 3: {
        const body = this.alternatives(depth)
        return { ...body, text: `(?>${body.text})` }
      }
      case 4: {
        const body = this.alternatives(depth)
        return { ...body, text: `(?${random.pick(['i', 's', '-i', 'm', 'i-s'])}:${body.text})` }
      }
      case 5: {
        const body = this.alternatives(0)
        return { ...body, text: `(?${random.pick(['=', '!'])}${body.text})`, empty: true }
      }
      case 6:
        return piece(`(?<${random.pick(['=', '!'])}${random.pick(['a', 'ab', '\\d', '[^a]', 'a|bc', 'a?b', '\\n', '.', 'b{1,2}'])})`, true)
      default:
        return piece(random.pick(this.#characters))
    }
  }

  #property(): string {
    const name = this.#random.pick(properties)
    return `\\${this.#random.pick(['p', 'p', 'P'])}${name.length === 1 && this.#random.chance(0.5) ? name : `{${name}}`}`
  }

  #class(depth: number): string {
    const random = this.#random
    const item = (): string => {
      const choice = random.below(10)
      if (choice === 0 && depth > 0) return this.#class(depth - 1)
      if (choice === 1) return random.pick(['a-c', 'A-C', '0-9', 'a-z', 'W-b', '\\x20-\\x2f', 'é-ü', '漢-漣'])
      if (choice === 2) return random.pick(escapes)
      if (choice === 3) return this.#property()
      if (choice === 4 && depth > 0) return `&&${random.chance(0.5) ? this.#class(depth - 1) : random.pick(['a', 'a-c', '\\w', 'é'])}`
      const char = random.pick(this.#characters)
      return char === '&' || char === '-' ? `\\${char}` : char
    }
    const items = Array.from({ length: 1 + random.below(4) }, item).join('')
    return `[${random.chance(0.25) ? '^' : ''}${items.startsWith('&&') ? 'a' : ''}${items}]`
  }
}
