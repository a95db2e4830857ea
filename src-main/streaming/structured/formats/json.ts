// JSON objects, one per text. The bytes are walked once and checked as RFC 8259 wants them; only what a field names is looked at again.
//
// A value becomes text: a string its content, a number as it is written, true and false their names, an object or list its JSON. null is
// null. The text is then read as the field's type. A field `a.b` is the member "a.b", or member b of the object in a; the last one counts.
import type { Schema } from '../../../../src-shared/streaming/structured/schema.ts'
import type { FieldWriter, Format } from './format.ts'

/** Members that somebody wants, of an object. */
interface Wanted {
  readonly name: Buffer
  /** The field that is this member. */
  field: number | undefined
  /** Members of the object in it. */
  readonly inside: Wanted[]
}

const [QUOTE, BACKSLASH, OPEN_OBJECT, CLOSE_OBJECT, OPEN_LIST, CLOSE_LIST, COLON, COMMA, MINUS, DOT] = Buffer.from(
  '"\\{}[]:,-.',
) as unknown as [number, number, number, number, number, number, number, number, number, number]
const deepest = 256
const words = ['true', 'false', 'null'].map((word) => Buffer.from(word))

export function json(schema: Schema): Format {
  const wanted: Wanted[] = []
  for (const [field, name] of Object.keys(schema).entries()) want(wanted, name.split('.'), field)
  return {
    schema,
    read(bytes, start, end, fields) {
      const walk = new Walk(bytes, start, end, fields)
      return walk.text(wanted) ? undefined : `it is not a JSON object: character ${bytes.toString('utf8', start, walk.at).length + 1}`
    },
  }
}

/** Every way to read the dots: a.b.c is the member a.b.c, c in a.b, b.c in a, or c in b in a. */
function want(members: Wanted[], parts: readonly string[], field: number): void {
  for (let length = 1; length <= parts.length; length++) {
    const name = Buffer.from(parts.slice(0, length).join('.'))
    let member = members.find((each) => each.name.equals(name))
    if (member === undefined) {
      member = { name, field: undefined, inside: [] }
      members.push(member)
    }
    if (length === parts.length) member.field = field
    else want(member.inside, parts.slice(length), field)
  }
}

class Walk {
  at: number
  readonly #bytes: Buffer
  readonly #end: number
  readonly #fields: FieldWriter

  constructor(bytes: Buffer, start: number, end: number, fields: FieldWriter) {
    this.#bytes = bytes
    this.at = start
    this.#end = end
    this.#fields = fields
  }

