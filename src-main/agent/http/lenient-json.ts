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

/** Members of an object; of a name that comes again the last value counts. */
export class Members extends Map<string, JsonValue> {
  /** Values that another of the same name follows. */
  readonly replaced: [name: string, value: JsonValue][] = []
  /** A name that came again after a value that was not null: Gson refuses that in a map. */
  repeated: string | undefined
}

/** The text is no JSON, even leniently; says where. */
export class JsonSyntaxError extends Error {
  /** What stands before that place, when it begins an array or an object. */
  before: { readonly value: JsonValue /** Arrays and objects whose end was not read. */; readonly open: ReadonlySet<JsonValue> } | undefined
}

/** The text has more values than were asked for. */
export class TooManyValues extends Error {}

const maxDepth = 100

export interface LenientJson {
  /** Undefined for a text without any. */
  readonly value: JsonValue | undefined
  /**
   * Reading ended at a \u with what is no hexadecimal digit, which to Gson is no syntax error. `value` has what stands before it; the text with the
   * escape is empty. Gson reads and understands at once: a mistake that is in `value` it finds first.
   */
  readonly cut?: { readonly message: string /** Arrays and objects whose end was not read. */; readonly open: ReadonlySet<JsonValue> }
}

/** Reads one value and nothing after it. Throws JsonSyntaxError; TooManyValues beyond `maxValues`. */
export function parseLenientJson(text: string, maxValues = Number.POSITIVE_INFINITY): LenientJson {
  const reader = new Reader(text, maxValues)
  if (reader.peek() === undefined) return { value: undefined }
  try {
    const value = reader.value(0)
    if (reader.cut !== undefined) return { value, cut: { message: reader.cut, open: reader.open } }
    if (reader.atEnd()) return { value }
    const error = reader.problem('nothing more')
    error.before = { value, open: new Set() }
    throw error
  } catch (error) {
    if (error instanceof JsonSyntaxError) error.before ??= reader.partly()
    throw error
  }
}

/** An array or an object that is being read; the name is of the member that is. */
interface Begun {
  readonly container: JsonValue[] | Members
  name?: string
}

class Reader {
  readonly #text: string
  #at = 0
  /** The first backslash at or behind the last text that was looked at; the length when there is none. */
  #escape = -1
  #valuesLeft: number
  cut: string | undefined
  /** Filled when reading was cut. */
  readonly open = new Set<JsonValue>()
  readonly #begun: Begun[] = []

  constructor(text: string, maxValues: number) {
    this.#valuesLeft = maxValues
    // A byte order mark and Gson's guard against hijacking are passed over.
    this.#text = text.replace(/^\ufeff/, '').replace(/^\)\]\}'\n/, '')
  }

