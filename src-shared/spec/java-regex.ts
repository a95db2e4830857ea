// Java's regular expressions in JavaScript's: one translation for every `regex` property. What the two mean alike stays as it is; what only
// Java has is written in other words; what has no equal is a RangeError that ends the sentence "<expression> …".

const posixClasses: Record<string, string> = {
  Lower: 'a-z',
  Upper: 'A-Z',
  ASCII: '\\x00-\\x7F',
  Alpha: 'a-zA-Z',
  Digit: '0-9',
  Alnum: 'a-zA-Z0-9',
  Punct: '!-\\/:-@\\[-`\\{-~',
  Graph: '!-~',
  Print: ' -~',
  Blank: ' \\t',
  Cntrl: '\\x00-\\x1F\\x7F',
  XDigit: '0-9a-fA-F',
  Space: ' \\t\\n\\x0B\\f\\r',
}
const space = ' \\t\\n\\x0B\\f\\r'
const horizontal = ' \\t\\xA0\\u1680\\u180e\\u2000-\\u200a\\u202f\\u205f\\u3000'
const vertical = '\\n\\x0B\\f\\r\\x85\\u2028\\u2029'
const lineEnd = '(?:\\r\\n|[\\n\\r\\u0085\\u2028\\u2029])'
const literalEscapes: Record<string, string> = { a: '\\x07', e: '\\x1B', t: '\\t', n: '\\n', r: '\\r', f: '\\f' }
const syntaxCharacters = /[\^$\\.*+?()[\]{}|/]/

/** A JavaScript expression (flags `u` and `flags`) that finds what `pattern` finds in Java. Groups keep their numbers and names. */
export function javaRegex(pattern: string, flags = ''): RegExp {
  const source = new Translation(pattern).source()
  try {
    return new RegExp(source, `u${flags}`)
  } catch (error) {
    throw new RangeError(`is not a regular expression that Millrace can run: ${(error as Error).message}`)
  }
}

/** The same, matching a whole text only (Java's matches()). */
export function javaRegexWhole(pattern: string): RegExp {
  return new RegExp(`^(?:${new Translation(pattern).source()})$`, 'u')
}

class Translation {
  readonly #text: string
  #at = 0
  /** Inline flags that a `(?i)` in the middle of a group opened, per open group: closed where the group or its alternative ends. */
  readonly #open: { flags: string; depth: number }[] = [{ flags: '', depth: 0 }]

  constructor(text: string) {
    this.#text = text
  }

