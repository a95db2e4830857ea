// Random configurations of every component with every property, most of them nearly right, and the writings of them that java.util.Properties
// and Flume's loader tell apart.
import { join } from 'node:path'
import type { Catalog } from '../../../src-shared/flume/agent-configuration.ts'
import { type FlumeType, flumeTypes } from '../../../src-shared/flume/flume-types.ts'
import type { PropertySpec } from '../../../src-shared/spec/property.ts'
import type { Random } from '../../driver/random.ts'
import { caseOf, expression, keyStores, valueFor } from './odd-values.ts'
import { writtenAs } from './written-as.ts'

type Entry = [key: string, value: string]

/** Values with which components are mostly valid. */
const fitting: Readonly<Record<string, readonly string[]>> = {
  port: ['41414'],
  ports: ['41414', '41414 41415', '41414\t41415', '41414,41415'],
  bind: ['127.0.0.1'],
  hostname: ['localhost'],
  command: ['echo x', 'true'],
  spoolDir: ['/tmp/none'],
  filegroups: ['f1', 'f1 f2', 'g'],
  'filegroups.f1': ['/tmp/none/a.*'],
  'filegroups.f2': ['/tmp/none/b'],
  positionFile: ['/tmp/none/position.json', 'position.json', '/position.json', 'a/b.json', '/', '.', 'a/', './p'],
  'sink.directory': ['/tmp/none'],
  endpoint: [
    'http://localhost:1/',
    'localhost',
    'http://',
    'ftp://x',
    'https://u@h:80/x?y#z',
    'http://h:x/',
    'http://[::1]/',
    'http://[::1',
    'HTTP://x',
    'http:/x',
    'file:///x',
    'foo://x',
    'http://a b/',
    'http://h:99999/',
    'http://h:-1',
    'http://h:-2',
  ],
  'hdfs.path': ['/tmp/none/%Y'],
  'agent-keytab': ['/no.keytab', join(keyStores, 'README.md')],
  'agent-principal': ['flume/_HOST@R', 'flume'],
  kerberos: ['true', 'false'],
  ssl: ['true', 'TRUE', ' true', 'false'],
  enableSSL: ['true', 'false'],
  keystore: ['server.jks', 'server.p12', 'trust.jks', 'no.jks', 'README.md'].map((name) => join(keyStores, name)),
  'keystore-password': ['changeit', 'wrong', 'changeit '],
  keystorePassword: ['changeit', 'wrong'],
  'keystore-type': ['JKS', 'PKCS12', 'pkcs12', 'JCEKS', 'jceks', 'CaseExactJKS', 'DKS', 'PEM', 'PKCS11', 'bks', 'Jks'],
  ipFilterRules: [
    'allow:ip:127.*',
    'deny:name:x,allow:ip:*',
    'allow:ip',
    'allow:ip:1,',
    ',',
    'permit:ip:1',
    ' allow:name:localhost , deny:ip:* ',
    'allow:ip:',
  ],
  handler: [
    'org.apache.flume.source.http.JSONHandler',
    'org.apache.flume.source.http.BLOBHandler',
    'x.Y',
    'org.apache.flume.sink.solr.morphline.BlobHandler',
    ' org.apache.flume.source.http.JSONHandler',
    'JSON',
  ],
  'handler.maxBlobLength': ['1', '0', 'x'],
  'sink.pathManager': ['DEFAULT', 'rolltime', 'Default', 'org.apache.flume.formatter.output.DefaultPathManager$Builder', 'x.Y'],
  nick: ['n'],
  chan: ['c'],
  encryption: ['x'],
  'encryption.activeKey': ['k'],
  'encryption.keyProvider': ['JCEKSFILE', 'jceksfile', 'x.Y'],
  'encryption.cipherProvider': ['AESCTRNOPADDING', 'bogus'],
  checkpointDir: ['/tmp/none/cp', '/tmp/none/cp/', '~/x'],
  backupCheckpointDir: ['/tmp/none/cp', '/tmp/none/backup', '/tmp//none/cp'],
  dataDirs: ['/tmp/none/d', '/tmp/none/d,/tmp/none/e'],
  useDualCheckpoints: ['true', 'false', 'TRUE'],
  deserializer: ['LINE', 'line', 'BLOB', 'x.Y', 'org.apache.flume.serialization.LineDeserializer$Builder'],
  // Larger ones are refused by the memory of the machine.
  memoryCapacity: ['0', '10', '100000', '-1', 'x', '2147483647'],
  capacity: ['10', '1000', '100000'],
  transactionCapacity: ['5', '100', '1000'],
  batchSize: ['1', '5', '100', '1000'],
}

