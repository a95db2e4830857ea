// Named sets of characters of Java 17's regular expressions, in the notation of JavaScript's `v` flag.

/** Two sets together. */
export const union = (a: string, b: string): string => `[${a}${b}]`

const space = '[ \\t\\n\\x0B\\f\\r]'

/** `\d \D \h \H \s \S \v \V \w \W`; `unicode`: with the flag U. */
export function javaClass(letter: string, unicode: boolean): string {
  const set = predefined(letter.toLowerCase(), unicode)
  return letter === letter.toLowerCase() ? set : `[^${set}]`
}

function predefined(letter: string, unicode: boolean): string {
  switch (letter) {
    case 'd':
      return unicode ? '\\p{Nd}' : '[0-9]'
    case 's':
      return unicode ? '\\p{White_Space}' : space
    case 'w':
      return unicode ? wordCharacters : '[a-zA-Z0-9_]'
    case 'h':
      return '[ \\t\\xA0\\u1680\\u180e\\u2000-\\u200a\\u202f\\u205f\\u3000]'
    default:
      return '[\\n\\x0B\\f\\r\\x85\\u2028\\u2029]'
  }
}

const wordCharacters = '[\\p{Alphabetic}\\p{M}\\p{Nd}\\p{Pc}\\p{Join_Control}]'

const posix: Readonly<Record<string, string>> = {
  Lower: '[a-z]',
  Upper: '[A-Z]',
  ASCII: '[\\x00-\\x7F]',
  Alpha: '[a-zA-Z]',
  Digit: '[0-9]',
  Alnum: '[a-zA-Z0-9]',
  Punct: '[\\x21-\\x2F\\x3A-\\x40\\x5B-\\x60\\x7B-\\x7E]',
  Graph: '[\\x21-\\x7E]',
  Print: '[\\x20-\\x7E]',
  Blank: '[ \\t]',
  Cntrl: '[\\x00-\\x1F\\x7F]',
  XDigit: '[0-9a-fA-F]',
  Space: space,
}

/** Of POSIX' names with the flag U, by their names in upper case; and of `\p{Is…}`. */
const unicodePosix: Readonly<Record<string, string>> = {
  ALPHA: '\\p{Alphabetic}',
  LOWER: '\\p{Lowercase}',
  UPPER: '\\p{Uppercase}',
  SPACE: '\\p{White_Space}',
  PUNCT: '\\p{P}',
  XDIGIT: '[\\p{Nd}\\p{Hex_Digit}]',
  ALNUM: '[\\p{Alphabetic}\\p{Nd}]',
  CNTRL: '\\p{Cc}',
  DIGIT: '\\p{Nd}',
  BLANK: '[\\p{Zs}\\t]',
  GRAPH: '[^\\p{White_Space}\\p{Cc}\\p{Cs}\\p{Cn}]',
  PRINT: '[[^\\p{White_Space}\\p{Cc}\\p{Cs}\\p{Cn}][\\p{Zs}--\\p{Cc}]]',
}

const binary: Readonly<Record<string, string>> = {
  ALPHABETIC: '\\p{Alphabetic}',
  LETTER: '\\p{L}',
  IDEOGRAPHIC: '\\p{Ideographic}',
  LOWERCASE: '\\p{Lowercase}',
  UPPERCASE: '\\p{Uppercase}',
  TITLECASE: '\\p{Lt}',
  WHITE_SPACE: '\\p{White_Space}',
  WHITESPACE: '\\p{White_Space}',
  CONTROL: '\\p{Cc}',
  PUNCTUATION: '\\p{P}',
  HEX_DIGIT: '[\\p{Nd}\\p{Hex_Digit}]',
  HEXDIGIT: '[\\p{Nd}\\p{Hex_Digit}]',
  ASSIGNED: '\\P{Cn}',
  NONCHARACTER_CODE_POINT: '\\p{Noncharacter_Code_Point}',
  NONCHARACTERCODEPOINT: '\\p{Noncharacter_Code_Point}',
  DIGIT: '\\p{Nd}',
  ALNUM: '[\\p{Alphabetic}\\p{Nd}]',
  BLANK: '[\\p{Zs}\\t]',
  GRAPH: unicodePosix['GRAPH']!,
  PRINT: unicodePosix['PRINT']!,
  WORD: wordCharacters,
  JOIN_CONTROL: '\\p{Join_Control}',
  JOINCONTROL: '\\p{Join_Control}',
}

