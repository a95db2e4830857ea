// JSON as Gson reads it leniently, which is what clients of Flume's HTTP source may send: single quotes, unquoted names and words, comments,
// `;` for a comma, `=` or `=>` for a colon, an omitted element for null. Numbers keep their spelling, which JSON.parse would lose (`1.50`).

/** A word without quotes, as written: a number, true, false, or text. */
export class Literal {
  readonly text: string

  constructor(text: string) {
    this.text = text
  }
}

export type JsonValue = null | string | Literal | readonly JsonValue[] | ReadonlyMap<string, JsonValue>

/** The text is no JSON, even leniently; says where. */
export class JsonSyntaxError extends Error {}

const maxDepth = 100

/** Reads one value and nothing after it; undefined for a text without any. Throws JsonSyntaxError. */
export function parseLenientJson(text: string): JsonValue | undefined {
  const reader = new Reader(text)
  if (reader.peek() === undefined) return undefined
  const value = reader.value(0)
  if (reader.peek() !== undefined) throw reader.problem('nothing more')
  return value
}

class Reader {
  readonly #text: string
  #at = 0

  constructor(text: string) {
    // A byte order mark and Gson's guard against hijacking are passed over.
    this.#text = text.replace(/^\ufeff/, '').replace(/^\)\]\}'\n/, '')
  }

  /** The next character that counts, or undefined at the end. */
  peek(): string | undefined {
    const skipped = /(?:\s+|\/\/[^\n]*|#[^\n]*|\/\*[\s\S]*?\*\/)*/y
    skipped.lastIndex = this.#at
    skipped.exec(this.#text)
    this.#at = skipped.lastIndex
    return this.#text[this.#at]
  }

  problem(wanted: string): JsonSyntaxError {
    return new JsonSyntaxError(`expected ${wanted} at character ${this.#at + 1}`)
  }

  value(depth: number): JsonValue {
    if (depth > maxDepth) throw this.problem(`no more than ${maxDepth} levels`)
    const next = this.peek()
    if (next === '[') return this.#array(depth)
    if (next === '{') return this.#object(depth)
    if (next === '"' || next === "'") return this.#quoted()
    const word = this.#word()
    return word.toLowerCase() === 'null' ? null : new Literal(word)
  }

  #array(depth: number): JsonValue[] {
    this.#at++
    const values: JsonValue[] = []
    if (this.#take(']')) return values
    for (;;) {
      const next = this.peek()
      values.push(next === ',' || next === ';' || next === ']' ? null : this.value(depth + 1))
      if (this.#take(']')) return values
      if (!this.#take(',') && !this.#take(';')) throw this.problem('a comma or ]')
    }
  }

  #object(depth: number): Map<string, JsonValue> {
    this.#at++
    const members = new Map<string, JsonValue>()
    if (this.#take('}')) return members
    for (;;) {
      const next = this.peek()
      const name = next === '"' || next === "'" ? this.#quoted() : this.#word()
      if (this.#take('=')) this.#take('>')
      else if (!this.#take(':')) throw this.problem('a colon')
      members.set(name, this.value(depth + 1))
      if (this.#take('}')) return members
      if (!this.#take(',') && !this.#take(';')) throw this.problem('a comma or }')
    }
  }

  #take(character: string): boolean {
    if (this.peek() !== character) return false
    this.#at++
    return true
  }

  #word(): string {
    const word = /[^\s/\\;#=:,{}[\]]+/y
    word.lastIndex = this.#at
    const found = word.exec(this.#text)?.[0]
    if (found === undefined) throw this.problem('a value')
    this.#at += found.length
    return found
  }

  #quoted(): string {
    const quote = this.#text[this.#at++]!
    let text = ''
    for (;;) {
      const character = this.#text[this.#at++]
      if (character === undefined) throw this.problem('the end of a text')
      if (character === quote) return text
      text += character === '\\' ? this.#escaped() : character
    }
  }

  #escaped(): string {
    const character = this.#text[this.#at++]
    switch (character) {
      case 'u': {
        const digits = this.#text.slice(this.#at, this.#at + 4)
        if (!/^[0-9a-fA-F]{4}$/.test(digits)) throw this.problem('four hexadecimal digits')
        this.#at += 4
        return String.fromCharCode(Number.parseInt(digits, 16))
      }
      case 't':
        return '\t'
      case 'b':
        return '\b'
      case 'n':
        return '\n'
      case 'r':
        return '\r'
      case 'f':
        return '\f'
      case '"':
      case "'":
      case '\\':
      case '/':
      case '\n':
        return character
      default:
        throw this.problem('an escape')
    }
  }
}
