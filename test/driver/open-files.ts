// How many handles this process has open, by what they are of: Linux only, where the system says so.
import { readdirSync, readlinkSync } from 'node:fs'

/** True where openFiles() can be asked. */
export const canCountOpenFiles = process.platform === 'linux'

/** Open handles whose target (`/a/b.log`, `socket:[4711]`) ends with, or matches, `what`. */
export function openFiles(what: string | RegExp): number {
  return readdirSync('/proc/self/fd').filter((handle) => {
    try {
      const target = readlinkSync(`/proc/self/fd/${handle}`)
      return typeof what === 'string' ? target.endsWith(what) : what.test(target)
    } catch {
      // It was closed since it was listed.
      return false
    }
  }).length
}
