// Names of file_roll's files (Flume DefaultPathManager, RollTimePathManager).
import { join } from 'node:path'
import type { Clock } from '../../clock.ts'

export interface PathManager {
  /** Path of the next file. */
  next(): string
}

export interface PathManagerOptions {
  readonly directory: string
  readonly prefix: string
  readonly extension: string
  readonly clock: Clock
  /** Whether a file of that path exists: such a name is passed over. */
  readonly exists: (path: string) => boolean
}

/** `<prefix><ms since 1970 at creation>-<n>[.extension]`, n = 1, 2, … */
export function defaultPathManager(options: PathManagerOptions): PathManager {
  const series = options.clock.now()
  let index = 0
  return { next: () => freeName(options, () => `${series}-${++index}`) }
}

/** `<prefix><yyyyMMddHHmmss>-<n>[.extension]` in local time, n restarts with each second. */
export function rollTimePathManager(options: PathManagerOptions): PathManager {
  let second = ''
  let index = 0
  return {
    next: () =>
      freeName(options, () => {
        const now = secondText(new Date(options.clock.now()))
        if (now !== second) [second, index] = [now, 0]
        return `${second}-${++index}`
      }),
  }
}

function freeName({ directory, prefix, extension, exists }: PathManagerOptions, name: () => string): string {
  while (true) {
    const path = join(directory, `${prefix}${name()}${extension === '' ? '' : `.${extension}`}`)
    if (!exists(path)) return path
  }
}

function secondText(date: Date): string {
  const two = (value: number): string => String(value).padStart(2, '0')
  return `${date.getFullYear()}${two(date.getMonth() + 1)}${two(date.getDate())}${two(date.getHours())}${two(date.getMinutes())}${two(date.getSeconds())}`
}
