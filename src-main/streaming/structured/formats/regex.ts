// A regular expression whose named groups are fields. It is looked for anywhere in the text; ^ and $ bind it to the ends.
import { javaRegex } from '../../../../src-shared/regex/java-regex.ts'
import type { Schema } from '../../../../src-shared/streaming/structured/schema.ts'
import type { Format } from './format.ts'

/** A group that took no part is null. */
export function regex(schema: Schema, pattern: string): Format {
  const expression = javaRegex(pattern)
  const names = Object.keys(schema)
  return {
    schema,
    read(bytes, start, end, fields) {
      const groups = expression.exec(bytes.toString('utf8', start, end))?.groups
      if (groups === undefined) return 'the pattern is not in it'
      names.forEach((name, field) => {
        const text = groups[name]
        if (text !== undefined) fields.setText(field, text)
      })
      return undefined
    },
  }
}
