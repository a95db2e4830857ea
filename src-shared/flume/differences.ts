// Every place in which Millrace departs from Apache Flume 1.11 on purpose. Everything that is not in this table behaves as recorded from
// the original (design §10). docs/differences.md is generated from it; `validate`, component definitions and the conformance runner cite
// the ids.
// Longer than most files: the table is one list, and read as one.

export interface Difference {
  /** Stable, kebab-case. */
  readonly id: string
  readonly title: string
  /** What Apache Flume 1.11 (or Apache Spark 3.5) does. */
  readonly original: string
  readonly millrace: string
  readonly why: string
  /**
   * What is different in what a run leaves where the rule was applied (the product says so in its log, as `rule=…`): the conformance runner
   * shows a case as `differs` only when all of its differences are of this kind. Without it only for the cases that are listed.
   */
  readonly leaves?: readonly Leaves[]
  /** Golden cases (test/conformance) whose recorded answer is another one. */
  readonly cases: readonly string[]
}

/**
 * `more`: every line of Flume's, and others that Flume lost or never read. `fewer`: each line of Flume's, but not as often. `longer`: line by
 * line what Flume has, and more behind it. `utf8`: text that Flume read as ISO-8859-1. `characters`: the same but for characters that are not ASCII,
 * for which Flume has question marks or others, and where lines are cut between them. `once`: every line of Flume's, not as often where it repeats
 * them, and others.
 */
export type Leaves = 'more' | 'fewer' | 'longer' | 'utf8' | 'characters' | 'once'

