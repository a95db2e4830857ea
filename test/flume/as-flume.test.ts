import { describe, expect, test } from 'vitest'
import { type AsFlumeOptions, asFlume } from '../../src-shared/flume/as-flume/as-flume.ts'
import { fc } from '../driver/property.ts'
import { smallestAgent as seq } from '../driver/smallest-agent.ts'

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text)
const look = (text: string, more: Partial<AsFlumeOptions> = {}) =>
  asFlume(bytes(text), { agent: 'a1', env: {}, systemProperties: {}, now: new Date(0), runFilterCommand: () => undefined, ...more })
const started = (text: string, more?: Partial<AsFlumeOptions>): unknown => {
  const verdict = look(text, more)
  return 'instantiated' in verdict ? verdict.instantiated : verdict.parseFailure
}
const all = { channels: ['c1'], sources: ['r1'], sinkRunners: { k1: { processor: 'Default', sinks: ['k1'] } } }
const errors = (text: string): string[] => {
  const verdict = look(text)
  return 'errors' in verdict
    ? verdict.errors!.map(({ component, key, type, severity }) => `${severity} ${type} ${component} ${key}`.trim())
    : []
}

// The golden cases are run in test/conformance; 30,000 random files gave the same answers as a real Flume 1.11 when this was written.
describe('the model of a real Flume', () => {
  test('a correct file starts everything', () => {
    expect(started(seq)).toEqual(all)
  })

  test('non-Latin text is read as ISO-8859-1', () => {
    expect(look(`${seq}a1.sources.r1.x = ü\n`)).toMatchObject({ components: { sources: { r1: { params: { x: 'Ã¼' } } } } })
  })

  test('a malformed escape, an infinite reference and a bad date end the process', () => {
    expect(started(`${seq}a1.sources.r1.x = \\u12\n`)).toBe('java.lang.IllegalArgumentException')
    expect(started(`${seq}a1.sources.r1.x = \${env:A}\n`, { env: { A: '${env:A}' } })).toBe('java.lang.IllegalStateException')
    expect(started(`${seq}a1.sources.r1.x = \${date:J}\n`)).toBe('java.lang.IllegalArgumentException')
  })

  test('a reference to another key resolves only when hash order has come by that key', () => {
    const value = (reference: string, key: string): unknown => {
      const verdict = look(`${seq}a1.sources.r1.${key} = \${${reference}}\n`)
      return 'components' in verdict ? (verdict.components!.sources['r1'] as { params: Record<string, string> }).params[key] : undefined
    }
    const answers = ['p', 'q', 'r', 's', 't', 'u', 'v', 'w'].map((key) => value('a1.sinks', key))
    expect(new Set(answers)).toEqual(new Set(['k1', '${a1.sinks}']))
  })

  test.each([
    ['an unknown type', seq.replace('= null', '= nosuch')],
    ['a class name in another case', seq.replace('= memory', '= org.apache.flume.channel.memorychannel')],
    ['the type other', seq.replace('= seq', '= other')],
    ['a sink that was removed from Flume', seq.replace('= null', '= elasticsearch')],
    ['hdfs, which needs Hadoop', `${seq.replace('= null', '= hdfs')}a1.sinks.k1.hdfs.path = /x\n`],
    ['an empty file', ''],
  ])('%s is fatal: nothing runs', (_, text) => {
    expect(started(text)).toHaveProperty('fatal')
  })

  test.each([
    ['batchSize = 101', 'source', { sources: [] }],
    ['batchSize = many', 'source', { sources: [] }],
    ['interceptors = i1', 'source', { sources: [] }],
    ['selector.type = nosuch', 'source', { sources: [] }],
    ['selector.type = load_balancing', 'source', { sources: [] }],
  ])('%s on a %s removes that component only', (property, _, expected) => {
    expect(started(`${seq}a1.sources.r1.${property}\n`)).toEqual({ ...all, ...expected })
  })

  test('a component whose own configuration object cannot be made adds the errors of the one before again', () => {
    // Hash order looks at r2 before r1.
    const text = `a1.sources = r1 r2\na1.channels = c1\na1.channels.c1.type = memory\na1.sources.r2.channels = c1\na1.sources.r1.type = x\na1.sources.r1.config = y\n`
    expect(errors(text).filter((error) => error.includes('ATTRS_MISSING'))).toHaveLength(2)
  })

  test('a sink that is called like a group of others gets no runner', () => {
    const text = `${seq.replace('sinks = k1', 'sinks = k1 k2 g1')}a1.sinks.k2.type = null
a1.sinks.k2.channel = c1
a1.sinks.g1.type = null
a1.sinks.g1.channel = c1
a1.sinkgroups = g1
a1.sinkgroups.g1.sinks = k1 k2
a1.sinkgroups.g1.processor.type = failover
`
    expect(started(text)).toMatchObject({ sinkRunners: { g1: { processor: 'Failover', sinks: ['k1', 'k2'] } } })
  })

  test('a group with a sink that is gone empties the whole agent', () => {
    const text = `${seq}a1.sinkgroups = g1\na1.sinkgroups.g1.sinks = k1\na1.sinkgroups.g1.processor.type = default\n`.replace(
      '= null',
      '= file_roll',
    )
    expect(started(text)).toEqual({ channels: [], sources: [], sinkRunners: {} })
  })

  test('whatever the bytes, there is an answer', () => {
    const piece = fc.constantFrom(
      'a1.',
      'sources',
      'channels',
      'sinks',
      'sinkgroups',
      'configfilters',
      '.r1',
      '.c1',
      '.k1',
      '.type',
      '.channels',
      '.channel',
      ' = ',
      'seq',
      'memory',
      'null',
      '\n',
      '\n',
      ' ',
      '\\',
      '${',
      '}',
      'env:',
      '__proto__',
      'constructor',
      'other',
      '.config',
      '.sinks',
      '.processor',
    )
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 50 }), (pieces) => {
        const verdict = look(pieces.join(''))
        expect('parseFailure' in verdict || 'instantiated' in verdict).toBe(true)
      }),
      { numRuns: 3000 },
    )
    fc.assert(fc.property(fc.uint8Array(), (noise) => void look(String.fromCharCode(...noise))))
  })
})