/** Keys without which a component does not configure. */
const required: Readonly<Record<string, readonly string[]>> = {
  netcat: ['bind', 'port'],
  netcatudp: ['bind', 'port'],
  avro: ['bind', 'port', 'hostname'],
  thrift: ['bind', 'port', 'hostname'],
  exec: ['command'],
  syslogtcp: ['port'],
  syslogudp: ['port'],
  multiport_syslogtcp: ['ports'],
  spooldir: ['spoolDir'],
  taildir: ['filegroups', 'filegroups.f1'],
  http: ['port', 'endpoint'],
  file_roll: ['sink.directory'],
  irc: ['hostname', 'nick', 'chan'],
  hdfs: ['hdfs.path'],
}

/** Keys of Flume's that no definition of ours has. */
const further: Readonly<Record<string, readonly string[]>> = {
  irc: ['port', 'splitlines', 'name'],
  'org.apache.flume.source.scribe.ScribeSource': ['port', 'workerThreads', 'maxReadBufferBytes'],
  taildir: ['headers.f1.h', 'headers.f1', 'headers.x.y.z', 'filegroups.g', 'filegroups.'],
  multiport_syslogtcp: ['charset.port.41414', 'charset.port.x', 'charset.port.', 'charset.port.+1'],
  http: [
    'handler.maxBlobLength',
    'handler.mandatoryParameters',
    'QueuedThreadPool.maxThreads',
    'QueuedThreadPool.x',
    'backoff.200',
    'rollback.2XX',
  ],
  file: ['encryption.keyProvider.keys'],
  jdbc: ['connect.url', 'org.apache.flume.channel.jdbc.db.type'],
}

const plainNames: Readonly<Record<'source' | 'channel' | 'sink', readonly string[]>> = {
  source: ['r1', 'r2', 's-1', 'seq'],
  channel: ['c1', 'c2', 'c3', 'ch_1'],
  sink: ['k1', 'k2', 'k3', 'k4'],
}
const oddNames = [
  'type',
  'é',
  '$',
  'sources',
  '-',
  'x1 ',
  'CH',
  '漢',
  'channels',
  'null',
  '\u00a0n',
  'c1',
  'k1',
  'r1',
  'g1',
  '1',
  'a=b',
  '#n',
]

export class ConfigurationMaker {
  readonly #definitions: Catalog
  readonly #random: Random
  #entries: Entry[] = []
  /** How odd this file is. */
  #oddness = 1

  constructor(definitions: Catalog, random: Random) {
    this.#definitions = definitions
    this.#random = random
  }

  /** The bytes of a file, and the agent to look at. */
  make(): { readonly agent: string; readonly properties: Buffer } {
    const random = this.#random
    this.#entries = []
    this.#oddness = random.pick([0.3, 1, 1, 4])
    const agents = random.chance(0.15) ? ['a1', random.pick(['a2', 'A1', 'agent-2', 'é', 'sources'])] : ['a1']
    for (const agent of agents) this.#agent(agent)
    this.#disturb()
    const keys = this.#entries.map(([key]) => key)
    const entries = this.#entries.map(([key, value]): Entry => [key, random.chance(0.07) ? expression(value, keys, random) : value])
    if (random.chance(0.3)) shuffle(entries, random)
    return { agent: random.chance(0.96) ? 'a1' : random.pick(agents), properties: writtenAs(entries, random) }
  }

