// Every process, thread and public module that is started by file name, once: the build makes one file of each, and code that starts
// one asks entryPoint() for its path, built or from a checkout.
import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** Entry name → source file, relative to the project's folder. The built file is `out/node/<name>.js`. */
export const entries = {
  cli: 'src-main/cli/cli.ts',
  'channel-writer': 'src-main/agent/channel/log/writer-thread.ts',
  engine: 'src-main/engine/engine-process.ts',
  'log-thread': 'src-main/engine/log-index/log-thread.ts',
  'search-thread': 'src-main/engine/log-index/search-thread.ts',
  millrace: 'src-main/streaming/api.ts',
  testing: 'src-main/streaming/testing.ts',
  program: 'src-main/streaming/program/program.ts',
  executor: 'src-main/streaming/program/executor-thread.ts',
  'program-watch': 'src-main/streaming/program/program-watch.ts',
} as const

export type EntryName = keyof typeof entries

/** Absolute path of a built entry. Built code finds its siblings; code run from source (tests) finds `MILLRACE_OUT` or `out/node`. */
export function entryPoint(name: EntryName): string {
  return join(builtFolder(), `${name}.js`)
}

/**
 * What a thread is started from: the built file, or the source itself where this code runs from source. For entries that need nothing of
 * the build (no import.meta.glob), so that tests and benches need none either.
 */
export function threadPoint(name: EntryName): string {
  const here = fileURLToPath(import.meta.url)
  return here.endsWith('.ts') ? join(dirname(here), '..', entries[name]) : entryPoint(name)
}

function builtFolder(): string {
  const here = dirname(fileURLToPath(import.meta.url))
  for (const folder of [here, dirname(here), join(here, '..', 'node')]) if (existsSync(join(folder, 'cli.js'))) return folder
  return process.env['MILLRACE_OUT'] ?? join(here, '..', 'out', 'node')
}
