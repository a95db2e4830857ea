import { describe, expect, test } from 'vitest'
import type { Catalog, LoadOptions } from '../../src-shared/flume/agent-configuration.ts'
import { agentNamed, loadConfiguration, loadConfigurationFiles } from '../../src-shared/flume/load-configuration.ts'
import { problemLine } from '../../src-shared/flume/problem.ts'
import { boolean, int, map, string } from '../../src-shared/spec/property.ts'
import { fc } from '../driver/property.ts'
import { smallestAgent as seq } from '../driver/smallest-agent.ts'

const catalog: Catalog = [
  {
    kind: 'source',
    type: 'seq',
    className: 'org.apache.flume.source.SequenceGeneratorSource',
    properties: { batchSize: int().min(1).default(1) },
  },
  {
    kind: 'source',
    type: 'netcat',
    className: 'org.apache.flume.source.NetcatSource',
    properties: { bind: string(), port: int(), 'ack-every-event': boolean().default(true) },
  },
  {
    kind: 'channel',
    type: 'memory',
    className: 'org.apache.flume.channel.MemoryChannel',
    properties: { capacity: int().default(100), transactionCapacity: int().default(100) },
  },
  { kind: 'channel', type: 'sqlite', properties: { capacity: int().default(1_000_000), transactionCapacity: int().default(10_000) } },
  { kind: 'sink', type: 'null', className: 'org.apache.flume.sink.NullSink', properties: { batchSize: int().default(100) } },
  {
    kind: 'sink',
    type: 'avro',
    className: 'org.apache.flume.sink.AvroSink',
    properties: { hostname: string(), port: int(), password: string().secret().optional() },
  },
  {
    kind: 'interceptor',
    type: 'static',
    className: 'org.apache.flume.interceptor.StaticInterceptor$Builder',
    properties: { key: string().default('key'), value: string().default('value') },
  },
  { kind: 'selector', type: 'replicating', properties: { optional: string().optional() } },
  {
    kind: 'selector',
    type: 'multiplexing',
    properties: { header: string().optional(), default: string().optional(), 'mapping.*': map(string()), 'optional.*': map(string()) },
  },
  { kind: 'sinkProcessor', type: 'default', properties: {} },
  { kind: 'sinkProcessor', type: 'failover', properties: { 'priority.*': map(string()), maxpenalty: int().optional() } },
  { kind: 'sinkProcessor', type: 'load_balance', properties: { selector: string().optional() } },
]

const load = (text: string, more: Partial<LoadOptions> = {}) =>
  loadConfiguration(text, { file: 'a.properties', env: {}, systemProperties: {}, catalog, ...more })

const lines = (text: string, more: Partial<LoadOptions> = {}) => load(text, more).problems.map(problemLine)

