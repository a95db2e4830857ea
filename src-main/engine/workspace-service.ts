// The engine as a whole, for the contract's `workspace` area: overview, problems, recent files, output, folders, diagnostics.
import { readdir, stat } from 'node:fs/promises'
import { homedir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import type { DirectoryEntry, EngineOverview, OutputLine, RecentFile, WorkspaceProblem } from '../../src-shared/contract/workspace.ts'
import type { Clock } from '../clock.ts'
import type { WorkspaceFolders } from '../workspace/folders.ts'
import type { WorkspaceStore } from '../workspace/workspace-store.ts'
import { liveValues, sameJson, sampledValues } from './live.ts'
import { ioError } from './log-index/io-error.ts'
import { metricsText } from './metrics-text.ts'
import type { OutputRing } from './output-ring.ts'
import type { PipelineService } from './pipeline/pipeline-service.ts'
import type { StreamService } from './stream/stream-service.ts'

export interface WorkspaceServiceDeps {
  readonly clock: Clock
  readonly version: string
  readonly folders: WorkspaceFolders
  readonly store: WorkspaceStore
  readonly output: OutputRing
  readonly pipelines: PipelineService
  readonly streams: StreamService
  /** What was taken up again, in a sentence. */
  readonly recovered: string | undefined
}

const everyMs = 250
const mostEntries = 5000

export class WorkspaceService {
  readonly #deps: WorkspaceServiceDeps
  readonly #startedAt: number
  state: EngineOverview['state'] = 'ready'

  constructor(deps: WorkspaceServiceDeps) {
    this.#deps = deps
    this.#startedAt = deps.clock.now()
  }

  overview(signal: AbortSignal | undefined): AsyncGenerator<EngineOverview> {
    return sampledValues(() => this.now(), { clock: this.#deps.clock, everyMs, signal }, sameJson)
  }

  now(): EngineOverview {
    const { version, folders, pipelines, streams, recovered, store } = this.#deps
    const snapshots = pipelines.all.map((pipeline) => ({ pipeline, components: pipeline.snapshot().components }))
    let inPerSecond = 0
    let outPerSecond = 0
    let fullest: EngineOverview['fullestChannel']
    for (const { pipeline, components } of snapshots) {
      for (const { kind, name, eventsPerSecond, channel } of components) {
        if (kind === 'source') inPerSecond += eventsPerSecond
        else if (kind === 'sink') outPerSecond += eventsPerSecond
        if (channel === undefined || (fullest !== undefined && channel.fill <= fullest.fill)) continue
        fullest = {
          pipeline: pipeline.id,
          channel: name,
          fill: channel.fill,
          ...(channel.secondsToFull !== undefined && { secondsToFull: channel.secondsToFull }),
        }
      }
    }
    const problems = this.#problems()
    return {
      version,
      state: this.state,
      pid: process.pid,
      startedAt: this.#startedAt,
      workspace: folders.root,
      pipelinesFolder: folders.pipelines,
      ...(recovered !== undefined && { recovered }),
      running: {
        pipelines: pipelines.all.filter((pipeline) => pipeline.state === 'running').length,
        streams: streams.running,
      },
      events: { inPerSecond, outPerSecond },
      ...(fullest !== undefined && { fullestChannel: fullest }),
      problems: {
        errors: problems.filter((problem) => problem.severity === 'error').length,
        warnings: problems.filter((problem) => problem.severity === 'warning').length,
      },
      memory: { rssBytes: Math.round(process.memoryUsage.rss() / 1048576) * 1048576 },
      firstRun: pipelines.all.length === 0 && store.recent().length === 0,
    }
  }

  problems(signal: AbortSignal | undefined): AsyncGenerator<readonly WorkspaceProblem[]> {
    return sampledValues(() => this.#problems(), { clock: this.#deps.clock, everyMs, signal }, sameJson)
  }

  recent(signal: AbortSignal | undefined): AsyncGenerator<readonly RecentFile[]> {
    return sampledValues(() => this.#deps.store.recent(), { clock: this.#deps.clock, everyMs: 1000, signal }, sameJson)
  }

  forgetRecent(path: string): void {
    this.#deps.store.forgetRecent(path)
  }

  async *output(after: number, signal: AbortSignal | undefined): AsyncGenerator<readonly OutputLine[]> {
    const { output, clock } = this.#deps
    let seen = after
    for await (const lines of liveValues(output.changes, () => output.after(seen), { clock, everyMs: 100, signal })) {
      seen = lines.at(-1)?.seq ?? seen
      yield lines
    }
  }

  async listFolder(path = homedir()): Promise<{ path: string; parent?: string; entries: readonly DirectoryEntry[] }> {
    const folder = resolve(path)
    let names: readonly string[]
    try {
      names = await readdir(folder)
    } catch (error) {
      throw ioError(error, 'read', folder)
    }
    const entries: DirectoryEntry[] = []
    for (const name of names.slice(0, mostEntries)) {
      const entry = join(folder, name)
      // One that is gone by now, or a broken link, is left out.
      const found = await stat(entry).catch(() => undefined)
      if (found?.isFile() !== true && found?.isDirectory() !== true) continue
      entries.push({ name, path: entry, kind: found.isFile() ? 'file' : 'folder', bytes: found.size, modifiedAt: found.mtimeMs })
    }
    entries.sort((a, b) => (a.kind === b.kind ? a.name.localeCompare(b.name) : a.kind === 'folder' ? -1 : 1))
    const parent = dirname(folder)
    return { path: folder, ...(parent !== folder && { parent }), entries }
  }

  metrics(): Promise<string> {
    return metricsText(this.now(), this.#deps.pipelines, this.#deps.streams)
  }

  diagnostics(): string {
    const { output } = this.#deps
    const overview = this.now()
    const lines = output.after(0).slice(-200)
    return [
      `Millrace ${overview.version}, Node ${process.versions.node}, ${process.platform} ${process.arch}`,
      JSON.stringify(overview, null, 2),
      ...this.#deps.pipelines.all.map((pipeline) => JSON.stringify(pipeline.snapshot(), null, 2)),
      ...lines.map(
        ({ at, level, from, sentence, fields }) => `${new Date(at).toISOString()} ${level} ${from}: ${sentence} ${JSON.stringify(fields)}`,
      ),
    ].join('\n')
  }

  #problems(): readonly WorkspaceProblem[] {
    const { pipelines, streams } = this.#deps
    return [
      ...pipelines.all.flatMap((pipeline) => [
        ...pipeline.loaded.problems.map((problem) => ({ ...problem, pipeline: pipeline.id })),
        ...pipeline.snapshot().components.flatMap(({ id, kind, trouble, since, deadLetters }): WorkspaceProblem[] =>
          // Streams that read its channels tell their own.
          trouble === undefined || kind === 'stream'
            ? []
            : [
                {
                  severity: trouble.severity,
                  code: 'AT_RUN_TIME',
                  file: pipeline.file,
                  component: id,
                  message: trouble.message,
                  pipeline: pipeline.id,
                  since,
                  ...(trouble.hint !== undefined && { hint: trouble.hint }),
                  // An error is said in their place.
                  ...(deadLetters !== undefined && trouble.severity === 'warning' && { deadLetters }),
                },
              ],
        ),
      ]),
      ...streams.problems(),
    ]
  }
}
