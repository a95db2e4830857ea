// Colours for Java properties text: comments, keys, values, ${…}.
import type { StreamParser } from '@codemirror/language'

interface Mode {
  where: 'key' | 'value'
  continued: boolean
}

export const propertiesMode: StreamParser<Mode> = {
  name: 'properties',
  languageData: { commentTokens: { line: '#' } },
  startState: () => ({ where: 'key', continued: false }),
  token: (stream, state) => {
    if (stream.sol()) {
      if (!state.continued) state.where = 'key'
      state.continued = false
      if (state.where === 'key' && stream.match(/^\s*[#!].*/) !== null) return 'comment'
    }
    if (stream.eatSpace()) return null
    if (stream.match(/^\\$/) !== null) {
      state.continued = true
      return 'operator'
    }
    if (state.where === 'key') {
      if (stream.match(/^[=:]/) !== null) {
        state.where = 'value'
        return 'operator'
      }
      stream.match(/^(?:\\.|[^=:\s\\])+/)
      return 'propertyName'
    }
    if (stream.match(/^\$\{[^}]*\}/) !== null) return 'keyword'
    if (stream.match(/^-?\d+(?:\.\d+)?(?=\s|$)/) !== null) return 'number'
    if (stream.match(/^(?:true|false)(?=\s|$)/i) !== null) return 'bool'
    if (stream.match(/^(?:\\.|[^\s\\$]|\$(?!\{))+/) === null) stream.next()
    return 'string'
  },
}
