// The few java.lang.String operations whose results differ from JavaScript's and decide what Flume reads.

/** String.trim: everything up to and including the blank, not Unicode's white space. */
export function javaTrim(text: string): string {
  let start = 0
  let end = text.length
  while (start < end && text.charCodeAt(start) <= 32) start++
  while (end > start && text.charCodeAt(end - 1) <= 32) end--
  return text.slice(start, end)
}

/** split("\\s+"): a leading empty word is kept, trailing ones are not. */
export function javaWords(text: string): string[] {
  const words = text.split(/[ \t\n\v\f\r]+/)
  while (words.length > 1 && words.at(-1) === '') words.pop()
  return words
}

/** Integer.parseInt after trim, as Context.getInteger does; undefined where Java throws NumberFormatException. */
export const javaInteger = (text: string): number | undefined => inRange(javaTrim(text), -(2n ** 31n), 2n ** 31n - 1n)

/** Long.parseLong after trim. */
export const javaLong = (text: string): number | undefined => inRange(javaTrim(text), -(2n ** 63n), 2n ** 63n - 1n)

/** Integer.parseInt without trim. */
export const javaIntegerUntrimmed = (text: string): number | undefined => inRange(text, -(2n ** 31n), 2n ** 31n - 1n)

/** Long.parseLong without trim. */
export const javaLongUntrimmed = (text: string): number | undefined => inRange(text, -(2n ** 63n), 2n ** 63n - 1n)

/** Context.getBoolean. */
export const javaBoolean = (text: string): boolean => javaTrim(text).toLowerCase() === 'true'

function inRange(text: string, least: bigint, most: bigint): number | undefined {
  const digits = text.replace(/(?![0-9])[\p{Nd}--[\u{10000}-\u{10FFFF}]]/gv, digitValue)
  if (!/^[+-]?\d+$/.test(digits)) return undefined
  const value = BigInt(digits.replace('+', ''))
  return value < least || value > most ? undefined : Number(value)
}

/** Character.digit: the decimal digits of every script count, those outside the Basic Multilingual Plane (two chars in Java) do not. A row of ten begins at …0 or …6. */
function digitValue(digit: string): string {
  const code = digit.codePointAt(0)!
  const row = code & ~15
  return String(code - (/\p{Nd}/u.test(String.fromCodePoint(row)) ? row : row + 6))
}
