// A process that puts and takes on a durable channel until it is killed. What was answered is noted in a ledger, line by line, each line
// written before anything else is asked: `put` and `take` before a commit, `stored` and `consumed` after it.
import { appendFileSync } from 'node:fs'
import type { FaultPlan } from '../../../../src-main/agent/channel/log/faults.ts'
import { openThreadWriter } from '../../../../src-main/agent/channel/log/log-writer.ts'
import { systemClock } from '../../../../src-main/clock.ts'
import { logChannel, numbered, numbersOf } from '../../../driver/log-channel-driver.ts'

export interface CrashChildOptions {
  readonly folder: string
  readonly ledger: string
  readonly firstNumber: number
  readonly faults?: FaultPlan
  /** Only starts and stops, to fill Node's compile cache for the others. */
  readonly warmUp?: true
}

const options = JSON.parse(process.argv[2]!) as CrashChildOptions
const note = (line: string): void => appendFileSync(options.ledger, `${line}\n`)
// What happens every few seconds happens every few hundredths here.
const clock = { ...systemClock, sleep: (ms: number, signal?: AbortSignal) => systemClock.sleep(ms / 100, signal) }
const channel = logChannel({
  folder: options.folder,
  clock,
  options: { segmentBytes: 150_000, retention: { bytes: 0, ageMs: 86_400_000 }, capacity: 2000, keepAliveMs: 100_000, recentBytes: 20_000 },
  deps: { openWriter: openThreadWriter, ...(options.faults && { faults: options.faults }) },
})
await channel.start()
if (options.warmUp) {
  await channel.stop()
  process.exit(0)
}
process.stdout.write('started\n')
let number = options.firstNumber
await Promise.all([putForEver(), putForEver(), takeForEver(7), takeForEver(40)])

async function putForEver(): Promise<never> {
  for (;;) {
    const first = number
    const count = 1 + (first % 30)
    number += count
    const transaction = channel.transaction()
    transaction.begin()
    await transaction.put(numbered(first, count, first % 5 === 0 ? 900 : 20))
    note(`put ${first} ${count}`)
    await transaction.commit()
    note(`stored ${first} ${count}`)
    transaction.close()
  }
}

async function takeForEver(events: number): Promise<never> {
  const never = new AbortController().signal
  for (;;) {
    const transaction = channel.transaction()
    transaction.begin()
    const numbers = numbersOf(await transaction.take({ events, bytes: 2 ** 20 }))
    if (numbers.length === 0) {
      await transaction.rollback()
      transaction.close()
      await channel.whenAvailable(never)
      continue
    }
    note(`take ${numbers.join(' ')}`)
    // Some are rolled back, and come again.
    if (numbers[0]! % 11 === 0 && Math.random() < 0.5) {
      await transaction.rollback()
    } else {
      await transaction.commit()
      note(`consumed ${numbers.join(' ')}`)
    }
    transaction.close()
  }
}