  /** One object and nothing else. */
  text(wanted: readonly Wanted[]): boolean {
    this.#blanks()
    if (this.#peek() !== OPEN_OBJECT || !this.#object(wanted, 0)) return false
    this.#blanks()
    return this.at === this.#end
  }

  #object(wanted: readonly Wanted[], depth: number): boolean {
    this.at += 1
    this.#blanks()
    if (this.#take(CLOSE_OBJECT)) return true
    for (;;) {
      const nameAt = this.at + 1
      if (this.#peek() !== QUOTE) return false
      const escaped = this.#string()
      if (escaped === undefined) return false
      const member = wanted.length === 0 ? undefined : this.#member(wanted, nameAt, this.at - 1, escaped)
      this.#blanks()
      if (!this.#take(COLON)) return false
      this.#blanks()
      if (!(member === undefined ? this.#value(depth + 1) : this.#wantedValue(member, depth + 1))) return false
      this.#blanks()
      if (this.#take(CLOSE_OBJECT)) return true
      if (!this.#take(COMMA)) return false
      this.#blanks()
    }
  }

  #member(wanted: readonly Wanted[], start: number, end: number, escaped: boolean): Wanted | undefined {
    if (escaped) {
      const name = Buffer.from(this.#content(start, end))
      return wanted.find((each) => each.name.equals(name))
    }
    for (const each of wanted) {
      if (each.name.length === end - start && each.name.compare(this.#bytes, start, end) === 0) return each
    }
    return undefined
  }

  #wantedValue({ field, inside }: Wanted, depth: number): boolean {
    const start = this.at
    const first = this.#peek()
    if (first === QUOTE) {
      const escaped = this.#string()
      if (escaped === undefined) return false
      if (field !== undefined) {
        if (escaped) this.#fields.setText(field, this.#content(start + 1, this.at - 1))
        else this.#fields.set(field, start + 1, this.at - 1)
      }
      return true
    }
    if (!(first === OPEN_OBJECT ? depth < deepest && this.#object(inside, depth) : this.#value(depth))) return false
    if (field === undefined) return true
    if (first === 0x6e) this.#fields.setNull(field)
    else this.#fields.set(field, start, this.at)
    return true
  }

  #value(depth: number): boolean {
    switch (this.#peek()) {
      case QUOTE:
        return this.#string() !== undefined
      case OPEN_OBJECT:
        return depth < deepest && this.#object([], depth)
      case OPEN_LIST:
        return depth < deepest && this.#list(depth)
      case 0x74:
        return this.#word(words[0]!)
      case 0x66:
        return this.#word(words[1]!)
      case 0x6e:
        return this.#word(words[2]!)
      default:
        return this.#number()
    }
  }

  #list(depth: number): boolean {
    this.at += 1
    this.#blanks()
    if (this.#take(CLOSE_LIST)) return true
    for (;;) {
      if (!this.#value(depth + 1)) return false
      this.#blanks()
      if (this.#take(CLOSE_LIST)) return true
      if (!this.#take(COMMA)) return false
      this.#blanks()
    }
  }

  /** Goes behind a string. True when it has escapes, undefined when it is none. */
  #string(): boolean | undefined {
    const bytes = this.#bytes
    let escaped = false
    for (this.at += 1; this.at < this.#end; this.at++) {
      const byte = bytes[this.at]!
      if (byte === QUOTE) {
        this.at += 1
        return escaped
      }
      if (byte < 0x20) return undefined
      if (byte !== BACKSLASH) continue
      escaped = true
      this.at += 1
      if (!this.#escape()) return undefined
    }
    return undefined
  }

  #escape(): boolean {
    const byte = this.at < this.#end ? this.#bytes[this.at]! : 0
    if (byte !== 0x75) return '"\\/bfnrt'.includes(String.fromCharCode(byte))
    for (let digit = 0; digit < 4; digit++) {
      this.at += 1
      if (this.at >= this.#end || !/[0-9a-fA-F]/.test(String.fromCharCode(this.#bytes[this.at]!))) return false
    }
    return true
  }

  #content(start: number, end: number): string {
    return JSON.parse(`"${this.#bytes.toString('utf8', start, end)}"`) as string
  }

  #number(): boolean {
    this.#take(MINUS)
    if (this.#take(0x30)) {
      // A number does not go on after a leading 0.
    } else if (!this.#digits()) return false
    if (this.#take(DOT) && !this.#digits()) return false
    if (this.#take(0x65) || this.#take(0x45)) {
      if (!this.#take(0x2b)) this.#take(MINUS)
      if (!this.#digits()) return false
    }
    return true
  }

  #digits(): boolean {
    const from = this.at
    while (this.at < this.#end && this.#bytes[this.at]! >= 0x30 && this.#bytes[this.at]! <= 0x39) this.at += 1
    return this.at > from
  }

  #word(word: Buffer): boolean {
    const end = this.at + word.length
    if (end > this.#end || word.compare(this.#bytes, this.at, end) !== 0) return false
    this.at = end
    return true
  }

  #blanks(): void {
    while (this.at < this.#end) {
      const byte = this.#bytes[this.at]!
      if (byte !== 0x20 && byte !== 0x09 && byte !== 0x0a && byte !== 0x0d) return
      this.at += 1
    }
  }

  #peek(): number {
    return this.at < this.#end ? this.#bytes[this.at]! : 0
  }

  #take(byte: number): boolean {
    if (this.#peek() !== byte) return false
    this.at += 1
    return true
  }
}
