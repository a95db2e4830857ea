// The replacement texts of Java's Matcher.replaceAll: `$1`, `${name}`, and `\` before a character that stands for itself.
import { MillraceError } from '../../../src-shared/errors.ts'

type Part = { readonly text: string } | { readonly group: number } | { readonly name: string }

/** What a match becomes. Throws BAD_CONFIGURATION for a reference that Java would refuse; `groups`: how many the expression has. */
export function javaReplacement(replacement: string, groups: number): (match: RegExpExecArray) => string {
  const parts: Part[] = []
  let at = 0
  const fail = (why: string): never => {
    throw new MillraceError('BAD_CONFIGURATION', `replaceString ${JSON.stringify(replacement)} ${why}.`)
  }
  while (at < replacement.length) {
    const char = replacement[at++]!
    if (char === '\\') {
      if (at === replacement.length) fail('ends in a lone backslash')
      parts.push({ text: replacement[at++]! })
    } else if (char === '$') {
      const named = /^\{([a-zA-Z][a-zA-Z0-9]*)\}/.exec(replacement.slice(at))
      const digit = /^\d/.exec(replacement.slice(at))
      if (named !== null) {
        parts.push({ name: named[1]! })
        at += named[0].length
      } else if (digit !== null) {
        let group = Number(digit[0])
        at += 1
        if (group > groups) fail(`refers to group ${group}; the expression has ${groups}`)
        // As Java: further digits belong to the number while there is such a group.
        while (/\d/.test(replacement[at] ?? '') && group * 10 + Number(replacement[at]) <= groups)
          group = group * 10 + Number(replacement[at++])
        parts.push({ group })
      } else fail('has a $ without a group; write \\$ for the character')
    } else parts.push({ text: char })
  }
  return (match) =>
    parts
      .map((part) => ('text' in part ? part.text : 'group' in part ? (match[part.group] ?? '') : (match.groups?.[part.name] ?? '')))
      .join('')
}
