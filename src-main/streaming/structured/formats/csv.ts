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
      for (let at = start; ; field++) {
        const isQuoted = at < end && bytes[at] === quoteByte
        const close = isQuoted ? closingQuote(bytes, at + 1, end, quoteByte) : 0
        if (close >= end) return `the quote of column ${field + 1} does not end`
        let until = isQuoted ? close + 1 : at
        if (isQuoted && until < end && bytes[until] !== separatorByte) return `there is text behind the quote of column ${field + 1}`
        while (until < end && bytes[until] !== separatorByte) until += 1
        if (field < columns && isQuoted) {
          const doubled = bytes.indexOf(quoteByte, at + 1) < close
          if (doubled) fields.setText(field, bytes.toString('utf8', at + 1, close).replaceAll(quote + quote, quote))
          else fields.set(field, at + 1, close)
        } else if (field < columns && until > at) fields.set(field, at, until)
        if (until >= end) break
        at = until + 1
      }
      field += 1
      return field === columns ? undefined : `it has ${field} column${field === 1 ? '' : 's'}, not ${columns}`
    },
  }
}

/** Where the quote is that ends a text, `end` where none does. Two in a row are one that belongs to the text. */
function closingQuote(bytes: Uint8Array, from: number, end: number, quoteByte: number): number {
  let at = from
  while (at < end) {
    if (bytes[at] !== quoteByte) at += 1
    else if (at + 1 < end && bytes[at + 1] === quoteByte) at += 2
    else return at
  }
  return end
}
