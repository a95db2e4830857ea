// A file stream whose engine and program are killed around a batch: each file is read once, by the batch that had it.
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { runStreamEngine } from '../../driver/run-stream-engine.ts'
import type { StreamEngineOrders } from '../../driver/stream-engine.ts'
import { temporaryFolder } from '../../driver/temporary-folder.ts'

const program = `
import { milliseconds, StreamingContext } from 'millrace'

const ssc = new StreamingContext({ appName: 'files', batchDuration: milliseconds(60) })
ssc.fileStream('in', { newFilesOnly: false }).saveAsTextFiles('out/lines')
ssc.start()
await ssc.awaitTermination()
`

const points: readonly [string, NonNullable<StreamEngineOrders['kill']>][] = [
  ['its files are written down and it has not begun', { point: 'range-written', time: 1 }],
  ['its output is done and it is not completed', { point: 'outputs-done', time: 1 }],
  ['it is completed', { point: 'cursor-moved', time: 1 }],
]

for (const [when, kill] of points) {
  test(`killed when ${when}, the batch that had files has them again, and no other has`, async () => {
    const folder = temporaryFolder()
    writeFileSync(join(folder, 'program.ts'), program)
    mkdirSync(join(folder, 'in'))
    const files = Array.from({ length: 5 }, (_, index) => `file ${index}`)
    for (const name of files) writeFileSync(join(folder, 'in', name), `content of ${name}\n`)
    // The log's first entry is when the stream began to look.
    const until = files.length + 1
    expect(await runStreamEngine({ folder, until, kill })).toEqual({ code: null, signal: 'SIGKILL' })
    writeFileSync(join(folder, 'in', 'later'), 'content of later\n')
    expect(await runStreamEngine({ folder, until: until + 1 })).toEqual({ code: 0, signal: null })
    const batches = readdirSync(join(folder, 'out'))
      .sort()
      .map((name) =>
        readdirSync(join(folder, 'out', name))
          .filter((part) => part.startsWith('part-'))
          .map((part) => readFileSync(join(folder, 'out', name, part), 'utf8')),
      )
      .filter((parts) => parts.length > 0)
    expect(batches).toEqual([files.map((name) => `content of ${name}\n`), ['content of later\n']])
  })
}