  /** The next character that counts, or undefined at the end. */
  peek(): string | undefined {
    const code = this.#text.charCodeAt(this.#at)
    if (code > 0x2f && code < 0x7f) return this.#text[this.#at]
    // One run of blanks or one comment at a time: a repetition of them in one pattern runs out of the engine's stack on millions.
    for (let end = this.#endOfBlank(); end !== this.#at; end = this.#endOfBlank()) this.#at = end
    return this.#text[this.#at]
  }

  /** What was read of arrays and objects that did not come to their end. */
  partly(): JsonSyntaxError['before'] {
    const [outermost] = this.#begun
    if (outermost === undefined) return undefined
    for (let depth = this.#begun.length - 1; depth > 0; depth--) {
      const { container, name } = this.#begun[depth - 1]!
      const inner = this.#begun[depth]!.container
      if (Array.isArray(container)) container.push(inner)
      else if (name !== undefined) container.set(name, inner)
    }
    return { value: outermost.container, open: new Set(this.#begun.map(({ container }) => container)) }
  }

  /** Whether only blanks follow: behind the value Gson reads strictly, and takes no comment. */
  atEnd(): boolean {
    return /^[ \t\r\n]*$/.test(this.#text.slice(this.#at))
  }

  #endOfBlank(): number {
    const text = this.#text
    const at = this.#at
    const code = text.charCodeAt(at)
    if (code === 0x23 || (code === 0x2f && text[at + 1] === '/')) {
      const end = text.indexOf('\n', at)
      return end < 0 ? text.length : end
    }
    if (code === 0x2f && text[at + 1] === '*') {
      const end = text.indexOf('*/', at + 2)
      return end < 0 ? at : end + 2
    }
    let end = at
    while (end < text.length && blank(text.charCodeAt(end))) end++
    return end
  }

  problem(wanted: string): JsonSyntaxError {
    return new JsonSyntaxError(`expected ${wanted} at character ${this.#at + 1}`)
  }

  value(depth: number): JsonValue {
    if (depth > maxDepth) throw this.problem(`no more than ${maxDepth} levels`)
    if (--this.#valuesLeft < 0) throw new TooManyValues()
    const next = this.peek()
    if (next === '[') return this.#whole([], (values) => this.#array(values, depth))
    if (next === '{') return this.#whole(new Members(), (members, begun) => this.#object(members, begun, depth))
    if (next === '"' || next === "'") return this.#quoted()
    const word = this.#word()
    return word.toLowerCase() === 'null' ? null : new Literal(word)
  }

  /** The container, filled; what is thrown meanwhile finds it among those that were begun. */
  #whole<T extends JsonValue[] | Members>(container: T, fill: (container: T, begun: Begun) => void): T {
    const begun: Begun = { container }
    this.#begun.push(begun)
    fill(container, begun)
    this.#begun.pop()
    return container
  }

  #array(values: JsonValue[], depth: number): void {
    this.#at++
    if (this.#take(']')) return
    for (;;) {
      const next = this.peek()
      values.push(next === ',' || next === ';' || next === ']' ? null : this.value(depth + 1))
      if (this.#isCut(values) || this.#take(']')) return
      if (!this.#take(',') && !this.#take(';')) throw this.problem('a comma or ]')
    }
  }

  #object(members: Members, begun: Begun, depth: number): void {
    this.#at++
    if (this.#take('}')) return
    for (;;) {
      const next = this.peek()
      const name = next === '"' || next === "'" ? this.#quoted() : this.#word()
      if (this.#isCut(members)) return
      if (this.#take('=')) this.#take('>')
      else if (!this.#take(':')) throw this.problem('a colon')
      const earlier = members.get(name)
      if (earlier !== undefined) members.replaced.push([name, earlier])
      begun.name = name
      members.set(name, this.value(depth + 1))
      if (this.#isCut(members)) return
      delete begun.name
      if ((earlier ?? null) !== null) members.repeated = name
      if (this.#take('}')) return
      if (!this.#take(',') && !this.#take(';')) throw this.problem('a comma or }')
    }
  }

  #isCut(value: JsonValue): boolean {
    if (this.cut !== undefined) this.open.add(value)
    return this.cut !== undefined
  }

  #take(character: string): boolean {
    if (this.peek() !== character) return false
    this.#at++
    return true
  }

  #word(): string {
    word.lastIndex = this.#at
    const found = word.exec(this.#text)?.[0]
    if (found === undefined) throw this.problem('a value')
    this.#at += found.length
    return found
  }

  #quoted(): string {
    const text = this.#text
    const quote = text[this.#at++]!
    // In slices: a text put together character by character takes many times its size.
    const parts: string[] = []
    for (;;) {
      const end = text.indexOf(quote, this.#at)
      if (this.#escape < this.#at) {
        const next = text.indexOf('\\', this.#at)
        this.#escape = next < 0 ? text.length : next
      }
      if (end >= 0 && end < this.#escape) {
        const last = text.slice(this.#at, end)
        this.#at = end + 1
        return parts.length === 0 ? last : parts.join('') + last
      }
      if (this.#escape === text.length) {
        this.#at = text.length + 1
        throw this.problem('the end of a text')
      }
      parts.push(text.slice(this.#at, this.#escape))
      this.#at = this.#escape + 1
      parts.push(this.#escaped())
      if (this.cut !== undefined) return ''
    }
  }

  #escaped(): string {
    const character = this.#text[this.#at++]
    switch (character) {
      case 'u': {
        const digits = this.#text.slice(this.#at, this.#at + 4)
        if (digits.length < 4) throw this.problem('four hexadecimal digits')
        if (!/^[0-9a-fA-F]{4}$/.test(digits)) {
          this.cut = `\\u${digits} is no number at character ${this.#at + 1}`
          return ''
        }
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

const word = /[^ \t\f\r\n/\\;#=:,{}[\]]+/y

/** The only blanks that Gson passes over. */
const blank = (code: number): boolean => code === 0x20 || code === 9 || code === 10 || code === 13
