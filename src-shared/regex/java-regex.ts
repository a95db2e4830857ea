// Java's regular expressions as JavaScript's: one translation for every `regex` property. What has no equal is refused with a sentence.
//
// Java's anchors, line ends and cases are written out in lookarounds and sets. JavaScript has no atomic group: what a lookahead has found it
// does not try again either, so `(?>X)` becomes `(?=(X))\n`, a lookahead and a reference to the group in it; a possessive quantifier is an
// atomic group around a greedy one. The groups that this adds are taken out of every match again.
//
// Left as they are in JavaScript: a group in a repetition forgets its text when the repetition goes round without it (Java keeps it); a
// repetition of what may be empty ends before an empty round (Java after it); a reference to a group without text matches (Java's does not).
import { type Anchor, type PatternNode, PatternNotKnown, parseJavaPattern } from './java-pattern.ts'
import { PatternSyntaxProblem } from './java-pattern-text.ts'

/**
 * A JavaScript expression that finds what `pattern` finds in Java; `flags`: of JavaScript, such as `g`. Groups have their numbers and names
 * in each match. Throws a RangeError that ends the sentence "<expression> …".
 */
export function javaRegex(pattern: string, flags = ''): RegExp {
  return compiled(parsed(pattern), flags)
}

/** The same, matching a whole text only (Java's matches()). */
export function javaRegexWhole(pattern: string): RegExp {
  const anchor = { kind: 'anchor', unixLines: false } as const
  return compiled({ kind: 'sequence', items: [{ ...anchor, anchor: 'begin' }, parsed(pattern), { ...anchor, anchor: 'end' }] }, '')
}

/** Why Java refuses `pattern`, or undefined when it compiles there. */
export function javaRegexError(pattern: string): string | undefined {
  try {
    parseJavaPattern(pattern)
    return undefined
  } catch (error) {
    if (error instanceof PatternSyntaxProblem) return error.message
    if (error instanceof PatternNotKnown) return undefined
    throw error
  }
}

/** How many groups a match of `regex` has, and those with names. */
export function groupsOf(regex: RegExp): { readonly count: number; readonly names: readonly string[] } {
  const empty = new RegExp(`${regex.source}|`, regex.flags.replace(/[gy]/g, '')).exec('')!
  return {
    count: regex instanceof RenumberedRegExp ? regex.numbers.length : empty.length - 1,
    names: Object.keys(empty.groups ?? {}),
  }
}

function parsed(pattern: string): PatternNode {
  try {
    return parseJavaPattern(pattern)
  } catch (error) {
    if (error instanceof PatternSyntaxProblem) throw new RangeError(`is not a regular expression of Java: ${error.message}`)
    if (error instanceof PatternNotKnown) throw new RangeError(`uses ${error.message}, which JavaScript does not have`)
    throw error
  }
}

function compiled(root: PatternNode, flags: string): RegExp {
  const plain = withoutPossessives(root)
  const translation = new Translation(plain)
  const source = translation.text(plain)
  try {
    if (!translation.addsGroups) return new RegExp(source, `v${flags}`)
    return new RenumberedRegExp(source, `v${flags}`, translation.numbers)
  } catch (error) {
    throw new RangeError(`is no regular expression that Millrace can run: ${(error as Error).message}`, { cause: error })
  }
}

/** Possessive quantifiers as atomic groups. Java matches each round of one by itself, which shows where more than one is asked for. */
function withoutPossessives(node: PatternNode): PatternNode {
  switch (node.kind) {
    case 'sequence':
      return { ...node, items: node.items.map(withoutPossessives) }
    case 'alternatives':
      return { ...node, options: node.options.map(withoutPossessives) }
    case 'repeat': {
      const body = withoutPossessives(node.body)
      if (node.mode !== 'possessive') return { ...node, body }
      const round: PatternNode = node.min > 1 && body.kind !== 'set' ? { kind: 'atomic', body } : body
      return { kind: 'atomic', body: { ...node, body: round, mode: 'greedy' } }
    }
    case 'group':
    case 'look':
    case 'atomic':
      return { ...node, body: withoutPossessives(node.body) }
    default:
      return node
  }
}

const lineEnds = '\\n\\r\\u0085\\u2028\\u2029'
const notInLineBreak = '(?<!\\r(?=\\n))'
// Until Java 18 a letter of any alphabet is part of a word here, and a mark on one.
const wordBefore = '(?<=[_\\p{L}\\p{Nd}]|[\\p{L}\\p{Nd}]\\p{Mn}+)'
const wordAfter = '(?=[_\\p{L}\\p{Nd}]|\\p{Mn}(?<=[\\p{L}\\p{Nd}]\\p{Mn}+))'

class Translation {
  /** For each of Java's groups the number that it has here. */
  readonly numbers: number[] = []
  readonly #atomicNumbers = new Map<PatternNode, number>()
  #count = 0
  /** Numbers of the groups inside the look-behind that is being written, or undefined outside of one. */
  #behind: ReadonlySet<number> | undefined

  constructor(root: PatternNode) {
    this.#number(root)
  }

  get addsGroups(): boolean {
    return this.#atomicNumbers.size > 0
  }

