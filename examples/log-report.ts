// A report on an access log, every ten seconds over the last minute: requests, how many failed, and the paths asked for most.
import { StreamingContext, seconds, type Time } from 'millrace'

const request = /"(?:GET|POST|PUT|HEAD|DELETE) (\S+) [^"]*" (\d{3}) /

const ssc = new StreamingContext({ appName: 'log-report', batchDuration: seconds(10) })
const requests = ssc
  .channelStream('c1')
  .text()
  .flatMap((line) => {
    const found = request.exec(line)
    return found === null ? [] : [{ path: found[1]!, status: Number(found[2]) }]
  })
  .window(seconds(60), seconds(10))

requests.foreachRDD(async (rdd, time: Time) => {
  const total = await rdd.count()
  const failed = await rdd.filter(({ status }) => status >= 500).count()
  const counts = rdd.map(({ path }) => [path, 1]).reduceByKey((a, b) => a + b)
  const top = await counts.takeOrdered(5, (a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1))
  console.log(`${new Date(time.milliseconds).toISOString()}  ${total} requests, ${failed} failed`)
  for (const [path, count] of top) console.log(`  ${String(count).padStart(6)}  ${path}`)
})

ssc.start()
await ssc.awaitTermination()
