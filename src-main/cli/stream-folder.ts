// Where a stream that runs from the command line keeps its state when it is not told.
import { createHash } from 'node:crypto'
import { basename, join, resolve } from 'node:path'
import { defaultWorkspace } from '../workspace/folders.ts'

/** A readable name that differs for different files: `status-count-1f3a9c2e`. */
export function streamIdOf(file: string): string {
  const path = resolve(file)
  const hash = createHash('sha256').update(path).digest('hex').slice(0, 8)
  const name = basename(path)
    .replace(/\.[cm]?[jt]s$/, '')
    .replace(/[^\w.-]/g, '_')
  return `${name}-${hash}`
}

/** The folder below which each stream of the command line has one of its own. */
export function streamsFolder(env: Readonly<Record<string, string | undefined>>): string {
  return join(defaultWorkspace(env), 'streams')
}
