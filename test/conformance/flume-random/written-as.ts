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

const pieces = [
  '\\',
  '\\\\',
  '\\\n',
  '\\\r\n',
  '\\u',
  '\\u0041',
  '\\u00',
  '\\U0041',
  '\\uuu0041',
  '\\u000a',
  '\\u003d',
  '\\u0020',
  '\\u005c',
  '\\n',
  '\\t',
  '\\x',
  '\\:',
  '\\=',
  '\\ ',
  ' ',
  '\t',
  '\f',
  '\u000b',
  '\u00a0',
  '\u2028',
  '\u0085',
  '=',
  ':',
  '#',
  '!',
  '\n',
  '\r',
  '\r\n',
  '\n\n',
  '\0',
  '\u001a',
  '\ufeff',
  '${',
  '}',
  '$',
  '${a1.sources}',
  '${env:FLUME_CASE_A}',
  '.',
  '..',
  'é',
] as const

/** The file with a few characters put in, taken out or doubled, wherever they stand. */
export function changedText(bytes: Buffer, random: Random): Buffer {
  let text = bytes.toString('utf8')
  for (let left = random.pick([1, 1, 2, 3, 8]); left > 0; left--) {
    // Most stand beside something that means something.
    const marks = [...text.matchAll(/[=:.\n\\ ]/g)].map(({ index }) => index)
    const at = random.chance(0.7) && marks.length > 0 ? random.pick(marks) + random.below(2) : random.below(text.length + 1)
    const line = text.indexOf('\n', at)
    text = random.pick([
      () => text.slice(0, at) + random.pick(pieces) + text.slice(at),
      () => text.slice(0, at) + random.pick(pieces) + text.slice(at),
      () => text.slice(0, at) + text.slice(at + 1),
      () => (line < 0 ? text : text.slice(0, line) + random.pick(['\\', ' \\', '\\\\', '\\\\\\', ' ', '\t', '\\ ']) + text.slice(line)),
      () => (line < 0 ? text : text.slice(0, line + 1) + text.slice(text.lastIndexOf('\n', at - 1) + 1, line + 1) + text.slice(line + 1)),
      () => text.slice(0, at) + random.pick(pieces) + text.slice(at + 1),
    ])()
  }
  return Buffer.from(text, 'utf8')
}