/** java.lang.Character's tests. */
const javaTests: Readonly<Record<string, string>> = {
  javaLowerCase: '\\p{Lowercase}',
  javaUpperCase: '\\p{Uppercase}',
  javaAlphabetic: '\\p{Alphabetic}',
  javaIdeographic: '\\p{Ideographic}',
  javaTitleCase: '\\p{Lt}',
  javaDigit: '\\p{Nd}',
  javaDefined: '\\P{Cn}',
  javaLetter: '\\p{L}',
  javaLetterOrDigit: '[\\p{L}\\p{Nd}]',
  javaSpaceChar: '\\p{Z}',
  javaWhitespace: '[[\\p{Z}--[\\xA0\\u2007\\u202F]]\\t-\\r\\x1C-\\x1F]',
  javaISOControl: '\\p{Cc}',
  javaMirrored: '\\p{Bidi_Mirrored}',
}

const categories = /^(?:C[cfosn]?|L[ultmo]?|M[nec]?|N[dlo]?|Z[slp]?|P[cdseifo]?|S[mcko]?)$/

/** The set of `\p{name}`; undefined when Java has no such name, or JavaScript no such set (blocks, and a few of java.lang.Character's tests). */
export function javaProperty(name: string, flags: { readonly ignoreCase: boolean; readonly unicodeClasses: boolean }): string | undefined {
  const at = name.indexOf('=')
  if (at >= 0) {
    const value = name.slice(at + 1)
    const key = name.slice(0, at).toLowerCase()
    if (key === 'sc' || key === 'script') return script(value)
    return key === 'gc' || key === 'general_category' ? named(value, flags.ignoreCase) : undefined
  }
  if (name.startsWith('Is')) {
    const rest = name.slice(2)
    return cased(binary[rest.toUpperCase()], rest, flags.ignoreCase) ?? named(rest, flags.ignoreCase) ?? script(rest)
  }
  const unicode = flags.unicodeClasses ? unicodePosix[name.toUpperCase()] : undefined
  return cased(unicode, name, flags.ignoreCase) ?? named(name, flags.ignoreCase)
}

function named(name: string, ignoreCase: boolean): string | undefined {
  if (Object.hasOwn(posix, name)) return ignoreCase && (name === 'Lower' || name === 'Upper') ? '[a-zA-Z]' : posix[name]
  if (Object.hasOwn(javaTests, name)) return cased(javaTests[name], name.replace('java', ''), ignoreCase)
  if (ignoreCase && /^L[ult]$/.test(name)) return '[\\p{Lu}\\p{Ll}\\p{Lt}]'
  if (categories.test(name)) return `\\p{${name}}`
  return { LC: '[\\p{Lu}\\p{Ll}\\p{Lt}]', LD: '[\\p{L}\\p{Nd}]', L1: '[\\x00-\\xFF]', all: '[\\s\\S]' }[name]
}

/** Without regard to case, a set of one case is that of all cases. */
function cased(set: string | undefined, name: string, ignoreCase: boolean): string | undefined {
  return ignoreCase && /^(?:LOWER|UPPER|TITLE)(?:_?CASE)?$/i.test(name) && set !== undefined ? '[\\p{Lowercase}\\p{Uppercase}\\p{Lt}]' : set
}

/** Java takes the names of scripts in any case. */
function script(name: string): string | undefined {
  const spelled = name.toLowerCase().replace(/(?<=^|_)[a-z]/g, (letter) => letter.toUpperCase())
  const set = `\\p{Script=${spelled}}`
  try {
    return new RegExp(set, 'v') && set
  } catch {
    return undefined
  }
}
