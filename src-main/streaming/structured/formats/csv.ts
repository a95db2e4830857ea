// CSV (RFC 4180), one record per text: as many columns as there are fields. An empty column is null, an empty quoted one is empty text.
import type { Schema } from '../../../../src-shared/streaming/structured/schema.ts'
import type { Format } from './format.ts'

export function csv(schema: Schema, separator = ',', quote = '"'): Format {
  const columns = Object.keys(schema).length
  const separatorByte = separator.charCodeAt(0)
  const quoteByte = quote.charCodeAt(0)
  return {
    schema,
    read(bytes, start, end, fields) {
      let field = 0
      let at = start
      for (;;) {
        let until = at
        if (bytes[at] === quoteByte && at < end) {
          let doubled = false
          until = at + 1
          for (; until < end; until++) {
            if (bytes[until] !== quoteByte) continue
            if (until + 1 >= end || bytes[until + 1] !== quoteByte) break
            doubled = true
            until += 1
          }
          if (until >= end) return `the quote of column ${field + 1} does not end`
          if (field < columns) {
            if (doubled) fields.setText(field, bytes.toString('utf8', at + 1, until).replaceAll(quote + quote, quote))
            else fields.set(field, at + 1, until)
          }
          until += 1
          if (until < end && bytes[until] !== separatorByte) return `there is text behind the quote of column ${field + 1}`
        } else {
          while (until < end && bytes[until] !== separatorByte) until += 1
          if (until > at && field < columns) fields.set(field, at, until)
        }
        field += 1
        if (until >= end) break
        at = until + 1
      }
      return field === columns ? undefined : `it has ${field} column${field === 1 ? '' : 's'}, not ${columns}`
    },
  }
}