  text(node: PatternNode): string {
    switch (node.kind) {
      case 'set':
        return setText(node.set)
      case 'sequence':
        return node.items.map((item) => (item.kind === 'alternatives' ? `(?:${this.text(item)})` : this.text(item))).join('')
      case 'alternatives':
        return node.options.map((option) => this.text(option)).join('|')
      case 'lineBreak':
        return '(?:\\r\\n|[\\n\\x0B\\f\\r\\x85\\u2028\\u2029])'
      case 'anchor':
        return anchorText(node.anchor, node.unixLines)
      case 'group':
        return `(${node.name === undefined ? '' : `?<${node.name}>`}${this.text(node.body)})`
      case 'look':
        return node.ahead ? `(?${node.negative ? '!' : '='}${this.text(node.body)})` : this.#lookBehind(node.body, node.negative)
      case 'atomic':
        if (this.#behind !== undefined) throw new RangeError('has a possessive quantifier or an atomic group in a look-behind')
        return `(?:(?=(${this.text(node.body)}))\\${this.#atomicNumbers.get(node)})`
      case 'backReference':
        return this.#reference(node.group, node.ignoreCase)
      case 'repeat':
        return this.#repeat(node)
    }
  }

  /** JavaScript matches a look-behind backwards: a group and what refers to it would change places. */
  #lookBehind(body: PatternNode, negative: boolean): string {
    const outer = this.#behind
    this.#behind = new Set([...(outer ?? []), ...groupsIn(body)])
    const text = `(?<${negative ? '!' : '='}${this.text(body)})`
    this.#behind = outer
    return text
  }

  /** A group that the expression does not have never matches. */
  #reference(group: number, ignoreCase: boolean): string {
    const number = this.numbers[group - 1]
    if (number === undefined) return '(?!)'
    if (this.#behind?.has(group) === true) throw new RangeError('refers to a group from the same look-behind')
    // V8's (?i:…) reaches sets that come after it (flag v, seen in Node 24).
    if (ignoreCase) throw new RangeError('refers to a group without regard to case, which is not translated')
    return `(?:\\${number})`
  }

  #repeat({ body, min, max, mode }: PatternNode & { kind: 'repeat' }): string {
    const text = this.text(body)
    // JavaScript does not take an empty round that is not asked for; Java does.
    if (min === 0 && max === 1 && mayBeEmpty(body)) return mode === 'lazy' ? `(?:|${text})` : `(?:${text}|)`
    const counts = max === Infinity ? (min === 0 ? '*' : min === 1 ? '+' : `{${min},}`) : min === 0 && max === 1 ? '?' : `{${min},${max}}`
    const round = body.kind === 'set' || body.kind === 'group' ? text : `(?:${text})`
    return `${round}${counts}${mode === 'lazy' ? '?' : ''}`
  }

  #number(node: PatternNode): void {
    if (node.kind === 'group') this.numbers[node.number - 1] = ++this.#count
    else if (node.kind === 'atomic') this.#atomicNumbers.set(node, ++this.#count)
    for (const child of childrenOf(node)) this.#number(child)
  }
}

function childrenOf(node: PatternNode): readonly PatternNode[] {
  if (node.kind === 'sequence') return node.items
  if (node.kind === 'alternatives') return node.options
  return 'body' in node ? [node.body] : []
}

const groupsIn = (node: PatternNode): number[] => [...(node.kind === 'group' ? [node.number] : []), ...childrenOf(node).flatMap(groupsIn)]

function mayBeEmpty(node: PatternNode): boolean {
  switch (node.kind) {
    case 'set':
    case 'lineBreak':
      return false
    case 'sequence':
      return node.items.every(mayBeEmpty)
    case 'alternatives':
      return node.options.some(mayBeEmpty)
    case 'group':
    case 'atomic':
      return mayBeEmpty(node.body)
    case 'repeat':
      return node.min === 0 || mayBeEmpty(node.body)
    default:
      return true
  }
}

/** A set of one character stands for itself. */
function setText(set: string): string {
  return /^\[([a-zA-Z0-9]|\\u\{[0-9a-f]+\})\]$/.exec(set)?.[1] ?? set
}

function anchorText(anchor: Anchor, unixLines: boolean): string {
  switch (anchor) {
    case 'begin':
      return '^'
    case 'end':
      return '$'
    case 'lineBegin':
      // Not at the end of the text, even after a line end.
      return unixLines ? '(?:(?:^|(?<=\\n))(?=[\\s\\S]))' : `(?:(?:^|(?<=[${lineEnds}]))(?=[\\s\\S])${notInLineBreak})`
    case 'lastLineEnd':
      return unixLines ? '(?=\\n?$)' : `(?:(?=(?:\\r\\n|[${lineEnds}])?$)${notInLineBreak})`
    case 'lineEnd':
      return unixLines ? '(?=\\n|$)' : `(?:(?=[${lineEnds}]|$)${notInLineBreak})`
    case 'wordBoundary':
      return `(?:${wordBefore}(?!${wordAfter})|(?<!${wordBefore})${wordAfter})`
    case 'noWordBoundary':
      return `(?:${wordBefore}${wordAfter}|(?<!${wordBefore})(?!${wordAfter}))`
  }
}

/** An expression whose matches have only those of its groups that were in Java's; whatever uses exec (test, replace, split) sees those too. */
class RenumberedRegExp extends RegExp {
  /** For each group of a match its number in the expression. */
  readonly numbers: readonly number[]

  /** Also called by split and matchAll, with the expression itself and other flags. */
  constructor(source: string | RegExp, flags: string, numbers?: readonly number[]) {
    super(source, flags)
    this.numbers = numbers ?? (source as RenumberedRegExp).numbers
  }

  override exec(text: string): RegExpExecArray | null {
    const match = super.exec(text)
    if (match === null) return null
    const { index, input, groups } = match
    return Object.assign([match[0], ...this.numbers.map((number) => match[number])], { index, input, groups }) as RegExpExecArray
  }
}
