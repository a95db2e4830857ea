// Entries as the bytes of a .properties file, in one of the many ways in which java.util.Properties lets them be written.
import type { Random } from '../../driver/random.ts'

/** Characters above U+00FF become escapes, or the bytes of UTF-8, which Flume takes for ISO-8859-1. */
export function writtenAs(entries: readonly (readonly [key: string, value: string])[], random: Random): Buffer {
  const odd = random.pick([0, 0, 0.03, 0.25])
  const lineEnd = random.chance(0.85) ? '\n' : random.pick(['\r\n', '\r', '\n\n', '\n\r'])
  let text = random.chance(0.02) ? '\ufeff' : ''
  for (const [key, value] of entries) {
    if (random.chance(odd / 3))
      text +=
        random.pick([
          '# comment',
          '! comment \\',
          '   ',
          '\t# x = y',
          '#',
          '\\',
          ' \\',
          '\f',
          'alone',
          '= nothing',
          '\\\n',
          '#\\u12',
        ] as const) + lineEnd
    text += written(key, true, odd, random) + separator(odd, random) + written(value, false, odd, random)
    text += random.chance(odd / 4) ? random.pick([' ', '\\', '\\t', '  \\t', '\\u0020']) : ''
    text += lineEnd
  }
  if (random.chance(0.05)) text = text.slice(0, -lineEnd.length)
  if (random.chance(0.01)) text += random.pick(['\\u12', 'a1.x = \\uzzzz', '\\', '\\u', 'a1.sources.r1.x = \\ud83d', '\u001a', '\0'])
  return Buffer.from(text, 'utf8')
}

function separator(odd: number, random: Random): string {
  return random.chance(odd) ? random.pick(['=', ':', ' ', '\t', ' : ', '\f', ' =\\\n   ', '\\\n = ', '  ', '=\t', ' :=', '= = ']) : ' = '
}

function written(text: string, isKey: boolean, odd: number, random: Random): string {
  let out = ''
  for (const [index, char] of [...text].entries()) {
    if (random.chance(odd / 12)) out += random.pick(['\\\n', '\\\r\n   ', '\\\n\t', '\\\r'])
    const code = char.codePointAt(0)!
    const special = isKey ? ' \t=:#!\f' : index === 0 ? ' \t=:\f' : ''
    if (char === '\\') out += '\\\\'
    else if (char === '\n') out += '\\n'
    else if (special.includes(char)) out += `\\${char}`
    else if (code > 126 && random.chance(0.6)) for (let unit = 0; unit < char.length; unit++) out += unicode(char.charCodeAt(unit), random)
    else if (random.chance(odd / 12) && /[a-zA-Z0-9.]/.test(char))
      out += random.chance(0.5) || /[tnrfu]/.test(char) ? unicode(code, random) : `\\${char}`
    else out += char
  }
  return out
}

function unicode(code: number, random: Random): string {
  const hex = code.toString(16).padStart(4, '0')
  return `\\u${random.chance(0.5) ? hex : hex.toUpperCase()}`
}
