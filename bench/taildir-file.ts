// taildir-file: 1,000,000 lines of 133 bytes from a file through the durable channel (fsync per commit) to a file, by the `agent` command,
// against a real Flume that runs the same configuration, and against one script that does the least such a thing can do.
import { closeSync, fstatSync, openSync, readSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { openDatabase } from '../src-main/storage/sqlite.ts'
import type { Bench } from './runner/bench.ts'
import { lineBytes, linesToTail, rowOf, rowsOf, runFlumeTail, runTail } from './runner/tail-agent.ts'

const lines = 1_000_000

export const bench: Bench = {
  summary:
    '1,000,000 lines of 133 bytes: tail, durable channel with an fsync per commit, file, in batches of 5,000. Bare loop: reads 1 MiB chunks, counts lines, inserts each chunk into SQLite (WAL, FULL), reads it back, appends it to a file and deletes it.',
  unit: '',
  rounds: 3,
  warmUp: false,
  variants: {
    'bare loop': async ({ scratch }) => rowsOf({ rate: bareLoop(scratch) }),
    Millrace: async ({ scratch }) => rowsOf(await runTail('Millrace', scratch, lines, 'file')),
    Flume: async ({ scratch }) => rowsOf(await runFlumeTail(scratch, lines, 'file')),
    'most allowed': async () => rowsOf({ start: 600, rss: 250 }),
  },
  ratios: [
    { name: 'events/s against Flume', of: rowOf('Millrace', 'rate'), against: rowOf('Flume', 'rate'), least: 15 },
    { name: 'events/s against the bare loop', of: rowOf('Millrace', 'rate'), against: rowOf('bare loop', 'rate'), least: 0.6 },
    { name: 'first byte within 0.6 s', of: rowOf('Millrace', 'start'), against: rowOf('most allowed', 'start'), most: 1 },
    { name: 'peak RSS within 250 MB', of: rowOf('Millrace', 'rss'), against: rowOf('most allowed', 'rss'), most: 1 },
  ],
}

function bareLoop(folder: string): number {
  const log = linesToTail(folder, lines)
  const input = openSync(log.input, 'r')
  const output = openSync(join(log.output, 'out.log'), 'w')
  const database = openDatabase(join(folder, 'raw.db'))
  database.pragma('page_size = 16384')
  database.pragma('journal_mode = WAL')
  database.pragma('synchronous = FULL')
  database.exec('CREATE TABLE batch (first INTEGER PRIMARY KEY, data BLOB NOT NULL)')
  const insert = database.prepare('INSERT INTO batch VALUES (?, ?)')
  const select = database.prepare('SELECT data FROM batch WHERE first = ?')
  const remove = database.prepare('DELETE FROM batch WHERE first = ?')
  const begun = performance.now()
  let count = 0
  let position = 0
  while (true) {
    const chunk = Buffer.allocUnsafe(1 << 20)
    const read = readSync(input, chunk, 0, chunk.length, position)
    if (read === 0) break
    const end = chunk.lastIndexOf(10, read - 1) + 1
    const first = count
    for (let at = chunk.indexOf(10); at >= 0 && at < end; at = chunk.indexOf(10, at + 1)) count += 1
    insert.run(first, chunk.subarray(0, end))
    writeSync(output, (select.get(first) as { data: Uint8Array }).data)
    remove.run(first)
    position += end
  }
  const seconds = (performance.now() - begun) / 1000
  if (count !== lines || fstatSync(output).size !== lines * lineBytes) throw new Error(`The bare loop moved ${count} lines.`)
  database.close()
  closeSync(input)
  closeSync(output)
  return lines / seconds
}
