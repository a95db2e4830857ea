// Agents of the interop suite: their files, their ends.
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import type { Run } from './real-flume.ts'

/** The lines of one component of agent a1: kind `sources`, `channels` or `sinks`. */
export function component(name: string, kind: string, properties: Readonly<Record<string, string>>): Record<string, string> {
  return {
    [`a1.${kind}`]: name,
    ...Object.fromEntries(Object.entries(properties).map(([key, value]) => [`a1.${kind}.${name}.${key}`, value])),
  }
}

/** Writes a properties file; answers its path. */
export function write(folder: string, name: string, properties: Readonly<Record<string, string>>): string {
  const path = join(folder, name)
  writeFileSync(
    path,
    Object.entries(properties)
      .map(([key, value]) => `${key} = ${value}\n`)
      .join(''),
  )
  return path
}

/** Ends a process with the test. */
export function ending(run: Run, signal: 'SIGTERM' | 'SIGKILL' = 'SIGTERM'): Run {
  onTestFinished(async () => {
    run.process.kill(signal)
    await run.ended
  })
  return run
}
