// sink `SparkReceiver`: hands events to the receiver of that name in a stream program of this machine. The class name is of a sink that an
// article configured and that neither Flume nor Spark ever had (reference/spark-streaming.md §7.7); this is what the article meant.
import { MillraceError, messageOf } from '../../../src-shared/errors.ts'
import { int, string } from '../../../src-shared/spec/property.ts'
import { defineSink, type Status } from '../../component/define.ts'
import { FlumeClient } from '../avro/flume-client.ts'
import { untilAborted } from '../lifecycle/back-off.ts'
import { readNote, receiverDoor } from '../spark/receiver-door.ts'

const connectTimeoutMs = 5000

export const definition = defineSink({
  type: 'SparkReceiver',
  className: 'org.apache.flume.sink.sparksink.SparkSink',
  summary: 'Hands events to the receiver of a stream program by its name; they leave the channel when it has stored them.',
  properties: {
    'spark.receiverName': string().describe('The name under which the program registers its receiver (FlumeUtils.registerReceiver).'),
    'spark.appName': string().optional().describe('The program’s appName; another one is said on the node.'),
    'spark.master': string().optional().describe('Accepted; programs run on this machine.'),
    'spark.streamingInterval': int()
      .min(1)
      .optional()
      .describe('The program’s batch interval: seconds, from 1000 on milliseconds. Another one is said on the node.'),
    batchSize: int().min(1).default(1000).unit('events').extension().describe('Most events of one hand-over.'),
    'request-timeout': int().min(1).default(60_000).unit('ms').extension().describe('Events go back when they are not stored by then.'),
  },
  examples: [
    {
      title: 'To the receiver MyReceiver',
      properties: 'spark.appName = hello\nspark.receiverName = MyReceiver\nspark.streamingInterval = 5',
    },
  ],
  create: (options, context) => {
    const { channel, counters, status } = context
    const name = options['spark.receiverName']
    let client: FlumeClient | undefined

    /** The connection; undefined, and said, as long as there is no such receiver. */
    const connected = async (): Promise<FlumeClient | undefined> => {
      if (client?.active === true) return client
      if (client !== undefined) counters.add('ConnectionClosedCount', 1)
      client = undefined
      const door = receiverDoor(name)
      try {
        client = await FlumeClient.connect({
          host: name,
          port: 0,
          path: door.socket,
          connectTimeoutMs,
          requestTimeoutMs: options['request-timeout'],
        })
      } catch (error) {
        counters.add('ConnectionFailedCount', 1)
        const hint = nobodyListens(error)
          ? `Start a stream program that registers it: FlumeUtils.registerReceiver('${name}', …).`
          : `Its socket ${door.socket} could not be connected to: ${messageOf(error)}`
        status(`No receiver named ${name} can be reached; events wait in the channel.`, { severity: 'warning', retrying: true, hint })
        return undefined
      }
      counters.add('ConnectionCreatedCount', 1)
      const note = readNote(door)
      const odd = note && difference(note, options)
      status(
        `hands over to ${name}${note === undefined ? '' : ` of ${note.appName}`}`,
        odd === undefined ? undefined : { severity: 'warning', hint: odd },
      )
      return client
    }

    return {
      async stop() {
        client?.close()
        client = undefined
      },
      whenReady: (signal) => (client === undefined ? untilAborted(signal) : channel.whenAvailable(signal)),
      async process(): Promise<Status> {
        const receiver = await connected()
        if (receiver === undefined) return 'BACKOFF'
        const transaction = channel.transaction()
        transaction.begin()
        try {
          const batch = await transaction.take({
            events: Math.min(options.batchSize, channel.transactionCapacity ?? options.batchSize),
            bytes: Number.POSITIVE_INFINITY,
          })
          const count = batch?.count ?? 0
          if (batch !== null && count > 0) {
            counters.add('EventDrainAttemptCount', count)
            await receiver.appendBatch(batch)
          }
          await transaction.commit()
          counters.add('EventDrainSuccessCount', count)
          return count === 0 ? 'BACKOFF' : 'READY'
        } catch (error) {
          await transaction.rollback()
          counters.add('EventWriteFail', 1)
          throw new MillraceError(
            'EVENT_DELIVERY',
            `The receiver ${name} did not store a batch; it is handed over again: ${messageOf(error)}`,
            { cause: error },
          )
        } finally {
          transaction.close()
        }
      },
    }
  },
})

/** There is no socket, or one that a killed program left behind. */
function nobodyListens(error: unknown): boolean {
  const reason = error instanceof Error ? (error.cause as NodeJS.ErrnoException | undefined) : undefined
  return reason?.code === 'ENOENT' || reason?.code === 'ECONNREFUSED'
}

interface Expected {
  readonly 'spark.appName'?: string | undefined
  readonly 'spark.streamingInterval'?: number | undefined
}

/** What the running program has otherwise than the sink's keys say. */
function difference(note: { appName: string; batchIntervalMs?: number | undefined }, expected: Expected): string | undefined {
  const app = expected['spark.appName']
  const interval = expected['spark.streamingInterval']
  const intervalMs = interval === undefined || interval >= 1000 ? interval : interval * 1000
  if (app !== undefined && app !== note.appName) return `spark.appName is ${app}, and the program that runs is ${note.appName}.`
  if (intervalMs !== undefined && note.batchIntervalMs !== undefined && intervalMs !== note.batchIntervalMs)
    return `spark.streamingInterval is ${intervalMs} ms, and the program makes a batch every ${note.batchIntervalMs} ms.`
  return undefined
}
