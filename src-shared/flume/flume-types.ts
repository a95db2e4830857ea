// The component types that Apache Flume 1.11 knows: alias and class name. Millrace names those that it has not built; the model of a
// real Flume (as-flume) decides by them what loads.

export interface FlumeType {
  readonly alias?: string
  readonly className: string
  /** In 1.11 the class is missing: why. */
  readonly missing?: string
  /** The class stands in a module that flume-ng-node does not bring along: a Flume as we recorded it cannot load it. */
  readonly extra?: true
  /** Millrace is going to have it; the word by which people ask for it. */
  readonly later?: string
}

const type = (alias: string, className: string, missing?: string): FlumeType => ({
  alias,
  className: `org.apache.flume.${className}`,
  ...(missing !== undefined && { missing }),
})
const extra = (found: FlumeType): FlumeType => ({ ...found, extra: true })
const later = (word: string, found: FlumeType): FlumeType => ({ ...found, later: word })
const byClass = (className: string): FlumeType => ({ className: `org.apache.flume.${className}` })

export const flumeTypes = {
  source: [
    type('seq', 'source.SequenceGeneratorSource'),
    type('netcat', 'source.NetcatSource'),
    type('exec', 'source.ExecSource'),
    type('avro', 'source.AvroSource'),
    type('syslogtcp', 'source.SyslogTcpSource'),
    type('multiport_syslogtcp', 'source.MultiportSyslogTCPSource'),
    type('syslogudp', 'source.SyslogUDPSource'),
    type('spooldir', 'source.SpoolDirectorySource'),
    type('http', 'source.http.HTTPSource'),
    type('thrift', 'source.ThriftSource'),
    later('jms', extra(type('jms', 'source.jms.JMSSource'))),
    type('taildir', 'source.taildir.TaildirSource'),
    type('netcatudp', 'source.NetcatUdpSource'),
    byClass('source.StressSource'),
    byClass('source.scribe.ScribeSource'),
    later('kafka', extra(byClass('source.kafka.KafkaSource'))),
    extra(byClass('source.twitter.TwitterSource')),
    extra(byClass('source.avroLegacy.AvroLegacySource')),
    extra(byClass('source.thriftLegacy.ThriftLegacySource')),
  ],
  channel: [
    type('file', 'channel.file.FileChannel'),
    type('memory', 'channel.MemoryChannel'),
    type('jdbc', 'channel.jdbc.JdbcChannel'),
    type('spillablememory', 'channel.SpillableMemoryChannel'),
    byClass('channel.PseudoTxnMemoryChannel'),
    later('kafka', extra(byClass('channel.kafka.KafkaChannel'))),
  ],
  sink: [
    type('null', 'sink.NullSink'),
    type('logger', 'sink.LoggerSink'),
    type('file_roll', 'sink.RollingFileSink'),
    type('hdfs', 'sink.hdfs.HDFSEventSink'),
    type('irc', 'sink.irc.IRCSink'),
    type('avro', 'sink.AvroSink'),
    type('thrift', 'sink.ThriftSink'),
    later('elasticsearch', type('elasticsearch', 'sink.elasticsearch.ElasticSearchSink', 'removed in Flume 1.11')),
    extra(type('hbase', 'sink.hbase.HBaseSink')),
    extra(type('asynchbase', 'sink.hbase.AsyncHBaseSink')),
    extra(type('hbase2', 'sink.hbase2.HBase2Sink')),
    extra(type('morphline_solr', 'sink.solr.morphline.MorphlineSolrSink')),
    extra(type('hive', 'sink.hive.HiveSink')),
    type('http', 'sink.http.HttpSink'),
    later('kafka', extra(byClass('sink.kafka.KafkaSink'))),
    extra(byClass('sink.kudu.KuduSink')),
    { className: 'org.apache.flume.sink.kite.DatasetSink', missing: 'removed after Flume 1.9' },
  ],
  selector: [
    type('replicating', 'channel.ReplicatingChannelSelector'),
    type('load_balancing', 'channel.LoadBalancingChannelSelector'),
    type('multiplexing', 'channel.MultiplexingChannelSelector'),
  ],
  sinkProcessor: [
    type('failover', 'sink.FailoverSinkProcessor'),
    type('default', 'sink.DefaultSinkProcessor'),
    type('load_balance', 'sink.LoadBalancingSinkProcessor'),
  ],
  interceptor: [
    type('timestamp', 'interceptor.TimestampInterceptor$Builder'),
    type('host', 'interceptor.HostInterceptor$Builder'),
    type('static', 'interceptor.StaticInterceptor$Builder'),
    type('regex_filter', 'interceptor.RegexFilteringInterceptor$Builder'),
    type('regex_extractor', 'interceptor.RegexExtractorInterceptor$Builder'),
    type('remove_header', 'interceptor.RemoveHeaderInterceptor$Builder'),
    type('search_replace', 'interceptor.SearchAndReplaceInterceptor$Builder'),
    byClass('sink.solr.morphline.UUIDInterceptor$Builder'),
    extra(byClass('sink.solr.morphline.MorphlineInterceptor$Builder')),
  ],
  configFilter: [
    type('env', 'configfilter.EnvironmentVariableConfigFilter'),
    type('hadoop', 'configfilter.HadoopCredentialStoreConfigFilter'),
    type('external', 'configfilter.ExternalProcessConfigFilter'),
  ],
} as const satisfies Readonly<Record<string, readonly FlumeType[]>>

export type FlumeTypeKind = keyof typeof flumeTypes

/** The type that an alias (any case) or a class name (exactly) means in Flume 1.11. */
export function flumeType(kind: FlumeTypeKind, name: string): FlumeType | undefined {
  return (flumeTypes[kind] as readonly FlumeType[]).find(
    ({ alias, className }) => alias?.toLowerCase() === name.toLowerCase() || className === name,
  )
}

/** The class that a Flume as we recorded it loads for a type of a source, channel or sink; undefined where it ends the whole agent over it. */
export function loadedClass(kind: 'source' | 'channel' | 'sink', name: string): string | undefined {
  const known = flumeType(kind, name)
  return known === undefined || known.missing !== undefined || known.extra === true ? undefined : known.className
}

/** The type that Millrace is going to have and that people ask for by this word, which need not be an alias of Flume's. */
export function laterType(kind: FlumeTypeKind, word: string): FlumeType | undefined {
  return (flumeTypes[kind] as readonly FlumeType[]).find(({ later }) => later === word.toLowerCase())
}