  #agent(agent: string): void {
    const random = this.#random
    const names = (kind: 'source' | 'channel' | 'sink', most: number): string[] =>
      Array.from({ length: 1 + random.below(most) }, (_, index) => (this.#seldom(0.06) ? random.pick(oddNames) : plainNames[kind][index]!))
    const [channels, sources, sinks] = [names('channel', 3), names('source', 3), names('sink', 4)]
    this.#list(`${agent}.sources`, sources)
    this.#list(`${agent}.channels`, channels)
    this.#list(`${agent}.sinks`, sinks)
    for (const name of channels) this.#component(`${agent}.channels.${name}.`, 'channel')
    for (const name of sources) {
      const prefix = `${agent}.sources.${name}.`
      this.#component(prefix, 'source')
      this.#list(`${prefix}channels`, random.chance(0.5) ? [random.pick(channels)] : channels)
      if (random.chance(0.3)) this.#selector(`${prefix}selector.`, channels)
      if (random.chance(0.3)) this.#interceptors(prefix)
    }
    for (const name of sinks) {
      const prefix = `${agent}.sinks.${name}.`
      this.#component(prefix, 'sink')
      if (!this.#seldom(0.03))
        this.#put(`${prefix}channel`, random.chance(0.95) ? random.pick(channels) : random.pick(['c9', channels.join(' '), '']))
    }
    if (random.chance(0.3)) this.#groups(agent, sinks)
    if (random.chance(0.12)) this.#filters(agent)
  }

  #seldom(probability: number): boolean {
    return this.#random.chance(probability * this.#oddness)
  }

  #put(key: string, value: string): void {
    this.#entries.push([key, value])
  }

  #list(key: string, names: readonly string[]): void {
    const random = this.#random
    const all = this.#seldom(0.06) ? [...names, random.pick([...oddNames, ...names])] : names
    if (!this.#seldom(0.015))
      this.#put(key, all.join(random.chance(0.9) ? ' ' : random.pick(['  ', '\t', ', ', ',', '\u00a0', ' \t ', '\n'])))
  }

