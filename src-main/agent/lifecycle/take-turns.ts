// A loop of promises that are always ready never lets timers, sockets or signals in. Runners let them in every few milliseconds.
import { setImmediate } from 'node:timers/promises'
import type { Clock } from '../../clock.ts'

const sliceMs = 5

/** A function to call once per turn of a loop: resolves at once, or, when the loop has held the thread for 5 ms, after everything else had its turn. */
export function turns(clock: Clock): () => Promise<void> | undefined {
  let since = clock.monotonic()
  let count = 0
  return () => {
    count += 1
    if (count < 256 && clock.monotonic() - since < sliceMs) return undefined
    count = 0
    return setImmediate().then(() => {
      since = clock.monotonic()
    })
  }
}
