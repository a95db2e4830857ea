// What a site's access log says of its health, with structured operators: they are data, and run over the bytes of the lines without a
// function of the program per line. Every ten seconds the paths asked for most in the last minute; an alert for each server error.
import { count, percentile, StreamingContext, seconds } from 'millrace'

const ssc = new StreamingContext({ appName: 'site-health', batchDuration: seconds(10) })
const requests = ssc.channelStream('c1').structured().parse('combined')

requests
  .where((row) => row.status.ge(500))
  .alert({ name: 'server error', severity: 'error', message: '{method} {path} answered {status} to {host}' })

requests
  .aggregate({ by: ['path'], values: { requests: count(), p95: percentile('bytes', 0.95) }, window: seconds(60), slide: seconds(10) })
  .sql('SELECT path, requests, p95 FROM rows ORDER BY requests DESC, path LIMIT 5', { path: 'text', requests: 'number', p95: 'number' })
  .print()

ssc.start()
await ssc.awaitTermination()
