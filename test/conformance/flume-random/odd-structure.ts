// Random configurations of few and simple components, mostly valid, whose lists, names, groups, selectors and interceptors are odd: what the loader
// makes of the whole, where random-configuration.ts looks at properties.
import type { Random } from '../../driver/random.ts'
import { expression } from './odd-values.ts'
import { changedText, writtenAs } from './written-as.ts'

type Entry = [key: string, value: string]

const names = {
  sources: ['r1', 'r2', 'r.3', 'R1', 'seq', 'k1'],
  channels: ['c1', 'c2', 'c3', 'c.1', 'C1', 'r1'],
  sinks: ['k1', 'k2', 'k3', 'k.4', 'K1', 'c1'],
}
const odd = [
  '',
  ' ',
  '.',
  '..',
  'x',
  'é',
  '漢',
  'a b',
  'type',
  'channels',
  'sinks',
  '\u00a0',
  '\t',
  '\u2003x',
  '\u0085',
  '\\',
  'a=b',
  '#',
  'a:b',
  '${x}',
  '${env:FLUME_CASE_A}',
]
const separators = [' ', ' ', ' ', ' ', '  ', '\t', ' \t ', '\n', '\r', '\f', ',', ', ', '\u00a0', '\u2003', '\u000b', '\u0085', '\u001c']

const types = {
  source: [
    ['seq', 'SEQ', 'Seq', 'org.apache.flume.source.SequenceGeneratorSource', 'netcat', 'exec'],
    [
      'org.apache.flume.source.sequencegeneratorsource',
      'flume.source.SequenceGeneratorSource',
      'SequenceGeneratorSource',
      'org.apache.flume.sink.NullSink',
      'sequence',
      'seq ',
      'other',
      'OTHER',
      'org.apache.flume.source.SequenceGeneratorSource ',
      'org/apache/flume/source/SequenceGeneratorSource',
      'legacy',
      'org.apache.flume.source.AbstractSource',
      'java.lang.Object',
      '.',
      'seq.',
      'org.apache.flume.conf.source.SourceType',
    ],
  ],
  channel: [
    [
      'memory',
      'MEMORY',
      'Memory',
      'org.apache.flume.channel.MemoryChannel',
      'org.apache.flume.channel.PseudoTxnMemoryChannel',
      'spillablememory',
    ],
    [
      'org.apache.flume.channel.memorychannel',
      'channel.MemoryChannel',
      'MemoryChannel',
      'mem',
      'other',
      'org.apache.flume.channel.recoverable.memory.RecoverableMemoryChannel',
      'org.apache.flume.channel.AbstractChannel',
      'java.util.ArrayList',
      'memory\t',
      'org.apache.flume.sink.NullSink',
      '1',
    ],
  ],
  sink: [
    ['null', 'NULL', 'logger', 'Logger', 'org.apache.flume.sink.NullSink', 'org.apache.flume.sink.LoggerSink'],
    [
      'org.apache.flume.sink.nullsink',
      'NullSink',
      'none',
      'other',
      'org.apache.flume.sink.hbase.HBaseSink',
      'hbase',
      'elasticsearch',
      'asynchbase',
      'hive',
      'org.apache.flume.sink.AbstractSink',
      'dataset',
      'irc ',
      'org.apache.flume.source.SequenceGeneratorSource',
      'java.lang.String',
    ],
  ],
} as const

const interceptorTypes = [
  'timestamp',
  'host',
  'static',
  'regex_filter',
  'TIMESTAMP',
  'org.apache.flume.interceptor.TimestampInterceptor$Builder',
  'org.apache.flume.interceptor.TimestampInterceptor',
  'remove_header',
  'search_replace',
  'bogus',
  '',
  'org.apache.flume.interceptor.timestampinterceptor$builder',
  'static ',
  'uuid',
  'java.lang.String',
  'org.apache.flume.interceptor.HostInterceptor.Builder',
]
const selectorTypes = [
  'replicating',
  'multiplexing',
  'MULTIPLEXING',
  'load_balancing',
  'bogus',
  '',
  'org.apache.flume.channel.MultiplexingChannelSelector',
  'org.apache.flume.channel.multiplexingchannelselector',
  'other',
  'replicating ',
]
const processorTypes = [
  'failover',
  'load_balance',
  'default',
  'FAILOVER',
  'Load_Balance',
  'bogus',
  '',
  'org.apache.flume.sink.FailoverSinkProcessor',
  'other',
  'round_robin',
  'failover ',
]

export class StructureMaker {
  readonly #random: Random
  readonly #oddness: number
  #entries: Entry[] = []

  constructor(random: Random) {
    this.#random = random
    this.#oddness = random.pick([0.01, 0.03, 0.06, 0.15])
  }

