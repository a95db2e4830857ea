// Puts a new version in the place of a file in one step, as rename does. On Windows somebody who looks at the old one at this moment (a virus
// scanner, an indexer, another reader) makes that fail for a few milliseconds.
import { renameSync } from 'node:fs'

const tries = 20
const pauseMs = 10

/** Throws what the last try failed with. */
export function replaceFile(from: string, to: string, platform: NodeJS.Platform = process.platform, rename = renameSync): void {
  for (let left = tries - 1; ; left--) {
    try {
      rename(from, to)
      return
    } catch (error) {
      const busy = ['EPERM', 'EACCES', 'EBUSY'].includes((error as NodeJS.ErrnoException).code ?? '')
      if (platform !== 'win32' || !busy || left === 0) throw error
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, pauseMs)
    }
  }
}