export const differences: readonly Difference[] = [
  // Configuration
  {
    id: 'channel-without-type',
    title: 'A channel without a type is durable',
    original: 'The channel is dropped, and with it every source and sink on it; the agent often runs nothing.',
    millrace: 'It becomes a durable channel (`sqlite`), with a warning at its line.',
    why: 'A forgotten line must not stop a pipeline for good, and the safe choice loses nothing.',
    leaves: ['more'],
    cases: [],
  },
  {
    id: 'configuration-is-utf8',
    title: 'A configuration file in UTF-8 is read as UTF-8',
    original: 'Every file is read as ISO-8859-1: “ü” becomes “Ã¼”.',
    millrace:
      'A file that is valid UTF-8 is read as such, other bytes as ISO-8859-1. What Millrace writes is \\uXXXX, which both read alike.',
    why: 'Editors write UTF-8. In Flume a pattern with an umlaut silently drops every event that it was to keep, and text is damaged.',
    leaves: ['utf8', 'more'],
    cases: [],
  },
  {
    id: 'a-bad-value-spares-the-rest',
    title: 'One bad value does not stop the file',
    original: 'A malformed \\uXXXX, an infinite reference or a bad date pattern ends the process.',
    millrace: 'The value stays as written, the problem is located, everything else runs.',
    why: 'One slip should cost one component, not all agents of a file.',
    leaves: ['more'],
    cases: [],
  },
  {
    id: 'an-unknown-type-spares-the-rest',
    title: 'An unknown type leaves out one component',
    original: 'A source, sink or channel whose class cannot be loaded ends the whole agent, and after a reload live reload is dead.',
    millrace: 'That component is left out with a located problem and the nearest known name; the rest runs.',
    why: 'A pipeline must not stop for good because of one component.',
    leaves: ['more'],
    cases: [],
  },
  {
    id: 'sinks-of-a-lost-group-run-alone',
    title: 'Sinks of a group that cannot run, run alone',
    original:
      'A group without processor type, or with a processor that refuses its sinks, is removed, and its sinks never run; a group without `sinks` ends the agent, and one with a sink that is refused leaves nothing running.',
    millrace:
      'The group is left out with a located problem and each of its sinks has a runner of its own; a sink that is refused is missing in its group.',
    why: 'Otherwise the channel fills up and everything before it stops.',
    leaves: ['more'],
    cases: [],
  },
  {
    id: 'sink-group-list-blanks',
    title: 'Sink groups may be listed with any blanks',
    original: 'The list `sinkgroups` is taken apart at single blanks only: a tab makes one unknown group of two.',
    millrace: 'Any white space separates, with a warning.',
    why: 'All other lists do.',
    cases: [],
  },
  {
    id: 'load-balancing-selector',
    title: 'The load-balancing selector can be used',
    original: '`selector.type = load_balancing` is documented, but removes the source: its configuration type was forgotten.',
    millrace: 'It works as documented.',
    why: 'The whole source is lost otherwise.',
    leaves: ['more'],
    cases: [],
  },
  {
    id: 'replicating-optional-unknown',
    title: 'An unknown optional channel of a replicating selector is passed over',
    original:
      'It stands in the list as nothing: events reach the required channels, and then every put fails with a NullPointerException, which ends a spooldir source for good.',
    millrace: 'It is passed over, with a warning at its line.',
    why: 'A slip in the name of a channel that may be missing must not stop the source.',
    leaves: ['more'],
    cases: [],
  },
  {
    id: 'batch-above-transaction',
    title: 'A batch above its channel’s transaction does not remove the component',
    original: 'A source or sink whose batchSize, written or by default, is above the transactionCapacity of its channel is removed.',
    millrace: 'It moves as many events at a time as a transaction holds, and is warned of.',
    why: 'The pipeline does nothing for good otherwise.',
    leaves: ['more'],
    cases: [],
  },
  {
    id: 'reload-keeps-old',
    title: 'A new configuration that could not run leaves the old one running',
    original:
      'After a reload with an unknown type, or of an emptied file, nothing runs or live reload is dead for the rest of the process.',
    millrace: 'The old graph goes on, the problems are listed, and the next change of the file is looked at again.',
    why: 'A slip in an editor must not stop a pipeline.',
    cases: [],
  },

  // Sources
  {
    id: 'listen-on-loopback',
    title: 'Listeners bind to this machine unless told otherwise',
    original: 'Without `host` syslog sources listen on every address, or do not start.',
    millrace: 'Without `host` they listen on 127.0.0.1.',
    why: 'A desktop tool must not open ports to the network unasked.',
    cases: [],
  },
  {
    id: 'network-limits',
    title: 'What a client may ask of a source is limited',
    original:
      'Connections, idle time, and the events and headers of a message are not limited: a client can make an agent run out of memory.',
    millrace:
      'Keys of its own limit connections, idle time, the time and size of a message, its events and headers, and what is buffered for all clients; the defaults are far above what Flume’s clients send.',
    why: 'One broken or hostile client must not end the agent that serves all others.',
    cases: [],
  },
  {
    id: 'thrift-frame-is-a-message',
    title: 'A frame of the Thrift protocol is a message',
    original:
      'Bytes that a frame has behind its call, or that were not read because of a mistake in it, are taken for the beginning of the next call.',
    millrace: 'A call begins where its frame does; what its frame has behind it is passed over.',
    why: 'Bytes of an event could be taken for a call, and a good call behind a broken one would be refused.',
    cases: [],
  },
  {
    id: 'syslog-tcp-holds',
    title: 'A full channel slows a syslog sender down',
    original: 'An event for which a channel has no room is dropped with a log line.',
    millrace: 'It is put again until there is room; the connection is not read meanwhile.',
    why: 'Flume loses these events silently.',
    leaves: ['more'],
    cases: [],
  },
  {
    id: 'taildir-rename',
    title: 'A renamed file is not read again',
    original: 'A file that is renamed within a group’s pattern is read again from its beginning.',
    millrace: 'Files are followed by identity; reading goes on where it was.',
    why: 'Rotation must not duplicate a whole file.',
    leaves: ['fewer'],
    cases: [],
  },
  {
    id: 'taildir-latency',
    title: 'New lines are seen at once',
    original: 'An idle source sleeps up to 5 s between looks.',
    millrace: 'A change of a file or folder wakes it.',
    why: 'The same events, sooner.',
    cases: [],
  },
  {
    id: 'taildir-missing-directory',
    title: 'A folder that does not exist yet is waited for',
    original: 'A missing parent folder of a file group ends the source’s start.',
    millrace: 'The source runs, says so, and finds the folder when it comes.',
    why: 'A service that starts later must not need a restart of the agent.',
    cases: [],
  },
  {
    id: 'taildir-replaced',
    title: 'A file that was replaced in place is read from its beginning',
    original: 'A new file under the same inode is read from the old position; its first lines are lost.',
    millrace: 'The beginning of a file is remembered; another beginning is another file.',
    why: 'Flume loses lines silently.',
    leaves: ['more'],
    cases: [],
  },
  {
    id: 'taildir-position',
    title: 'Positions are written with every commit',
    original: 'The position file is written every 3 s: after a crash up to 3 s of lines come again.',
    millrace: 'A journal beside the position file is written per commit; the position file itself stays Flume’s.',
    why: 'Fewer duplicates after a crash, and the file can go back to Flume.',
    leaves: ['fewer'],
    cases: [],
  },
  {
    id: 'taildir-position-more',
    title: 'A position file may say more than Flume reads',
    original: 'With a key that Flume does not know in an entry, or an inode of more than 64 bits, the source never starts.',
    millrace: 'The key is passed over; such an inode is one that no file has.',
    why: 'What another program notes beside the positions must not stop the source for good.',
    leaves: ['more'],
    cases: [],
  },
  {
    id: 'taildir-long-line',
    title: 'A line without end does not fill the memory',
    original: 'A line is held in memory whole, however long it is.',
    millrace: 'Beyond `maxLineBytes` (16 MiB) it is cut into several events.',
    why: 'One broken file must not end the agent.',
    cases: [],
  },
  {
    id: 'exec-holds',
    title: 'A full channel holds a command up',
    original:
      'When the channel refuses lines the command is killed and what was read is lost; without `restart` the source is idle for good.',
    millrace:
      'The lines are put again until they are taken; the command waits on its pipe meanwhile. Without `batchSize` lines go as they come.',
    why: 'Flume loses lines and stops for good.',
    leaves: ['more'],
    cases: [],
  },
  {
    id: 'netcatudp-remote-address',
    title: 'netcatudp understands both spellings of its header',
    original: 'Reads `remoteAddress`, documents `remoteAddressHeader`, and stores the sender under a null name when neither is there.',
    millrace: 'Both keys work; without them there is no header.',
    why: 'A defect of Flume.',
    cases: [],
  },
  {
    id: 'udp-datagrams-whole',
    title: 'A datagram is read whole',
    original: 'netcatudp and syslogudp keep the first 2,048 bytes of a datagram.',
    millrace: 'All of it is read.',
    why: 'Flume loses the rest silently.',
    leaves: ['longer'],
    cases: ['m040-netcatudp-big', 'm145-syslog-udp-eventsize'],
  },
  {
    id: 'netcat-good-lines',
    title: 'Good lines before a bad byte are kept where nobody is told',
    original:
      'Of a packet with bytes that are no characters nothing is read, good lines before them included, and the connection is closed.',
    millrace:
      'So too with acknowledgements, where the client knows that it got no OK; with `ack-every-event = false` the lines before them are events.',
    why: 'Flume loses these lines silently.',
    leaves: ['more'],
    cases: [],
  },
  {
    id: 'syslog-multiport-bad-date',
    title: 'A date that does not exist spoils one message',
    original:
      'multiport_syslogtcp loses every message of a packet in which one has such a date, or a time without zone that ends in a fraction, or is empty.',
    millrace: 'That message is marked Invalid, the others are events.',
    why: 'Flume loses messages silently.',
    leaves: ['more'],
    cases: [],
  },
  {
    id: 'syslog-multiport-year',
    title: 'A time without year is of this year',
    original:
      'multiport_syslogtcp takes RFC 3164 times of more than a month ago for the year 2001, those of more than a month ahead for 1999.',
    millrace: 'The year that brings it nearest to now, as syslogtcp does.',
    why: 'A defect of Flume.',
    cases: [],
  },
  {
    id: 'syslog-multiport-nul',
    title: 'A NUL character does not end a message',
    original: 'multiport_syslogtcp throws away what follows a NUL in a message.',
    millrace: 'It is kept, as syslogtcp keeps it.',
    why: 'Flume loses data silently.',
    leaves: ['longer'],
    cases: ['m352-syslog-multi-crlf'],
  },
  {
    id: 'spooldir-whole-characters',
    title: 'A line is not cut within a character',
    original: 'maxLineLength cuts a character of two UTF-16 units into two question marks.',
    millrace: 'The event gets the whole character.',
    why: 'Flume loses the character.',
    leaves: ['characters'],
    cases: ['m062-spool-maxline-surrogates'],
  },

  // Interceptors
  {
    id: 'regex-extractor-default-in-any-case',
    title: 'serializers.<s>.type = default works',
    original: 'The documented lower-case `default` is taken for a class name; the source is removed.',
    millrace: 'It is read in any case.',
    why: 'Flume drops the source because of its own documentation.',
    leaves: ['more'],
    cases: [],
  },
  {
    id: 'search-replace-leaves-bytes',
    title: 'search_replace leaves alone what it does not match',
    original: 'Every body is decoded and encoded again: bytes that are no characters become U+FFFD even where nothing matches.',
    millrace: 'A body without a match stays as it is.',
    why: 'Flume damages binary bodies.',
    leaves: ['characters'],
    cases: ['m216-int-bad-utf8-replace'],
  },
  {
    id: 'interceptor-failure-spares-the-rest',
    title: 'An event that an interceptor cannot change fails alone',
    original:
      'Such an event is one that search_replace finds and whose replacement refers to a missing group, or a time that does not fit its pattern. With it a syslog source loses the rest of its packet, and exec the lines that it has read; netcat leaves the connection open and reads no more.',
    millrace:
      'syslog and UDP sources drop that event alone, counted and said; netcat closes the connection; exec, taildir and spooldir hold it and say so, until the configuration is changed. A replacement that cannot work is warned of at its line.',
    why: 'Flume loses events silently.',
    leaves: ['more'],
    cases: [],
  },

  // Channels
  {
    id: 'file-channel-own-format',
    title: 'The file channel keeps its events in Millrace’s log',
    original: 'Data files and checkpoints of Flume’s own format.',
    millrace: 'The folders of the configuration hold an SQLite log; keys that only make sense for Flume’s files are warned of.',
    why: 'Durable at memory speed, no replay at start, damage confined to a segment. Drain a Flume file channel before the change.',
    cases: [],
  },
  {
    id: 'file-channel-default-folder',
    title: 'A file channel without folders has one of its own',
    original: 'All agents of a user share ~/.flume/file-channel; the second one fails.',
    millrace: 'The default is a folder of the agent and channel.',
    why: 'Any number of agents runs side by side.',
    cases: [],
  },
  {
    id: 'pseudo-channel-transactions',
    title: 'The pseudo-transactional channel has transactions',
    original: 'A take is final at once: what a sink could not deliver is lost.',
    millrace: 'What is rolled back is delivered again.',
    why: 'Flume loses events.',
    leaves: ['more'],
    cases: [],
  },

  // Sinks
  {
    id: 'poison-events',
    title: 'An event that cannot be delivered does not block a sink for ever, where a person says so',
    original: 'A batch that fails is tried again for ever; one event that the receiver never takes stops everything behind it.',
    millrace:
      'So too, unless the sink has `maxRetries`. Then a batch that failed so often is looked through and the events that fail by themselves are set aside, in a dead letter file or channel; the others are delivered in order. An event that the receiver refuses (HTTP 400, 413, 422 …) is set aside at once, any other only when it fails before and after another one got through. Failures in which nothing was sent (no connection, no such host, disk full, no permission, trouble of a channel) never count. In a group an event is set aside when no sink of the group takes it.',
    why: 'A pipeline must not stop for good because of one event, and a receiver that is down must not empty the channel into a dead letter file.',
    cases: [],
  },
  {
    id: 'file-roll-no-half-event',
    title: 'file_roll never leaves half an event',
    original: 'After a crash the last record of a file may be cut off.',
    millrace: 'At start an unfinished last record of the sink’s own file is cut; its event is delivered again.',
    why: 'A reader of the file must not see half a line.',
    cases: [],
  },
  {
    id: 'null-header-is-empty',
    title: 'A header without a value does not stop a sink',
    original:
      'The avro and thrift sinks and the avro_event serializer fail over a header that is null: the batch is tried again for ever, and file_roll writes its first events each time.',
    millrace: 'Such a header goes out as the empty text.',
    why: 'One event that regex_extractor or a client gave such a header stops everything behind it.',
    leaves: ['once'],
    cases: ['m456-null-header'],
  },
  {
    id: 'http-sink-2xx',
    title: 'An HTTP answer of 2xx means delivered',
    original: 'With default settings even 200 is rolled back and sent again, for ever.',
    millrace: 'Where no rule is configured for the status, 2xx is delivered.',
    why: 'Flume’s default never ends.',
    leaves: ['fewer'],
    cases: [],
  },
  {
    id: 'http-blob-without-mandatory-parameters',
    title: 'BLOBHandler needs no mandatory parameters',
    original: 'Without `handler.mandatoryParameters` every request is answered 500: the empty list counts as one empty name.',
    millrace: 'No parameter is mandatory then.',
    why: 'The handler takes nothing at all otherwise.',
    leaves: ['more'],
    cases: [],
  },
  {
    id: 'spooldir-quarantine',
    title: 'A spooled file that cannot be read on is put aside',
    original: 'A name used again, a file changed while it is read, or bytes that are no characters stop the source for good.',
    millrace:
      'The file gets the ending `.error` (one whose name was used again, the next free completed name) and is left alone until it changes; the others go on. Which those are is noted in the tracker directory, so files that come with such names are read.',
    why: 'One bad file must not stop all that come after it.',
    leaves: ['more'],
    cases: ['r043-spool-reused-name'],
  },
  {
    id: 'hdfs-headers-stay-below',
    title: 'A header does not lead out of the folder of hdfs.path',
    original: 'An event whose header is `../../etc`, where `hdfs.path` has that header, is written to wherever that leads.',
    millrace: 'A segment `..` that comes with an event is written as `%2E%2E`: the file is in a folder of that name.',
    why: 'Whoever may send events could write files anywhere that the agent may.',
    cases: [],
  },
  {
    id: 'hdfs-failed-transaction',
    title: 'What a failed transaction of the hdfs sink wrote is taken back',
    original:
      'Events that stand before one that cannot be written, because it has no timestamp for instance, stay in their files, and are written again at each try.',
    millrace: 'The files are as they were before the transaction, and those that it began are removed.',
    why: 'Otherwise one bad event fills the disk with copies of the others.',
    leaves: ['once'],
    cases: [],
  },
  {
    id: 'hdfs-write-format-in-any-case',
    title: 'hdfs.writeFormat is read in any case',
    original: 'Only Text and Writable in these letters mean anything; with any other spelling every event fails, for ever.',
    millrace: 'text is Text.',
    why: 'Nothing is written at all otherwise, and only a NullPointerException says why.',
    cases: [],
  },
  {
    id: 'hdfs-max-open-files',
    title: 'hdfs.maxOpenFiles holds between transactions',
    original: 'Where a transaction goes to and fro between more buckets than that, each change closes a file and begins another.',
    millrace: 'A transaction may have more files open; afterwards those written longest ago are closed.',
    why: 'Fewer and larger files.',
    cases: [],
  },
  {
    id: 'hdfs-webhdfs',
    title: 'HDFS is written over WebHDFS',
    original: '`hdfs.path` names any Hadoop file system; one without a scheme is in the default file system of Hadoop’s configuration.',
    millrace:
      'A path without a scheme, or `file:`, is a directory of this machine; `webhdfs:` and `swebhdfs:` are HDFS; `hdfs:` is refused with the address to write instead.',
    why: 'Hadoop’s RPC needs Hadoop’s Java libraries.',
    cases: [],
  },
  {
    id: 'sparksink-loopback',
    title: 'SparkSink binds to this machine unless told otherwise',
    original: 'Without `hostname` it listens on every address.',
    millrace: 'Without `hostname` it listens on 127.0.0.1.',
    why: 'A desktop tool must not open ports to the network unasked.',
    cases: [],
  },
  {
    id: 'sparksink-transaction-capacity',
    title: 'A pull of SparkSink fits into the channel’s transaction',
    original: 'A receiver that asks for more events than transactionCapacity never gets any.',
    millrace: 'It gets as many as a transaction holds.',
    why: 'The stream stops for good otherwise.',
    cases: [],
  },
  {
    id: 'sparksink-ack-not-behind-get',
    title: 'Acknowledgements of SparkSink overtake waiting pulls',
    original: 'With all threads waiting in pulls no acknowledgement is taken, until batches time out and come twice.',
    millrace: 'Acknowledgements need no thread.',
    why: 'Fewer duplicates.',
    cases: [],
  },
  {
    id: 'polling-receiver-goes-on',
    title: 'A pulling receiver outlives the agents that it pulls from',
    original:
      'A fetcher thread dies when an acknowledgement fails or when there are more threads than connections; the receiver then looks alive and receives nothing.',
    millrace: 'The connection is made again, with a growing pause, and the receiver says that it has lost the sink.',
    why: 'The stream stops for good otherwise.',
    cases: [],
  },
  {
    id: 'push-receiver-durable',
    title: 'With a write-ahead log a pushing sink is answered when its events are durable',
    original:
      'FlumeUtils.createStream answers OK when the events are buffered, with spark.streaming.receiver.writeAheadLog.enable too: what is in the buffer when the receiver dies is lost.',
    millrace: 'With the log on, a request is stored as one block, and OK means that it is on the disk. Rates do not slow it then.',
    why: 'The sink has given its events up when it hears OK.',
    cases: [],
  },
  // Streaming: what Apache Spark 3.5 does
  {
    id: 'receiver-error-time',
    title: 'A receiver that reports an error says when',
    original:
      'lastErrorTime of an error that is only reported stays as it was, -1 at first: the page shows no time and REST leaves it out.',
    millrace: 'lastErrorTime is when it was reported.',
    why: 'An error without a time cannot be found in a log.',
    cases: [],
  },
  {
    id: 'receiver-log-of-segments',
    title: 'A receiver’s write-ahead log keeps everything, and is let go by retention',
    original:
      'The log is closed before the last buffer of a receiver that is stopped is written; a block that could not be written ends the thread that writes, and the receiver fills up; files are deleted with the batches that had them.',
    millrace:
      'The log is a durable log like a channel’s, in the stream’s folder. The last buffer is written before the stop is over, a refused block is tried again while the receiver waits, and what batches had is kept for replays (millrace.streaming.receiverLog.retention, …retentionBytes). Records are kept as text, Flume’s events or plain values; one of a class of the program’s own is refused.',
    why: 'Data is lost in silence otherwise, and a batch of a receiver could not be looked at again.',
    cases: [],
  },
  {
    id: 'no-closure-serialisation',
    title: 'Functions are never serialised',
    original: 'A function that captures something not serialisable is refused: at the call, or at start() when checkpointing is on.',
    millrace: 'Every function is accepted; a checkpoint holds data only.',
    why: 'Programs run in one process, and code in a checkpoint could not be changed afterwards.',
    cases: ['error-19'],
  },
  {
    id: 'approximate-rest-on-demand',
    title: 'What an approximate count left over is counted when somebody asks',
    original:
      'countApprox and its like return after their time, and the job runs on to its end behind them, also when nobody waits for it.',
    millrace: 'The partitions left over are computed when getFinalValue() is first called, with the same result.',
    why: 'Who asks for an approximation wants to spend no more than that time, and in one process the rest would hold up the next batch.',
    cases: [],
  },
  {
    id: 'distinct-estimate-without-tables',
    title: 'countApproxDistinct corrects its estimate without tables',
    original:
      'In the middle of its range, from about 0.7 to 5 times the number of registers, the estimate is corrected by measured tables.',
    millrace: 'There Ertl’s estimator gives the number; below and above it is Spark’s own, over the same hashes.',
    why: 'It is as exact, and needs no six thousand numbers.',
    cases: [],
  },
  {
    id: 'text-files-by-name',
    title: 'Text files are looked for when they are needed, and come by name',
    original: 'The files of a folder come in the order of the file system; sc.wholeTextFiles names them as URIs.',
    millrace: 'They come sorted by name; wholeTextFiles gives paths.',
    why: 'The same program gives the same order on every machine.',
    cases: [],
  },
  {
    id: 'no-array-casts',
    title: 'collectAsMap works on any RDD of pairs',
    original: 'On an RDD whose static type is not a pair, the collected array cannot be cast: ClassCastException.',
    millrace: 'It gives the map.',
    why: 'JavaScript has one type of array; the compiler checks the element type instead.',
    cases: ['rdd-066'],
  },
  {
    id: 'threads-evaluate-the-program',
    title: 'A function in a thread has its own copy of what the program’s text makes',
    original:
      'With local[n] a function is serialised for each task, with what it captures as it is then; what it changes in that reaches nobody.',
    millrace:
      'With local[n] each thread evaluates the program’s files once, up to ssc.start(), and must come to the same streams. A function that runs there sees what that made, and what functions changed in the same thread; later changes in the program’s own thread do not reach it, and timers of the program do not run there. Small batches, and everything behind the first shuffle, run in the program’s own thread.',
    why: 'A JavaScript function cannot be serialised with what it captures.',
    cases: [],
  },
  {
    id: 'failed-tasks-run-once',
    title: 'A master that runs failed tasks again is refused',
    original: 'local[n,failures] runs a task up to so many times.',
    millrace: 'failures may be 1; more is refused when the context is made.',
    why: 'A function that failed fails again on the same record; a batch that failed keeps its range and runs again as a whole.',
    cases: [],
  },
  {
    id: 'batch-done-when-all-outputs-succeeded',
    title: 'A batch is done when every output has succeeded',
    original: 'The output that ends last decides: a failure before it is forgotten, a failure in it keeps the batch in memory for good.',
    millrace: 'Ranges stay pending and are run again after a restart unless all outputs succeeded; memory is released either way.',
    why: 'Part of a batch was lost silently (SPARK-18905).',
    cases: [],
  },
  {
    id: 'state-before-remembered',
    title: 'A state from before what is remembered is not made again',
    original: 'A slice that asks for a state of a batch that is forgotten computes all batches again, from the first on.',
    millrace: 'It fails and says which is the oldest batch that is known; `remember` keeps more.',
    why: 'What the first batches read need not be there any more, and a stream that has run for a month would be computed once more.',
    cases: [],
  },
  {
    id: 'receiver-restart-waits',
    title: 'A receiver that cannot start waits before it is started again',
    original: 'It is started again at once, for ever; one that stops itself is started again too.',
    millrace: 'The restart delay (2 s) is kept; a receiver that calls stop() is stopped.',
    why: 'A loop without a pause takes a processor and floods the log.',
    cases: [],
  },
  {
    id: 'graceful-stop-without-extra-ticks',
    title: 'A graceful stop ends when everything received is processed',
    original: 'One or two more intervals pass; when the last tick has no jobs or fails, the whole time-out is burnt (SPARK-4545).',
    millrace: 'Blocks that no batch has yet get one; without any the clock stops at once.',
    why: 'Nothing more can come after the receivers have stopped.',
    cases: [],
  },
  {
    id: 'batch-duration-positive',
    title: 'A batch duration of 0 ms is refused',
    original: 'It is accepted, and start() too.',
    millrace: 'The context cannot be made.',
    why: 'The clock would never move on.',
    cases: [],
  },
  {
    id: 'key-order-of-large-partitions',
    title: 'Keys of large partitions come in order of arrival',
    original: 'Aggregations give keys in the order of their hash table.',
    millrace: 'So up to 8,192 keys in a partition; beyond that, in the order of arrival.',
    why: 'What a person reads is the same; what only a program reads is not slowed down.',
    cases: [],
  },
  {
    id: 'stop-lets-the-batch-end',
    title: 'A stop from outside lets the batch under way end',
    original:
      'SIGTERM ends the process in the middle of a batch, unless spark.streaming.stopGracefullyOnShutdown is set; what receivers hold is processed only then.',
    millrace: 'The batch under way is finished, and what receivers have stored gets its batch; a second signal ends at once.',
    why: 'A half-written output is nobody’s wish.',
    cases: [],
  },
  {
    id: 'missed-ticks',
    title: 'Ticks that were slept through are not replayed one by one',
    original: 'Every missed tick fires, one after the other.',
    millrace:
      'More than ten overdue ticks run only as long as input waits, then the newest, and while 1,000 batches wait no more are made; `millrace.streaming.missedTicks` = replay brings all of them.',
    why: 'A laptop that slept an hour would run 3,600 empty batches, and a stream that is too slow would gather batches without end.',
    cases: [],
  },
]

/** The rule of that id. Throws for one that the table has not: ids are written in code only. */
export function difference(id: string): Difference {
  const found = differences.find((rule) => rule.id === id)
  if (found === undefined) throw new Error(`There is no rule ${id} in src-shared/flume/differences.ts.`)
  return found
}
