// logfmt (`level=info msg="two words" done`) and other lists of `key=value`. Of a key that stands there twice the last one counts.
import type { Schema } from '../../../../src-shared/streaming/structured/schema.ts'
import type { FieldWriter, Format } from './format.ts'

const pair = /\s*([^\s="]+)(?:=(?:"((?:[^"\\]|\\.)*)"(?=\s|$)|([^\s"]*)(?=\s|$)))?/sy

/** A key without a value is true. */
export function logfmt(schema: Schema): Format {
  const numbers = fieldNumbers(schema)
  return {
    schema,
    read(bytes, start, end, fields) {
      const text = bytes.toString('utf8', start, end).trimEnd()
      let values = 0
      pair.lastIndex = 0
      while (pair.lastIndex < text.length) {
        const at = pair.lastIndex
        const found = pair.exec(text)
        if (
          found === null ||
          (found[2] === undefined && found[3] === undefined && !/^(?:\s|$)/.test(text.slice(pair.lastIndex, pair.lastIndex + 1)))
        )
          return `it is not key=value from character ${at + 1} on`
        const value = found[2]?.replace(/\\(.)/gs, (_, char: string) => escapes[char] ?? char) ?? found[3]
        if (value !== undefined) values += 1
        setField(fields, numbers.get(found[1]!), value ?? 'true')
      }
      return values === 0 ? 'there is no key=value in it' : undefined
    },
  }
}

const escapes: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r' }

/** Pieces without an `assign` are passed over; a text without any that has one is not of this format. */
export function keyValue(schema: Schema, separator = ' ', assign = '='): Format {
  const numbers = fieldNumbers(schema)
  return {
    schema,
    read(bytes, start, end, fields) {
      let values = 0
      for (const piece of bytes.toString('utf8', start, end).split(separator)) {
        const at = piece.indexOf(assign)
        if (at < 0) continue
        values += 1
        setField(fields, numbers.get(piece.slice(0, at).trim()), piece.slice(at + assign.length).trim())
      }
      return values === 0 ? `there is no key${assign}value in it` : undefined
    },
  }
}

function fieldNumbers(schema: Schema): ReadonlyMap<string, number> {
  return new Map(Object.keys(schema).map((name, index) => [name, index]))
}

function setField(fields: FieldWriter, field: number | undefined, text: string): void {
  if (field === undefined) return
  if (text === '') fields.setNull(field)
  else fields.setText(field, text)
}