describe('loading a configuration', () => {
  test('a correct file loads without a problem, in listed order, with the line of every key', () => {
    const { agents, problems } = load(seq)
    expect(problems).toEqual([])
    expect(agents).toHaveLength(1)
    expect(agents[0]).toMatchObject({
      name: 'a1',
      sources: [
        {
          kind: 'source',
          name: 'r1',
          path: 'a1.sources.r1',
          type: 'seq',
          channels: ['c1'],
          interceptors: [],
          selector: { type: 'replicating' },
          lines: { type: 4, channels: 5 },
        },
      ],
      channels: [{ kind: 'channel', name: 'c1', type: 'memory', properties: { type: 'memory' } }],
      sinks: [{ kind: 'sink', name: 'k1', type: 'null', channel: 'c1' }],
      leftOut: [],
    })
  })

  test('types resolve by alias in any case and by exact class name', () => {
    const { agents, problems } = load(seq.replace('= seq', '= SeQ').replace('= memory', '= org.apache.flume.channel.MemoryChannel'))
    expect(problems).toEqual([])
    expect(agents[0]?.sources[0]).toMatchObject({ type: 'seq', writtenType: 'SeQ' })
    expect(agents[0]?.channels[0]).toMatchObject({ type: 'memory', writtenType: 'org.apache.flume.channel.MemoryChannel' })
  })

  test('a class name in another case is no type, and the exact one is named', () => {
    expect(lines(seq.replace('= null', '= org.apache.flume.sink.nullsink'))).toContain(
      'a.properties:7: error: There is no sink of type org.apache.flume.sink.nullsink. Sink k1 is left out; the rest runs. — Class names are compared exactly: org.apache.flume.sink.NullSink.',
    )
  })

  test('a channel without a type becomes the durable default, and a warning says so', () => {
    const { agents, problems } = load(seq.replace('a1.channels.c1.type = memory\n', 'a1.channels.c1.capacity = 5\n'))
    expect(agents[0]?.channels[0]).toMatchObject({ type: 'sqlite', properties: { capacity: '5' } })
    expect(problems).toMatchObject([
      { severity: 'warning', code: 'TYPE_MISSING', line: 6, component: 'a1.channels.c1', rule: 'channel-without-type' },
    ])
    expect(load(seq.replace('a1.channels.c1.type = memory\n', '')).agents[0]?.channels[0]).toMatchObject({ type: 'sqlite' })
  })

  test('an unknown type is one located problem with the nearest name, and the rest runs', () => {
    const { agents, problems } = load(seq.replace('= k1', '= k1 k2') + 'a1.sinks.k2.type = nul\na1.sinks.k2.channel = c1\n')
    expect(problems.map(problemLine)).toEqual([
      'a.properties:9: error: There is no sink of type nul. Sink k2 is left out; the rest runs. — Did you mean null?',
    ])
    expect(agents[0]?.sinks.map((sink) => sink.name)).toEqual(['k1'])
    expect(agents[0]?.leftOut).toEqual([{ kind: 'sink', name: 'k2', writtenType: 'nul' }])
  })

  test('a type that Flume has and Millrace has not is said so', () => {
    expect(load(seq.replace('= null', '= hbase2')).problems[0]).toMatchObject({
      code: 'TYPE_NOT_BUILT',
      line: 7,
      key: 'a1.sinks.k1.type',
      value: 'hbase2',
    })
  })

  test('every problem of a file is found, each with its line, key and value', () => {
    const text = `something = 1
a1.channel.c1 = x
${seq}a1.sources.r1.batchSize = many
a1.sources.r1.bathSize = 5
a1.sinks.k1.password =
a1.channels.c9.type = memory
a1.sinks.k1.channel = C1
`
    expect(lines(text)).toEqual(
      [
        'a.properties:1: error: "something" is not a key of an agent; it is ignored. — A key begins with the name of the agent and a dot: a1.sources = r1.',
        'a.properties:2: error: a1.channel.c1 is not a key that an agent has; it is ignored. — Did you mean a1.channels.c1?',
        'a.properties:10: warning: a1.sinks.k1.channel is given again on line 15; that one counts. — Remove one of the two lines.',
        'a.properties:11: error: batchSize: "many" is not a 32-bit integer.',
        'a.properties:12: warning: Unknown key bathSize; it is ignored. — Did you mean batchSize?',
        'a.properties:13: warning: a1.sinks.k1.password has no value and counts as absent. — Give a value, or remove the line.',
        'a.properties:14: warning: c9 is not in the list a1.channels; it does not run. — Add it: a1.channels = c1 c9',
        'a.properties:15: error: There is no channel C1; sink k1 is left out. — Did you mean c1?',
        'a.properties: error: Agent a1 has nothing that could run. — An agent needs a channel and a source or a sink on it, each in its list: a1.sources, a1.channels, a1.sinks.',
      ].sort((a, b) => Number(/:(\d+):/.exec(a)?.[1] ?? 0) - Number(/:(\d+):/.exec(b)?.[1] ?? 0)),
    )
  })

  test('a required property that is missing leaves the component out and names it', () => {
    const { agents, problems } = load(seq.replace('= seq', '= netcat') + 'a1.sources.r1.bind = localhost\n')
    expect(problems).toMatchObject([{ severity: 'error', key: 'a1.sources.r1.port', line: 4 }])
    expect(agents[0]?.sources).toEqual([])
    expect(agents[0]?.sinks).toHaveLength(1)
  })

  test('the value of a secret is not shown', () => {
    const text = seq.replace('= null', '= avro') + 'a1.sinks.k1.hostname = h\na1.sinks.k1.port = x\na1.sinks.k1.password = geheim\n'
    expect(JSON.stringify(load(text).problems)).not.toContain('geheim')
  })

  test('a written batchSize above transactionCapacity is warned of beforehand', () => {
    expect(load(`${seq}a1.sources.r1.batchSize = 101\n`).problems).toMatchObject([
      { severity: 'warning', code: 'BATCH_TOO_LARGE', line: 9, value: '101' },
    ])
    expect(load(`${seq}a1.sources.r1.batchSize = 100\n`).problems).toEqual([])
  })

  test('a source goes on with those of its channels that run', () => {
    const { agents, problems } = load(seq.replace('r1.channels = c1', 'r1.channels = cX c1'))
    expect(agents[0]?.sources[0]?.channels).toEqual(['c1'])
    expect(problems).toMatchObject([{ severity: 'warning', code: 'CHANNEL_MISSING', key: 'a1.sources.r1.channels' }])
  })

  test('interceptors come in listed order with their own properties; one with an error keeps the source from running', () => {
    const text = `${seq}a1.sources.r1.interceptors = i2 i1
a1.sources.r1.interceptors.i1.type = static
a1.sources.r1.interceptors.i2.type = static
a1.sources.r1.interceptors.i2.key = dc
`
    expect(load(text).agents[0]?.sources[0]?.interceptors).toMatchObject([
      { name: 'i2', path: 'a1.sources.r1.interceptors.i2', type: 'static', properties: { type: 'static', key: 'dc' }, lines: { key: 12 } },
      { name: 'i1' },
    ])
    const broken = load(text.replace('i1.type = static', 'i1.type = statix'))
    expect(broken.agents[0]?.sources).toEqual([])
    expect(broken.problems[0]).toMatchObject({ severity: 'error', key: 'a1.sources.r1.interceptors.i1.type', hint: 'Did you mean static?' })
  })

  test('a selector that names a channel which the source does not have keeps the source from running', () => {
    const text = `${seq}a1.sources.r1.selector.type = multiplexing\na1.sources.r1.selector.mapping.A = c2\n`
    expect(load(text).agents[0]?.sources).toEqual([])
    expect(load(text.replace('c2', 'c1')).agents[0]?.sources[0]?.selector).toMatchObject({
      type: 'multiplexing',
      properties: { 'mapping.A': 'c1' },
    })
  })

  test('an unknown optional channel keeps a multiplexing source from running; a replicating one passes it over, by a named rule', () => {
    const multiplexing = `${seq}a1.sources.r1.selector.type = multiplexing\na1.sources.r1.selector.optional.A = c2\n`
    expect(load(multiplexing).agents[0]?.sources).toEqual([])
    const { agents, problems } = load(`${seq}a1.sources.r1.selector.optional = c2\n`)
    expect(agents[0]?.sources).toHaveLength(1)
    expect(problems).toMatchObject([{ severity: 'warning', code: 'CHANNEL_MISSING', rule: 'replicating-optional-unknown' }])
  })

  describe('sink groups', () => {
    const grouped = `${seq.replace('sinks = k1', 'sinks = k1 k2')}a1.sinks.k2.type = null
a1.sinks.k2.channel = c1
a1.sinkgroups = g1
a1.sinkgroups.g1.sinks = k2 k1
a1.sinkgroups.g1.processor.type = failover
a1.sinkgroups.g1.processor.priority.k1 = 5
`
    test('a group has its sinks in the order in which Flume has them, and its processor', () => {
      expect(load(grouped).problems).toEqual([])
      expect(load(grouped).agents[0]?.sinkGroups).toMatchObject([
        { name: 'g1', sinks: ['k1', 'k2'], processor: { type: 'failover', properties: { 'priority.k1': '5' } } },
      ])
    })

    test.each([
      ['no processor type', grouped.replace('a1.sinkgroups.g1.processor.type = failover\n', '')],
      ['the default processor on two sinks', grouped.replace('= failover', '= default')],
      ['an unknown processor', grouped.replace('= failover', '= fail')],
      ['load_balance on one sink', grouped.replace('= failover', '= load_balance').replace('= k2 k1', '= k1')],
    ])('a group with %s is left out with an error, and its sinks run alone', (_, text) => {
      const { agents, problems } = load(text)
      expect(agents[0]?.sinkGroups).toEqual([])
      expect(agents[0]?.sinks.map((sink) => sink.name)).toEqual(['k1', 'k2'])
      expect(problems.filter((problem) => problem.severity === 'error')).toMatchObject([
        { code: 'SINK_GROUP', rule: 'sinks-of-a-lost-group-run-alone' },
      ])
    })

    test('a sink stays in the first group that names it', () => {
      const { agents, problems } = load(
        `${grouped.replace('sinkgroups = g1', 'sinkgroups = g1 g2')}a1.sinkgroups.g2.sinks = k1\na1.sinkgroups.g2.processor.type = default\n`,
      )
      expect(agents[0]?.sinkGroups.map((group) => group.name)).toEqual(['g1'])
      expect(problems.map((problem) => problem.message)).toEqual([
        'Sink group g2 has no sink that runs; it is left out.',
        'Sink k1 is in group g1 already; it stays there.',
      ])
    })
  })

  describe('values', () => {
    const withX = (value: string, more: Partial<LoadOptions> = {}) => {
      const loaded = load(`${seq}a1.sources.r1.x = ${value}\n`, more)
      return {
        value: loaded.agents[0]?.sources[0]?.properties['x'],
        problems: loaded.problems.filter((problem) => problem.code !== 'PROPERTY'),
      }
    }

    test('lookups take environment, system properties, dates and defaults', () => {
      const more = { env: { HOME: '/h' }, systemProperties: { p: 'v' }, now: new Date(2024, 1, 3) }
      expect(withX('${env:HOME}/${sys:p}/${date:yyyy-MM-dd}/${env:NO:-d}', more)).toEqual({
        value: '/h/v/2024-02-03/d',
        problems: [],
      })
    })

    test('a reference to a key that Flume resolves later stays as written, and a warning says so', () => {
      const one = 'a1.sources.r1.x = v\na1.sources.r1.y = ${a1.sources.r1.x}\n'
      const other = 'a1.sources.r1.x = ${a1.sources.r1.y}\na1.sources.r1.y = v\n'
      const [first, second] = [one, other].map((text) => {
        const { agents, problems } = load(seq + text)
        const { x, y } = agents[0]!.sources[0]!.properties
        return { values: [x, y], messages: problems.filter(({ code }) => code === 'SUBSTITUTION').map(({ message }) => message) }
      })
      expect(first).toEqual({
        values: ['v', '${a1.sources.r1.x}'],
        messages: [expect.stringContaining('comes to this one before a1.sources.r1.x')],
      })
      expect(second).toEqual({ values: ['v', 'v'], messages: [] })
    })

    test('a lookup without a value stays as written, and a warning says how to give it one', () => {
      expect(withX('${env:NO}').value).toBe('${env:NO}')
      expect(withX('${env:NO}').problems[0]?.hint).toBe('Set the environment variable NO, or give a default: ${env:NO:-…}.')
      expect(withX('${HOME}', { env: { HOME: '/h' } }).problems[0]?.hint).toBe('For the environment variable write ${env:HOME}.')
      expect(withX('$${env:NO}')).toEqual({ value: '${env:NO}', problems: [] })
    })

    test('keys that refer to each other in a circle are reported', () => {
      const { problems } = load(`${seq}a1.sources.r1.x = \${a1.sources.r1.y}\na1.sources.r1.y = \${a1.sources.r1.x}\n`)
      expect(problems.filter((problem) => problem.code === 'SUBSTITUTION')).not.toHaveLength(0)
    })

    test('configuration filters: env and external resolve their tokens, hadoop is refused with a sentence', () => {
      const filters = (type: string) =>
        `${seq}a1.configfilters = f1\na1.configfilters.f1.type = ${type}\na1.configfilters.f1.command = vault get\na1.sources.r1.x = a-\${f1['K-1']}\${f1[K-1]}\n`
      const x = (type: string, more: Partial<LoadOptions>) => load(filters(type), more).agents[0]?.sources[0]?.properties['x']
      expect(x('env', { env: { 'K-1': '$&' } })).toBe('a-$&$&')
      expect(x('external', { runFilterCommand: (command) => command.join('+') })).toBe('a-vault+get+K-1vault+get+K-1')
      expect(x('hadoop', {})).toBe("a-${f1['K-1']}${f1[K-1]}")
      expect(load(filters('hadoop')).problems).toContainEqual(
        expect.objectContaining({ code: 'CONFIG_FILTER', severity: 'error', line: 10 }),
      )
    })

    test('a command that fails leaves the value as written and is reported where the value stands', () => {
      const text = `${seq}a1.configfilters = f1\na1.configfilters.f1.type = external\na1.configfilters.f1.command = vault\na1.sources.r1.x = \${f1[k]}\n`
      const runFilterCommand = (): string => {
        throw new Error('vault ended with 2')
      }
      expect(load(text, { runFilterCommand }).problems).toContainEqual(
        expect.objectContaining({ code: 'CONFIG_FILTER', line: 12, message: expect.stringContaining('vault ended with 2') }),
      )
    })
  })

  test('several agents of a file are loaded; one that is asked for and missing is a problem that names those there are', () => {
    const loaded = load(`${seq}${seq.replaceAll('a1.', 'b2.')}`)
    expect(loaded.agents.map((agent) => agent.name)).toEqual(['a1', 'b2'])
    expect(agentNamed(loaded, 'b2', 'f')).toMatchObject({ name: 'b2' })
    expect(agentNamed(loaded, 'x', 'f')).toMatchObject({ code: 'AGENT_MISSING', hint: 'It has a1, b2.' })
  })

  test('an empty file is one problem', () => {
    expect(lines('# nothing\n')).toEqual([
      'a.properties: error: The file holds no property. — A configuration has lines such as a1.sources = r1.',
    ])
  })

  test('whatever the text, loading answers and every line it names exists', () => {
    const word = fc.constantFrom(
      'a1',
      'sources',
      'channels',
      'sinks',
      'sinkgroups',
      'configfilters',
      'r1',
      'c1',
      'k1',
      'type',
      'seq',
      'memory',
      'interceptors',
      'selector',
      'processor',
      '.',
      '.',
      ' ',
      ' = ',
      '\n',
      '\n',
      '${',
      '}',
      'env:',
      ':-',
      '\\',
      '__proto__',
      'constructor',
      'batchSize',
      '5',
    )
    fc.assert(
      fc.property(fc.array(word, { maxLength: 60 }), (words) => {
        const text = words.join('')
        for (const problem of load(text).problems) {
          expect(problem.message).not.toBe('')
          if (problem.line !== undefined) expect(problem.line).toBeLessThanOrEqual(text.split('\n').length)
        }
      }),
      { numRuns: 3000 },
    )
  })

  test('of several files the later one replaces keys, and each problem names its own file and line', () => {
    const files = [
      { file: 'base', text: `${seq}a1.sources.r1.bathSize = 1\\` },
      {
        file: 'more',
        text: 'a1.sinks.k1.batchSize = 5\n\na1.sources.r1.type = netcat\na1.sources.r1.batchSize = x\na1.sources.r1.batchSize = y\n',
      },
    ]
    const { agents, problems } = loadConfigurationFiles(files, { env: {}, systemProperties: {}, catalog })
    expect(agents[0]?.sinks[0]?.properties['batchSize']).toBe('5')
    expect(problems.map(({ file, line, code }) => `${file}:${line} ${code}`)).toEqual([
      'base:9 PROPERTY',
      'more:3 PROPERTY',
      'more:3 PROPERTY',
      'more:4 DUPLICATE_KEY',
      'more:5 PROPERTY',
    ])
    expect(problems.find((problem) => problem.code === 'DUPLICATE_KEY')?.message).toContain('on line 5')
  })

  test('a character that a real Flume would read otherwise is pointed out, with what both read alike', () => {
    const { agents, problems } = load(`${seq}a1.sources.r1.x = ü𝄞\n`)
    expect(agents[0]?.sources[0]?.properties['x']).toBe('ü𝄞')
    expect(problems).toContainEqual(
      expect.objectContaining({ severity: 'info', code: 'ENCODING', line: 9, hint: 'Write \\u00fc, which both read alike.' }),
    )
    expect(load(`# ü\n${seq}`).problems).toEqual([])
    expect(load(`${seq}a1.sources.r1.x = ü\n`, { encoding: 'iso-8859-1' }).problems.map((problem) => problem.code)).not.toContain(
      'ENCODING',
    )
  })
})
