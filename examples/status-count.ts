// Counts the HTTP status codes of an access log, second by second.
import { StreamingContext, seconds } from 'millrace'

const ssc = new StreamingContext({ appName: 'status-count', batchDuration: seconds(1) })

ssc
  .channelStream('c1')
  .text()
  .map((line): [string, number] => [/" (\d{3}) /.exec(line)?.[1] ?? 'none', 1])
  .reduceByKey((a, b) => a + b)
  .transform((rdd) => rdd.sortByKey())
  .print()

ssc.start()
await ssc.awaitTermination()