  #type(kind: 'source' | 'channel' | 'sink' | 'interceptor' | 'selector' | 'sinkProcessor' | 'configFilter'): {
    written: string
    alias: string
  } {
    const random = this.#random
    const type = random.pick((flumeTypes[kind] as readonly FlumeType[]).filter(({ className }) => !leftOut.test(className)))
    const alias = type.alias ?? type.className
    // What ends the whole agent hides everything else: seldom.
    if ((type.extra === true || type.missing !== undefined || alias === 'hdfs') && !random.chance(0.1)) return this.#type(kind)
    if (this.#seldom(0.02))
      return {
        alias,
        written: random.pick([
          'bogus',
          'other',
          'OTHER',
          'java.lang.String',
          type.className.toLowerCase(),
          `${alias} x`,
          '',
          `${alias}.`,
          type.className.replace(/.*\./, ''),
        ]),
      }
    if (random.chance(0.2)) return { alias, written: type.className }
    return { alias, written: caseOf(alias, random) }
  }

  #component(prefix: string, kind: 'source' | 'channel' | 'sink'): void {
    const random = this.#random
    const { written, alias } = this.#type(kind)
    if (!this.#seldom(0.015)) this.#put(`${prefix}type`, written)
    if (this.#seldom(0.02))
      this.#put(`${prefix}config`, caseOf(random.pick(['OTHER', 'seq', 'logger', 'null', 'memory', 'bogus', 'REPLICATING', alias]), random))
    this.#properties(prefix, kind, alias)
  }

  #properties(prefix: string, kind: string, alias: string): void {
    const random = this.#random
    for (const key of required[alias] ?? []) if (!this.#seldom(0.04)) this.#put(`${prefix}${key}`, this.#value(key, undefined, 0.97))
    const definition = this.#definitions.find((known) => known.kind === kind && (known.type === alias || known.className === alias))
    const specs: Record<string, { readonly spec: PropertySpec } | undefined> = definition?.properties ?? {}
    const chance = random.pick([0, 0.05, 0.15, 0.5])
    if ('keystore' in specs && random.chance(0.2))
      for (const key of ['ssl', 'keystore', 'keystore-password', 'keystore-type'])
        if (random.chance(0.8)) this.#put(`${prefix}${key}`, this.#value(key, undefined, 0.95))
    for (const key of new Set([...Object.keys(specs), ...(further[alias] ?? [])])) {
      if (key === 'channels' || key === 'channel' || required[alias]?.includes(key) === true || !random.chance(chance)) continue
      this.#put(`${prefix}${key.replace('*', random.pick(['a', 'b.c', '1']))}`, this.#value(key, specs[key]?.spec, 0.5))
    }
    if (this.#seldom(0.03))
      this.#put(
        `${prefix}${random.pick(['x', 'x.y', 'x..y', 'x.', ' y', 'é', 'type.', 'channels.', 'channel', 'Type', 'selector', 'interceptors.'])}`,
        this.#value('x', undefined, 0),
      )
  }

  #value(key: string, spec: PropertySpec | undefined, fits: number): string {
    const values = fitting[key]
    if (values !== undefined && this.#random.chance(fits)) return this.#random.chance(0.5) ? values[0]! : this.#random.pick(values)
    return valueFor(key, spec ?? (key === 'port' ? portSpec : undefined), this.#random)
  }

  #selector(prefix: string, channels: readonly string[]): void {
    const random = this.#random
    const list = (): string =>
      random.chance(0.1)
        ? random.pick(['', 'c9', 'c1  c2', ' c1', 'c1\tc2', ' '])
        : random.pick([channels[0]!, channels.join(' '), random.pick(channels)])
    if (random.chance(0.95)) this.#put(`${prefix}type`, this.#type('selector').written)
    for (const key of [
      'header',
      'default',
      'optional',
      'mapping.A',
      'mapping.B',
      'mapping.',
      'mapping',
      'optional.A',
      'optional.C',
      'policy',
      'config',
    ])
      if (random.chance(0.3))
        this.#put(
          `${prefix}${key}`,
          key === 'header' || key === 'config' || key === 'policy' ? random.pick(['h', 'OTHER', 'random', 'replicating']) : list(),
        )
  }

  #interceptors(prefix: string): void {
    const random = this.#random
    const names = ['i1', 'i2', 'i 3', 'i.4', 'é'].slice(0, 1 + random.below(random.chance(0.8) ? 2 : 5))
    this.#list(`${prefix}interceptors`, names)
    for (const name of names) {
      const own = `${prefix}interceptors.${name}.`
      const { written, alias } = this.#type('interceptor')
      if (!this.#seldom(0.04)) this.#put(`${own}type`, written)
      this.#properties(own, 'interceptor', alias === 'org.apache.flume.sink.solr.morphline.UUIDInterceptor$Builder' ? 'uuid' : alias)
      if (alias === 'regex_extractor') this.#extractor(own)
      if (alias === 'search_replace' && random.chance(0.8)) this.#put(`${own}searchPattern`, this.#value('searchPattern', undefined, 0))
    }
  }

  #extractor(prefix: string): void {
    const random = this.#random
    if (random.chance(0.9)) this.#put(`${prefix}regex`, random.chance(0.7) ? '(a)(b)' : this.#value('regex', undefined, 0))
    if (random.chance(0.95)) this.#put(`${prefix}serializers`, random.pick(['s1', 's1 s2', 's1\ts2', ' s1', '']))
    for (const name of ['s1', 's2']) {
      if (random.chance(0.9)) this.#put(`${prefix}serializers.${name}.name`, random.pick(['one', '', 'two']))
      if (random.chance(0.3))
        this.#put(
          `${prefix}serializers.${name}.type`,
          random.pick([
            'DEFAULT',
            'default',
            'org.apache.flume.interceptor.RegexExtractorInterceptorPassThroughSerializer',
            'org.apache.flume.interceptor.RegexExtractorInterceptorMillisSerializer',
            'x.Y',
            'java.lang.String',
          ]),
        )
      if (random.chance(0.3))
        this.#put(
          `${prefix}serializers.${name}.pattern`,
          random.pick([
            'yyyy-MM-dd HH:mm',
            'yyyy-bb',
            "yyyy 'x",
            '',
            'Q',
            'yyyyyyyyyy',
            "''",
            'dd/MMM/yyyy:HH:mm:ss Z',
            'G C x w e E a K h k s S z',
          ]),
        )
    }
  }

  #groups(agent: string, sinks: readonly string[]): void {
    const random = this.#random
    const names = random.pick([['g1'], ['g1', 'g2'], ['g1', 'k1'], ['g 1'], ['é', 'g1', 'g2']])
    this.#put(`${agent}.sinkgroups`, names.join(random.chance(0.9) ? ' ' : '\t'))
    for (const name of names) {
      const prefix = `${agent}.sinkgroups.${name}.`
      const own = sinks.filter(() => random.chance(0.6))
      if (!this.#seldom(0.02)) this.#list(`${prefix}sinks`, own.length === 0 ? [random.pick(['k9', 'k1'])] : own)
      if (!this.#seldom(0.05)) this.#put(`${prefix}processor.type`, this.#type('sinkProcessor').written)
      for (const sink of [...own, 'x'])
        if (random.chance(0.4)) this.#put(`${prefix}processor.priority.${sink}`, random.pick(['1', '5', '10', '-1', 'x', '', '1.5', ' 7']))
      for (const key of ['maxpenalty', 'backoff', 'selector', 'selector.maxTimeOut', 'config'])
        if (random.chance(0.15))
          this.#put(
            `${prefix}processor.${key}`,
            key === 'selector'
              ? caseOf(
                  random.pick([
                    'round_robin',
                    'random',
                    'bogus',
                    'org.apache.flume.sink.LoadBalancingSinkProcessor$RoundRobinSinkSelector',
                    'x.Y',
                  ]),
                  random,
                )
              : this.#value(key, { kind: 'int', description: '', required: false }, 0),
          )
    }
  }

  #filters(agent: string): void {
    const random = this.#random
    this.#put(`${agent}.configfilters`, random.pick(['f1', 'f1 f2', 'f-1 f1', 'f f1']))
    for (const name of ['f1', 'f2', 'f-1', 'f']) {
      if (!random.chance(0.8)) continue
      const { written, alias } = this.#type('configFilter')
      this.#put(`${agent}.configfilters.${name}.type`, written)
      if (alias === 'external')
        this.#put(`${agent}.configfilters.${name}.command`, random.pick(['echo got', 'false', '/no/such', 'printf a\\nb', 'true']))
    }
  }

  /** What a person slips on: a key twice, a section in the wrong case, a line that belongs to nothing. */
  #disturb(): void {
    const random = this.#random
    while (random.chance(0.2)) {
      const [key, value] = random.pick(this.#entries)
      switch (random.below(9)) {
        case 0:
          this.#put(key, random.pick([value, 'x', '', 'c2']))
          break
        case 1:
          this.#put(
            key.replace(/\.(\w)/, (_, first: string) => `.${first.toUpperCase()}`),
            value,
          )
          break
        case 2:
          this.#put(
            random.pick([
              '.x',
              'x',
              'a1',
              'a1.',
              'a1.sources.',
              'a1.sources..type',
              'a1..sources',
              'a1.sinks.k1',
              'a1.sinks.k1.',
              '',
              'a1.source',
              'a1.sources.r1..x',
              'a1.other.x.y',
              ' ',
              '.',
              '..',
              'a1 .sources',
              'a1. sources',
              'a1.sources.r1 .x',
              'a1.sources. r1.x',
              'a1.channels.c1 .type',
            ]),
            value,
          )
          break
        case 3:
          this.#put(` ${key}`, value)
          break
        case 4:
          this.#put(`${key} `, random.pick([value, 'y']))
          break
        case 5:
          this.#entries = this.#entries.filter((entry) => entry[0] !== key)
          break
        case 6:
          this.#put(key.replace(/\.[^.]*$/, ''), value)
          break
        case 7:
          this.#entries = this.#entries.map(
            (entry): Entry => (entry[0] === key ? [key, random.pick(['', ' ', 'é', value.toUpperCase(), `${value} ${value}`])] : entry),
          )
          break
        default:
          this.#put(`${key}.x`, value)
      }
      if (this.#entries.length === 0) return
    }
  }
}

/** The JDBC channel opens its database when it is configured; of morphline's classes only some load without their libraries. */
const leftOut = /JdbcChannel$|morphline\.Morphline/

const portSpec: PropertySpec = { kind: 'int', description: '', required: true }

function shuffle<T>(items: T[], random: Random): void {
  for (let index = items.length - 1; index > 0; index--) {
    const other = random.below(index + 1)
    ;[items[index], items[other]] = [items[other]!, items[index]!]
  }
}
