// The program of the stream kill run: two kinds of state, windows with and without an inverse, a window over state; half of its outputs are
// files, half rows of an SQLite database, all keyed by batch time. Killed at any moment, it must leave what it leaves unkilled.
import { DatabaseSync } from 'node:sqlite'
import { type DStream, milliseconds, StateSpec, StreamingContext } from 'millrace'

const batch = milliseconds(20)
const ssc = new StreamingContext({
  appName: 'stream-kills',
  batchDuration: batch,
  checkpoint: 'checkpoint',
  // Every tick runs, also those of the time when nobody lived: windows then hold the same batches as in a run without kills.
  conf: { 'millrace.streaming.maxBytesPerBatch': 200, 'millrace.streaming.missedTicks': 'replay' },
})
const pairs = ssc
  .channelStream('c1')
  .text()
  .map((line): [string, number] => {
    const [key, value] = line.split(' ')
    return [key!, Number(value)]
  })

const add = (a: number, b: number): number => a + b
const totals = pairs.updateStateByKey<string, number, number>((values, total = 0) => values.reduce(add, total))
const sessions = pairs.mapWithState(
  StateSpec.function<string, number, number, [string, string, number]>((key, value, state) => {
    if (state.isTimingOut()) return [key, 'idle', state.get()]
    const count = (state.getOption() ?? 0) + 1
    state.update(count)
    return [key, 'seen', count * 1000 + value!]
  }).timeout(batch.times(3)),
)
sessions.checkpoint(batch.times(2))
const recent = pairs.reduceByKeyAndWindow(add, (a, b) => a - b, batch.times(5), batch)
const pane = pairs.window(batch.times(4), batch.times(2)).reduceByKey(add)
const stateOverTime = totals.window(batch.times(3), batch.times(3)).map(([key, total]): [string, number] => [key, total])

const sessionsOverTime = sessions.window(batch.times(3), batch)

const files = <T>(stream: DStream<T>, name: string): void =>
  stream.transform((rdd) => rdd.sortBy((value) => JSON.stringify(value), true, 1)).saveAsTextFiles(`out/${name}`)

const database = new DatabaseSync('out.db')
database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL')
database.exec('CREATE TABLE IF NOT EXISTS result (name TEXT, time INTEGER, content TEXT, PRIMARY KEY (name, time))')
const insert = database.prepare('INSERT OR REPLACE INTO result VALUES (?, ?, ?)')
const rows = <T>(stream: DStream<T>, name: string): void =>
  stream.foreachRDD(async (rdd, time) => {
    const content = (await rdd.collect()).map((value) => JSON.stringify(value)).sort()
    insert.run(name, time.milliseconds, content.join('\n'))
  })

files(totals, 'totals')
rows(sessions, 'sessions')
rows(recent, 'recent')
files(pane, 'pane')
rows(stateOverTime, 'state-over-time')
rows(sessions.stateSnapshots(), 'snapshots')
rows(sessionsOverTime, 'sessions-over-time')

ssc.start()
await ssc.awaitTermination()
