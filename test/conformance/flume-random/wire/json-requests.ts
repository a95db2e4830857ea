// Requests to an HTTP source with its JSON handler: what Gson takes, and what it does not, wherever it stands.
import type { Random } from '../../../driver/random.ts'

export function jsonRequest(mark: string, random: Random): { readonly contentType: string | undefined; readonly body: Buffer } {
  const oddness = random.pick([0, 0.02, 0.08, 0.2])
  const seldom = (): boolean => random.chance(oddness)
  const blank = (): string => (seldom() ? random.pick([' ', '\n', '\t', '/* c */', '// c\n', '# c\n', '\f', '\u00a0', '/**/', '/*']) : '')
  const quoted = (text: string): string => {
    if (seldom())
      return random.pick([
        text,
        `'${text}'`,
        `"${text}`,
        `${text}"`,
        `'${text}"`,
        `"${text}\\`,
        `"\\${text}"`,
        '"\\u12"',
        '"\\u12g4"',
        '"\\uD800"',
      ])
    return JSON.stringify(text)
  }
  const scalar = (): string =>
    seldom()
      ? random.pick([
          'null',
          'NULL',
          'true',
          'False',
          '1',
          '1.50',
          '-0',
          '01',
          '1e400',
          'NaN',
          '[]',
          '{}',
          '[null]',
          '',
          'nul',
          'x y',
          '{"a":1}',
          '0x1',
        ])
      : quoted(random.pick(['v', '', 'ü€', 'a b', '\u{1f600}', '<&>']))
  const colon = (): string => (seldom() ? random.pick(['=', '=>', '::', '', ';', ',']) : ':')
  const comma = (): string => (seldom() ? random.pick([';', ',,', '', ':', ' ']) : ',')
  const name = (text: string): string =>
    seldom() ? random.pick(['null', text, `'${text}'`, '1', '"null"', '', '[', 'true']) : quoted(text)
  const headers = (): string => {
    if (seldom())
      return random.pick([
        'null',
        '[]',
        '"x"',
        '1',
        '[["a","b"]]',
        '[["a"]]',
        '[[null,"b"]]',
        '[["a","b"],["a","c"]]',
        '[["a",null],["a","c"]]',
        '[[null,"b"]',
        '[[null,"b"]]x',
        '[[null',
        '[[null,"b"],',
        '[["a","b"],[null,"c"]}',
        '{',
        '[[null,"b","c"]]',
        '[[null]]',
        '[[[],"b"]]',
        '[["a","b"]}',
      ])
    const members = Array.from(
      { length: random.pick([0, 1, 1, 2, 3]) },
      () => `${blank()}${name(random.pick(['h', 'k', 'a b', 'h']))}${blank()}${colon()}${blank()}${scalar()}${blank()}`,
    )
    return `{${members.join(comma())}}`
  }
  const element = (): string => {
    if (seldom()) return random.pick(['null', '', '{}', '[]', '1', '"x"', '{"body":null}', 'true', '{"other":[{"a":{}}],"body":"b"}'])
    const members = [
      `"headers"${colon()}${blank()}${headers()}`,
      `${name('body')}${colon()}${random.chance(0.8) ? JSON.stringify(mark) : scalar()}`,
    ]
    if (seldom())
      members.push(random.pick(['"x":1', '"body":"again"', '"headers":{}', '"headers":null', '"x":{"y":[1,2,{}]}', '"x":[}', 'Body:1']))
    if (random.chance(0.2)) members.reverse()
    return `{${members.join(comma())}${seldom() ? random.pick([',', ';', '']) : ''}}`
  }
  const elements = Array.from({ length: random.pick([0, 1, 1, 2, 3]) }, element)
  let text = `${blank()}[${elements.join(comma())}${seldom() ? ',' : ''}]${seldom() ? random.pick([' ', ']', 'x', '// c', ' []', '\0', ',']) : ''}`
  if (seldom()) text = text.slice(0, random.below(text.length + 1))
  if (seldom()) text = random.pick(['', ' ', 'null', '{}', '"x"', `)]}'\n${text}`, `\ufeff${text}`, '[', ']', '[]', '[,]', '[;]'])
  const contentType = random.pick([
    'application/json',
    'application/json',
    'application/json',
    'application/json; charset=UTF-8',
    undefined,
    'text/plain',
  ])
  return { contentType, body: Buffer.from(text) }
}
