// Pulls events from the SparkSink of a Flume agent, Millrace's or a real Flume's, and counts them by the datacenter they come from and the
// first word of their lines. The write-ahead log makes every event durable here before the agent hears that it may forget it.
import { FlumeUtils, StreamingContext, seconds } from 'millrace'

const host = process.env['PULL_HOST'] ?? 'localhost'
const port = Number(process.env['PULL_PORT'] ?? 9988)

const ssc = new StreamingContext({
  appName: 'flume-pull',
  batchDuration: seconds(2),
  checkpoint: 'flume-pull-checkpoint',
  conf: { 'spark.streaming.receiver.writeAheadLog.enable': true },
})

const events = FlumeUtils.createPollingStream(ssc, [{ host, port }])
events
  .map((event): [string, number] => [`${event.event.headers['datacenter']} ${event.text().split(' ')[0]}`, 1])
  .reduceByKey((a, b) => a + b)
  .transform((rdd) => rdd.sortByKey())
  .print()

ssc.start()
await ssc.awaitTermination()
