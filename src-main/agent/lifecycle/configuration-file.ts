// The file(s) an agent is configured by: reading them, and looking every 30 s whether they have changed (Flume
// PollingPropertiesFileConfigurationProvider).
import { stat } from 'node:fs/promises'
import type { AgentConfiguration, Catalog } from '../../../src-shared/flume/agent-configuration.ts'
import { agentNamed, loadConfigurationFiles } from '../../../src-shared/flume/load-configuration.ts'
import type { Problem } from '../../../src-shared/flume/problem.ts'
import { decodeProperties } from '../../../src-shared/flume/properties-bytes.ts'
import type { Clock } from '../../clock.ts'
import { withFilterCommands } from '../configuration/filter-command.ts'
import { readConfigurationFile } from '../configuration/read-configuration-file.ts'
import { systemProperties } from '../configuration/system-properties.ts'

export interface ConfigurationFileOptions {
  /** In order; a key of a later file replaces that of an earlier one. */
  readonly files: readonly string[]
  readonly agentName: string
  readonly catalog: Catalog
  readonly env: Readonly<Record<string, string | undefined>>
  readonly systemProperties: Readonly<Record<string, string>>
  readonly clock: Clock
}

export interface ReadConfiguration {
  /** Undefined when the file has no agent of that name that could run; an error among the problems says why. */
  readonly agent: AgentConfiguration | undefined
  readonly problems: readonly Problem[]
}

/** Reads and loads; a file that cannot be read is a problem like any other. */
export async function readConfiguration(options: ConfigurationFileOptions): Promise<ReadConfiguration> {
  const file = options.files.join(' + ')
  const read = options.files.map(readConfigurationFile)
  const unreadable = read.filter((bytes) => 'message' in bytes)
  if (unreadable.length > 0) return { agent: undefined, problems: unreadable }
  const texts = read.map((bytes, index) => ({ file: options.files[index]!, text: decodeProperties(bytes as Uint8Array).text }))
  // At a reload an agent runs meanwhile.
  const loaded = await withFilterCommands((runFilterCommand) =>
    loadConfigurationFiles(texts, {
      env: options.env,
      systemProperties: systemProperties(options.systemProperties),
      catalog: options.catalog,
      now: new Date(options.clock.now()),
      runFilterCommand,
    }),
  )
  const found = agentNamed(loaded, options.agentName, file)
  if (!('message' in found)) return { agent: found, problems: loaded.problems }
  return { agent: undefined, problems: loaded.problems.includes(found) ? loaded.problems : [...loaded.problems, found] }
}

export interface WatchOptions {
  readonly files: readonly string[]
  readonly intervalMs: number
  readonly clock: Clock
  readonly signal: AbortSignal
  /** Called, one at a time, when one of the files is newer than before. */
  readonly onChange: () => Promise<void>
}

/** Looks at the files' times until `signal` aborts. A file that is away for a moment is no change. */
export async function watchConfiguration({ files, intervalMs, clock, signal, onChange }: WatchOptions): Promise<void> {
  let seen = await newestTime(files)
  while (!signal.aborted) {
    await clock.sleep(intervalMs, signal)
    if (signal.aborted) return
    const newest = await newestTime(files)
    if (newest <= seen) continue
    seen = newest
    await onChange()
  }
}

async function newestTime(files: readonly string[]): Promise<number> {
  const times = await Promise.all(
    files.map((file) =>
      stat(file).then(
        ({ mtimeMs }) => mtimeMs,
        () => 0,
      ),
    ),
  )
  return Math.max(...times)
}