  /** The bytes of a file, and the agent to look at. */
  make(): { readonly agent: string; readonly properties: Buffer } {
    const random = this.#random
    const agents = random.pick([['a1'], ['a1'], ['a1', 'a2'], ['a1', 'A1', 'a.1'], ['a1', '']])
    for (const agent of agents) this.#agent(agent)
    while (random.chance(this.#oddness * 4)) this.#disturb()
    if (random.chance(0.3)) this.#entries.sort(() => random.below(3) - 1)
    const keys = this.#entries.map(([key]) => key)
    const entries = this.#entries.map(([key, value]): Entry => [key, this.#seldom(0.4) ? expression(value, keys, random) : value])
    const text = writtenAs(entries, random)
    return {
      agent: random.chance(0.95) ? 'a1' : random.pick([...agents, 'none', ' a1']),
      properties: random.chance(0.25) ? changedText(text, random) : text,
    }
  }

  #seldom(factor = 1): boolean {
    return this.#random.chance(this.#oddness * factor)
  }

  #put(key: string, value: string): void {
    this.#entries.push([key, value])
    if (this.#seldom(0.2)) this.#entries.push([key, this.#random.pick([value, '', ' ', 'x', `${value} ${value}`])])
  }

  #some(from: readonly string[], least = 1): string[] {
    const random = this.#random
    const count = least + random.below(3)
    const some = Array.from({ length: count }, (_, index) => (this.#seldom() ? random.pick([...from, ...odd]) : from[index % from.length]!))
    return random.chance(0.2) ? some.reverse() : some
  }

  #list(key: string, all: readonly string[]): void {
    const random = this.#random
    if (this.#seldom(0.4)) return
    const separator = this.#seldom() ? random.pick(separators) : ' '
    let value = all.join(separator)
    if (this.#seldom())
      value = random.pick([separator + value, value + separator, '', ' ', '\t', `${value}${separator}${separator}${all[0] ?? ''}`])
    this.#put(key, value)
  }

  #type(prefix: string, kind: keyof typeof types): string {
    const type = this.#random.pick(types[kind][this.#seldom() ? 1 : 0])
    if (!this.#seldom(0.4)) this.#put(`${prefix}type`, type)
    return type
  }

  #agent(agent: string): void {
    const random = this.#random
    const [sources, channels, sinks] = [this.#some(names.sources, 0), this.#some(names.channels), this.#some(names.sinks, 0)]
    this.#list(`${agent}.sources`, sources)
    this.#list(`${agent}.channels`, channels)
    this.#list(`${agent}.sinks`, sinks)
    for (const name of this.#with(channels)) {
      const prefix = `${agent}.channels.${name}.`
      this.#type(prefix, 'channel')
      if (random.chance(0.3)) this.#put(`${prefix}capacity`, random.pick(['10', ' 5 ', '', '0', 'x', '\u0661']))
    }
    for (const name of this.#with(sources)) this.#source(`${agent}.sources.${name}.`, channels)
    for (const name of this.#with(sinks)) {
      const prefix = `${agent}.sinks.${name}.`
      this.#type(prefix, 'sink')
      if (!this.#seldom(0.5))
        this.#put(`${prefix}channel`, this.#seldom() ? random.pick([...odd, 'c1 c2', 'c9', ' c1', 'C1']) : random.pick(channels))
    }
    if (random.chance(0.6)) this.#groups(agent, sinks)
    if (random.chance(0.1))
      this.#put(
        `${agent}.${random.pick(['configfilters', 'other', 'Sources', 'sources ', 'sink', 'channels.', 'sinkgroups.'])}`,
        random.pick(['f1', 'x', '']),
      )
  }

  /** Those that are listed, but for one sometimes, and one that is not listed. */
  #with(listed: readonly string[]): string[] {
    const some = listed.filter(() => !this.#seldom(0.5))
    return this.#seldom() ? [...some, this.#random.pick([...odd, 'unlisted'])] : some
  }

  #source(prefix: string, channels: readonly string[]): void {
    const random = this.#random
    const type = this.#type(prefix, 'source').toLowerCase()
    if (type === 'netcat')
      for (const [key, value] of [
        ['bind', '127.0.0.1'],
        ['port', '41414'],
      ] as const)
        if (!this.#seldom()) this.#put(prefix + key, value)
    if (type === 'exec') this.#put(`${prefix}command`, random.pick(['true', '', ' ']))
    if (!this.#seldom(0.5)) this.#list(`${prefix}channels`, random.chance(0.7) ? channels : [random.pick([...channels, 'c9'])])
    if (this.#seldom()) this.#put(`${prefix}channel`, random.pick(channels))
    if (random.chance(0.5)) this.#selector(`${prefix}selector`, channels)
    if (random.chance(0.5)) this.#interceptors(prefix)
  }

  #selector(prefix: string, channels: readonly string[]): void {
    const random = this.#random
    const list = (): string => {
      const some = channels.filter(() => random.chance(0.6))
      if (this.#seldom(2)) some.push(random.pick(['c9', '', 'C1', 'c1,c2', ...odd]))
      return some.join(this.#seldom() ? random.pick(separators) : ' ')
    }
    const type = random.pick(this.#seldom(2) ? selectorTypes : ['replicating', 'multiplexing', 'multiplexing'])
    if (!this.#seldom()) this.#put(`${prefix}.type`, type)
    for (const key of [
      'header',
      'default',
      'optional',
      'mapping.A',
      'mapping.B.C',
      'mapping.',
      'mapping',
      'optional.A',
      'optional.',
      'optional.D',
      'mapping.${x}',
      'mapping. a',
    ])
      if (random.chance(0.35)) this.#put(`${prefix}.${key}`, key === 'header' ? random.pick(['h', '', ' ']) : list())
    if (this.#seldom()) this.#put(prefix, random.pick(['x', 'multiplexing', '']))
  }

  #interceptors(prefix: string): void {
    const random = this.#random
    const all = this.#some(['i1', 'i2', 'i.3', 'I1'])
    this.#list(`${prefix}interceptors`, all)
    for (const name of this.#with(all)) {
      const own = `${prefix}interceptors.${name}`
      if (!this.#seldom(0.7)) this.#put(`${own}.type`, random.pick(this.#seldom(2) ? interceptorTypes : interceptorTypes.slice(0, 4)))
      for (const key of ['preserveExisting', 'key', 'value', 'regex', 'withName', 'searchPattern', 'hostHeader', 'useIP', 'header'])
        if (random.chance(0.12)) this.#put(`${own}.${key}`, random.pick(['x', 'true', '', '(', '\\', '[a-z', 'h']))
      if (this.#seldom(0.5)) this.#put(own, random.pick(['x', '']))
    }
  }

  #groups(agent: string, sinks: readonly string[]): void {
    const random = this.#random
    const groups = random.pick([['g1'], ['g1', 'g2'], ['g2', 'g1'], ['g.1', 'g1'], ['k1', 'g1'], ['g1', 'g1'], ['']])
    this.#list(`${agent}.sinkgroups`, groups)
    for (const group of this.#with([...new Set(groups)])) {
      const prefix = `${agent}.sinkgroups.${group}.`
      const own = sinks.filter(() => random.chance(0.6))
      if (this.#seldom(2)) own.push(random.pick(['k9', '', 'K1', ...sinks, ...odd]))
      if (own.length > 0 || this.#seldom()) this.#list(`${prefix}sinks`, own)
      if (!this.#seldom()) this.#put(`${prefix}processor.type`, random.pick(this.#seldom(2) ? processorTypes : processorTypes.slice(0, 3)))
      for (const sink of [...own, 'k9', '', 'k.4'])
        if (random.chance(0.3))
          this.#put(`${prefix}processor.priority.${sink}`, random.pick(['1', '2', '-3', '0', '', 'x', ' 4', '1.0', '2147483648']))
      for (const key of ['selector', 'backoff', 'maxpenalty', 'selector.maxTimeOut', '', 'type.x'])
        if (random.chance(0.12))
          this.#put(`${prefix}processor.${key}`, random.pick(['random', 'round_robin', 'true', '10', 'x', '', '-1', 'ROUND_ROBIN']))
      if (this.#seldom())
        this.#put(
          `${prefix}${random.pick(['processor', 'type', 'sinks.', 'sink', 'Processor.type', 'processor.sinks'])}`,
          random.pick(['failover', 'k1', '']),
        )
    }
  }

  #disturb(): void {
    const random = this.#random
    if (this.#entries.length === 0) return
    const [key, value] = random.pick(this.#entries)
    const parts = key.split('.')
    const at = random.below(parts.length)
    const changed = random.pick<() => string[]>([
      () => parts.toSpliced(at, 1),
      () => parts.toSpliced(at, 0, random.pick(odd)),
      () => parts.toSpliced(at, 1, random.pick(odd)),
      () => parts.toSpliced(at, 1, parts[at]!.toUpperCase()),
      () => parts.toSpliced(at, 1, ` ${parts[at]}`),
      () => parts.toSpliced(at, 1, `${parts[at]} `),
      () => [...parts, random.pick(['x', '', 'type', 'sinks'])],
      () => parts.slice(0, at),
    ])()
    if (random.chance(0.5)) this.#entries = this.#entries.filter(([other]) => other !== key)
    this.#entries.splice(random.below(this.#entries.length + 1), 0, [changed.join('.'), random.chance(0.8) ? value : random.pick(odd)])
  }
}