  source(): string {
    let source = ''
    while (this.#at < this.#text.length) source += this.#next()
    if (this.#open.length > 1) throw unsupported('has an unclosed group')
    return source + this.#closeFlags()
  }

  #next(): string {
    const char = this.#take()
    if (char === '\\') return this.#escape(false)
    if (char === '[') return this.#characterClass()
    if (char === '(') return this.#group()
    if (char === ')') return this.#endOfGroup()
    if (char === '|') return this.#alternative()
    if (char === '$') return this.#flags().includes('m') ? `(?=${lineEnd}|$(?![\\s\\S]))` : `(?=${lineEnd}?$(?![\\s\\S]))`
    if (char === '.') return this.#flags().includes('s') ? '[\\s\\S]' : '[^\\n\\r\\u0085\\u2028\\u2029]'
    if ((char === '+' || char === '*' || char === '?' || char === '}') && this.#text[this.#at] === '+') {
      throw unsupported(`uses the possessive quantifier ${char}+, which JavaScript does not have; leave out the second +`)
    }
    if (char === '{' && !/^\d+(,\d*)?\}/.test(this.#text.slice(this.#at))) return '\\{'
    if (char === ']') return '\\]'
    if (char === '}' && !/\{\d+(,\d*)?$/.test(this.#text.slice(0, this.#at - 1))) return '\\}'
    return char
  }

  #group(): string {
    const rest = this.#text.slice(this.#at)
    if (rest.startsWith('?>')) throw unsupported('uses the atomic group (?>…), which JavaScript does not have; write (?:…)')
    const inline = /^\?([a-zA-Z]*)(?:-([a-zA-Z]*))?([):])/.exec(rest)
    if (inline === null || inline[0] === '?:') {
      this.#open.push({ flags: this.#flags(), depth: 0 })
      return '('
    }
    this.#at += inline[0].length
    const flags = combined(this.#flags(), inline[1]!, inline[2] ?? '')
    const modifiers = modifierText(inline[1]!, inline[2] ?? '')
    if (inline[3] === ':') {
      this.#open.push({ flags, depth: 0 })
      return modifiers === '' ? '(?:' : `(?${modifiers}:`
    }
    const here = this.#open.at(-1)!
    here.flags = flags
    if (modifiers === '') return ''
    here.depth += 1
    this.#reopen.push(`(?${modifiers}:`)
    return `(?${modifiers}:`
  }

  /** Openings of the inline flags in force in the innermost group, outermost first. */
  readonly #reopen: string[] = []

  #endOfGroup(): string {
    if (this.#open.length === 1) throw unsupported('has a ) without a (')
    const closing = this.#closeFlags()
    const { depth } = this.#open.pop()!
    this.#reopen.length -= depth
    return `${closing})`
  }

  #alternative(): string {
    const { depth } = this.#open.at(-1)!
    return `${')'.repeat(depth)}|${depth === 0 ? '' : this.#reopen.slice(-depth).join('')}`
  }

  #closeFlags(): string {
    return ')'.repeat(this.#open.at(-1)!.depth)
  }

  #flags(): string {
    return this.#open.at(-1)!.flags
  }

  /** What `\` begins, outside a class or inside one. */
  #escape(inClass: boolean): string {
    const char = this.#take()
    const set = (characters: string): string => (inClass ? characters : `[${characters}]`)
    if (char === 'Q') return this.#quoted(inClass)
    if (char === 's') return set(space)
    if (char === 'h') return set(horizontal)
    if (char === 'v') return set(vertical)
    if (char === 'p' || char === 'P') return this.#property(char, inClass)
    if (char === 'S' && !inClass) return `[^${space}]`
    if (char === 'H' && !inClass) return `[^${horizontal}]`
    if (char === 'V' && !inClass) return `[^${vertical}]`
    if (char === 'x' && this.#text[this.#at] === '{') return `\\u${this.#until('}')}`
    if (char === '0') return this.#octal()
    if (literalEscapes[char] !== undefined) return literalEscapes[char]
    if (!inClass) {
      if (char === 'A') return '(?<![\\s\\S])'
      if (char === 'z') return '(?![\\s\\S])'
      if (char === 'Z') return `(?=${lineEnd}?(?![\\s\\S]))`
      if (char === 'R') return '(?:\\r\\n|[\\n\\x0B\\f\\r\\x85\\u2028\\u2029])'
      if (char === 'G' || char === 'X') throw unsupported(`uses \\${char}, which JavaScript does not have`)
    }
    if (/[dDwWbBkcxuS1-9]/.test(char)) return `\\${char}`
    if (/[a-zA-Z]/.test(char)) throw unsupported(`uses \\${char}, which is no escape of Java's`)
    if (syntaxCharacters.test(char) || (inClass && char === '-')) return `\\${char}`
    return char
  }

  #quoted(inClass: boolean): string {
    const end = this.#text.indexOf('\\E', this.#at)
    const text = this.#text.slice(this.#at, end < 0 ? undefined : end)
    this.#at = end < 0 ? this.#text.length : end + 2
    return [...text].map((char) => (syntaxCharacters.test(char) || (inClass && char === '-') ? `\\${char}` : char)).join('')
  }

  #property(letter: string, inClass: boolean): string {
    const name = this.#text[this.#at] === '{' ? this.#until('}').slice(1, -1) : this.#take()
    const posix = posixClasses[name]
    if (posix === undefined) {
      const plain = name.replace(/^Is(?=[A-Z])/, '').replace(/^java.*/, '')
      if (plain === '') throw unsupported(`uses \\${letter}{${name}}, which JavaScript does not have`)
      const script = /^(Latin|Greek|Cyrillic|Han|Hiragana|Katakana|Arabic|Hebrew|Thai|Hangul)$/.test(plain)
      return `\\${letter}{${script ? `Script=${plain}` : plain}}`
    }
    if (letter === 'p') return inClass ? posix : `[${posix}]`
    if (inClass) throw unsupported(`uses \\P{${name}} in a class; write it as [^\\p{${name}}] of its own`)
    return `[^${posix}]`
  }

  #octal(): string {
    const digits = /^[0-3]?[0-7]{1,2}/.exec(this.#text.slice(this.#at))?.[0]
    if (digits === undefined) throw unsupported('has \\0 without octal digits')
    this.#at += digits.length
    return `\\x${Number.parseInt(digits, 8).toString(16).padStart(2, '0')}`
  }

  #characterClass(): string {
    let source = '['
    if (this.#text[this.#at] === '^') source += this.#take()
    if (this.#text[this.#at] === ']') {
      this.#take()
      source += '\\]'
    }
    while (this.#at < this.#text.length) {
      const char = this.#take()
      if (char === ']') return `${source}]`
      if (char === '\\') source += this.#escape(true)
      else if (char === '[') source += this.#union()
      else if (char === '&' && this.#text[this.#at] === '&') {
        throw unsupported('uses a class intersection (&&), which is not translated; write the class out')
      } else source += char
    }
    throw unsupported('has an unclosed character class')
  }

  /** `[a-c[x-z]]` is a union in Java: the inner class, without its brackets, goes into the outer one. */
  #union(): string {
    const inner = this.#characterClass()
    if (inner.startsWith('[^')) throw unsupported('uses a negated class inside a class, which is not translated; write the class out')
    return inner.slice(1, -1)
  }

  #take(): string {
    const char = this.#text[this.#at]
    if (char === undefined) throw unsupported('ends too early')
    this.#at += 1
    return char
  }

  #until(end: string): string {
    const to = this.#text.indexOf(end, this.#at)
    if (to < 0) throw unsupported(`has no ${end} where one is needed`)
    const text = this.#text.slice(this.#at, to + 1)
    this.#at = to + 1
    return text
  }
}

function combined(before: string, on: string, off: string): string {
  return [...new Set(before + on)].filter((flag) => !off.includes(flag)).join('')
}

/** JavaScript has i, m, s as modifiers; `.` and `$` are translated by the flags in force, so only i and m go on. d and u change nothing here. */
function modifierText(on: string, off: string): string {
  for (const flag of on + off) {
    if (!'imsud'.includes(flag)) throw unsupported(`uses the flag (?${flag}), which is not translated`)
  }
  const kept = (flags: string): string => [...flags].filter((flag) => 'im'.includes(flag)).join('')
  return kept(on) + (kept(off) === '' ? '' : `-${kept(off)}`)
}

function unsupported(what: string): RangeError {
  return new RangeError(what)
}
