// A stream program as people run it: a process of its own over the lines of a channel, its partitions in two threads.
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { systemClock } from '../../src-main/clock.ts'
import { StreamHandle } from '../../src-main/inspection/stream-handle.ts'
import { silentLogger } from '../../src-main/log.ts'
import { folderChannel } from '../../src-main/streaming/input/folder-channel.ts'
import { noRestart } from '../../src-main/streaming/program/restart-policy.ts'
import { spawnProgram } from '../../src-main/streaming/program/spawn-program.ts'
import { fillLog } from '../fill-log.ts'

/** Threads are there, and the program is warm, when the lines have been read once. */
const passes = 3

/**
 * Lines per second on the clock on the wall, from the end of the first batch that is not warm-up to the end of the last. `lines`: with LF
 * after each, read `passes` times over; `body`: of the program, with `lines` as its stream of text.
 */
export async function threadedRate(scratch: string, lines: Buffer, lineBytes: number, body: string): Promise<number> {
  const channel = join(scratch, 'c1')
  await fillLog(channel, Buffer.concat(Array.from({ length: passes }, () => lines)), lineBytes)
  const file = join(scratch, 'program.ts')
  writeFileSync(
    file,
    `import { milliseconds, StreamingContext } from 'millrace'
const conf = { 'millrace.streaming.threads.wait': true }
const ssc = new StreamingContext({ appName: 'bench', master: 'local[2]', batchDuration: milliseconds(100), conf })
const lines = ssc.channelStream('c1').text()
${body}
ssc.start()
await ssc.awaitTermination()
`,
  )
  const total = (passes * lines.length) / lineBytes
  const ends: { readonly read: number; readonly at: number }[] = []
  const stream = new StreamHandle(
    { spawn: spawnProgram, clock: systemClock, log: silentLogger },
    {
      id: 'bench',
      file,
      folder: join(scratch, 'state'),
      channels: () => [folderChannel({ name: 'c1', folder: channel }, 'bench', systemClock)],
      memoryMb: 2048,
      restart: noRestart,
      recording: null,
      onBatch: ({ status }) => {
        if (status !== 'completed') throw new Error('A batch failed.')
        const read = stream.totals().records
        ends.push({ read, at: performance.now() })
        if (read === total) void stream.stop()
      },
    },
  )
  stream.start()
  const { failure } = await stream.ended()
  await stream.close()
  if (failure !== undefined) throw new Error(failure.sentence)
  const warm = ends.findIndex((end) => end.read >= lines.length / lineBytes)
  const [first, last] = [ends[warm]!, ends.at(-1)!]
  return (last.read - first.read) / ((last.at - first.at) / 1000)
}
