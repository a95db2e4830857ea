// Characters of logs that would not be seen, or that change the direction of text, as signs.

/** Tabs and line feeds are not among them. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are the characters to be shown
export const unseen = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufffd]/g

export function visibleText(text: string): string {
  return text.replace(unseen, visible)
}

/** The sign of one of them. */
export function visible(character: string): string {
  const code = character.codePointAt(0)!
  if (code === 0xfffd) return '�'
  if (code < 0x20) return String.fromCodePoint(0x2400 + code)
  if (code === 0x7f) return '␡'
  return `‹${code.toString(16).toUpperCase().padStart(4, '0')}›`
}
