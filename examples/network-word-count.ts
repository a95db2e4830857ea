// Counts the words that come over a network connection. Start a server first, for example: nc -lk 9999
import { StreamingContext, seconds } from 'millrace'

const host = process.env['WORDS_HOST'] ?? 'localhost'
const port = Number(process.env['WORDS_PORT'] ?? 9999)

const ssc = new StreamingContext({ appName: 'network-word-count', batchDuration: seconds(1) })
const lines = ssc.socketTextStream(host, port)
const words = lines.flatMap((line) => line.split(' '))
const counts = words.map((word) => [word, 1]).reduceByKey((a, b) => a + b)
counts.print()

ssc.start()
await ssc.awaitTermination()
