// Spark's RecoverableNetworkWordCount: counts words, leaves out those of a broadcast list, and counts in an accumulator what it left out.
// Start a server first, for example: nc -lk 9999
import { appendFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { type Broadcast, type LongAccumulator, type SparkContext, StreamingContext, seconds } from 'millrace'

const host = process.env['WORDS_HOST'] ?? 'localhost'
const port = Number(process.env['WORDS_PORT'] ?? 9999)
const outputFile = resolve(process.env['WORDS_OUTPUT'] ?? 'word-counts.txt')
const checkpoint = process.env['WORDS_CHECKPOINT'] ?? 'checkpoint'

// Neither is kept in a checkpoint: each is made when it is asked for, once, also after a restart.
let excludeList: Broadcast<readonly string[]> | undefined
const wordExcludeList = (sc: SparkContext): Broadcast<readonly string[]> => (excludeList ??= sc.broadcast(['a', 'b', 'c']))

let counter: LongAccumulator | undefined
const droppedWordsCounter = (sc: SparkContext): LongAccumulator => (counter ??= sc.longAccumulator('DroppedWordsCounter'))

function createContext(): StreamingContext {
  const ssc = new StreamingContext({ appName: 'recoverable-network-word-count', batchDuration: seconds(1) })
  const words = ssc.socketTextStream(host, port).flatMap((line) => line.split(' '))
  const wordCounts = words.map((word) => [word, 1]).reduceByKey((a, b) => a + b)
  wordCounts.foreachRDD(async (rdd, time) => {
    const excluded = wordExcludeList(rdd.sparkContext)
    const dropped = droppedWordsCounter(rdd.sparkContext)
    const kept = rdd.filter(([word, count]) => {
      if (!excluded.value.includes(word)) return true
      dropped.add(count)
      return false
    })
    const counts = (await kept.collect()).map(([word, count]) => `(${word},${count})`)
    const output = `Counts at time ${time} [${counts.join(', ')}]`
    console.log(output)
    console.log(`Dropped ${dropped.value} word(s) totally`)
    console.log(`Appending to ${outputFile}`)
    appendFileSync(outputFile, `${output}\n`)
  })
  return ssc
}

const ssc = StreamingContext.getOrCreate(checkpoint, createContext)
ssc.start()
await ssc.awaitTermination()
