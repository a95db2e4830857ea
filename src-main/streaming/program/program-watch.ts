// A thread beside a stream program's own: it goes on while the program's thread computes for ever or sits in execSync. It ends the process
// when the engine is gone (nobody would ever stop it) and when the process outgrows its memory (a Uint8Array lies outside V8's heap limit).
import { writeSync } from 'node:fs'
import { workerData } from 'node:worker_threads'

/** What the program gives this thread. */
export interface WatchOrders {
  readonly parent: number
  /** Resident bytes of the whole process at which it is ended. */
  readonly rssLimitBytes: number
  /** True where the process leads a process group. */
  readonly grouped: boolean
}

/** Starts a line on standard error that is for the supervisor, not for a person: then JSON `{ ended: 'memory', rssBytes }`. */
export const watchMark = '\u0001millrace '

const memoryEveryMs = 50
const parentEveryMs = 250

function watch(orders: WatchOrders): void {
  setInterval(() => {
    const rssBytes = process.memoryUsage.rss()
    if (rssBytes <= orders.rssLimitBytes) return
    try {
      writeSync(2, `${watchMark}${JSON.stringify({ ended: 'memory', rssBytes })}\n`)
    } catch {
      // The pipe is full: the end itself matters more than its reason.
    }
    end(orders)
  }, memoryEveryMs)
  setInterval(() => {
    if (process.ppid !== orders.parent) end(orders)
  }, parentEveryMs)
}

function end(orders: WatchOrders): void {
  process.kill(orders.grouped ? -process.pid : process.pid, 'SIGKILL')
}

// Imported by the supervisor for its mark alone, there is nothing to watch.
const orders = (workerData as { watch?: WatchOrders } | null)?.watch
if (orders !== undefined) watch(orders)
