// Ends a back-off as soon as something changes in one of a few directories. Watches stand only while somebody waits: a busy log causes
// no event per write. Where the operating system cannot watch, the back-off runs its time.
import { type FSWatcher, watch } from 'node:fs'

/** Resolves at the first change below `directories` (not recursive), or when `signal` aborts. `check` is asked once the watches stand: true resolves at once. */
export function whenChanged(directories: readonly string[], signal: AbortSignal, check: () => boolean): Promise<void> {
  return new Promise((resolve) => {
    const watchers: FSWatcher[] = []
    const done = (): void => {
      signal.removeEventListener('abort', done)
      for (const watcher of watchers) watcher.close()
      resolve()
    }
    if (signal.aborted) return resolve()
    signal.addEventListener('abort', done, { once: true })
    for (const directory of directories) {
      try {
        const watcher = watch(directory, { persistent: false }, done)
        watcher.on('error', done)
        watchers.push(watcher)
      } catch {
        // A missing directory, or no watches left: the poll at the end of the back-off looks again, and says what is missing.
      }
    }
    if (check()) done()
  })
}
