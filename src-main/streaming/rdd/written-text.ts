// Text as Java writes it: half of a character, alone, has no bytes in any encoding and becomes a question mark.
import { show } from './value.ts'

const halfAlone = /\p{Surrogate}/gu

/** The text of a value on its way to a file, a command or the console. */
export function writtenText(value: unknown): string {
  const text = show(value)
  return text.isWellFormed() ? text : text.replace(halfAlone, '?')
}
