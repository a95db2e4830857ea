// Texts of configuration files: loaded with located problems, judged as Flume would, edited and written back; nothing throws.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { asFlume } from '../../../src-shared/flume/as-flume/as-flume.ts'
import { loadConfiguration } from '../../../src-shared/flume/load-configuration.ts'
import { decodeProperties, encodeProperties } from '../../../src-shared/flume/properties-bytes.ts'
import { documentText, parseDocument, setValue } from '../../../src-shared/flume/properties-document.ts'
import { structureOf } from '../../../src-shared/pipeline/pipeline-structure.ts'
import { builtInDefinitions } from '../built-in-definitions.ts'
import { assert, type FuzzTarget } from '../fuzz-target.ts'

const cases = join(import.meta.dirname, '../../conformance/flume/config')
const catalog = await builtInDefinitions()

export const target: FuzzTarget = {
  corpus: readdirSync(cases, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.json'))
    .flatMap((file) => {
      const { config, properties, text } = JSON.parse(readFileSync(join(cases, file), 'utf8')) as Record<string, unknown>
      const found = [config, properties, text].find((one) => typeof one === 'string')
      return typeof found === 'string' ? [Buffer.from(found)] : []
    })
    .concat(Buffer.from('a1.sources = r1\na1.channels = c1\na1.sinks = k1\na1.sources.r1.type = netcat\na1.sources.r1.bind = 127.0.0.1\n')),
  words: [
    '\\u',
    '\\',
    '\r',
    '\n',
    '=',
    ':',
    ' ',
    '#',
    '!',
    '${',
    '}',
    '${a1.sources}',
    'a1.',
    '.type',
    'sources',
    '\\\n',
    '(((((',
    '.*',
    '\0',
    '[',
    '|',
  ],
  run(input) {
    const decoded = decodeProperties(input)
    const document = parseDocument(decoded.text)
    assert(documentText(document) === decoded.text, 'The document is written back with other text.')
    const bytes = encodeProperties(decoded.text, decoded)
    assert(Buffer.compare(bytes, input) === 0, 'The file is written back with other bytes.')
    const edited = setValue(document, 'a1.sources', 'r9')
    const again = parseDocument(documentText(edited))
    assert(documentText(again) === documentText(edited), 'An edited document is written back with other text.')
    structureOf(document)
    const options = { file: 'f', env: {}, systemProperties: {}, catalog }
    const loaded = loadConfiguration(decoded.text, options)
    for (const problem of loaded.problems) assert(problem.message !== '', 'A problem says nothing.')
    asFlume(input, {
      agent: 'a1',
      env: { HOME: '/root' },
      systemProperties: {},
      now: new Date(0),
      runFilterCommand: () => undefined,
    })
  },
}
