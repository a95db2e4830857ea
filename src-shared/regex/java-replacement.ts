// The replacement texts of Java's Matcher.replaceAll: `$1`, `${name}`, and `\` before a character that stands for itself.
import { groupsOf } from './java-regex.ts'

type Part = { readonly text: string } | { readonly group: number } | { readonly name: string }

export interface JavaReplacement {
  /** What Java throws at the first match: the text itself is read only then. The words are Java's. */
  readonly problem?: string
  /** What a match becomes. Without meaning where there is a problem. */
  readonly of: (match: RegExpExecArray) => string
}

export function javaReplacement(replacement: string, regex: RegExp): JavaReplacement {
  const { count, names } = groupsOf(regex)
  const parts: Part[] = []
  const refused = (problem: string): JavaReplacement => ({ problem, of: () => replacement })
  let at = 0
  while (at < replacement.length) {
    const char = replacement[at++]!
    if (char === '\\') {
      if (at === replacement.length) return refused('character to be escaped is missing')
      parts.push({ text: replacement[at++]! })
    } else if (char !== '$') parts.push({ text: char })
    else if (at === replacement.length) return refused('Illegal group reference: group index is missing')
    else if (replacement[at] === '{') {
      const name = /^[a-zA-Z0-9]*/.exec(replacement.slice(at + 1))![0]
      at += name.length + 2
      if (name === '' || replacement[at - 1] !== '}') return refused("named capturing group is missing trailing '}'")
      if (/^\d/.test(name)) return refused(`capturing group name {${name}} starts with digit character`)
      if (!names.includes(name)) return refused(`No group with name {${name}}`)
      parts.push({ name })
    } else {
      const digit = /\d/.exec(replacement[at++]!)?.[0]
      if (digit === undefined) return refused('Illegal group reference')
      let group = Number(digit)
      if (group > count) return refused(`No group ${group}`)
      // Further digits belong to the number while there is such a group.
      while (/\d/.test(replacement[at] ?? '') && group * 10 + Number(replacement[at]) <= count) {
        group = group * 10 + Number(replacement[at++])
      }
      parts.push({ group })
    }
  }
  return {
    of: (match) =>
      parts
        .map((part) => ('text' in part ? part.text : 'group' in part ? (match[part.group] ?? '') : (match.groups?.[part.name] ?? '')))
        .join(''),
  }
}
