// The pipelines of the workspace, for the contract's `pipelines` area: open, edit, start, stop, watch; those that were running when the
// engine ended run again when it starts.
import { existsSync, mkdirSync } from 'node:fs'
import { join, resolve } from 'node:path'
import type {
  PipelineDocument,
  PipelineGraph,
  PipelineSnapshot,
  PipelineSummary,
  RatePoint,
  RateSpan,
} from '../../../src-shared/contract/pipelines.ts'
import type { StartAnswer } from '../../../src-shared/contract/trust.ts'
import { MillraceError, messageOf } from '../../../src-shared/errors.ts'
import type { Problem } from '../../../src-shared/flume/problem.ts'
import type { Clock } from '../../clock.ts'
import type { Registry } from '../../component/registry.ts'
import type { Logger } from '../../log.ts'
import type { WorkspaceFolders } from '../../workspace/folders.ts'
import type { WorkspaceStore } from '../../workspace/workspace-store.ts'
import { Changes, liveValues, sameJson, sampledValues } from '../live.ts'
import { notApproved, type Runnable, type Trust } from '../trust/trust.ts'
import { Pipeline } from './pipeline.ts'
import { PipelineFile } from './pipeline-file.ts'
import type { GraphStream, Positions } from './pipeline-graph.ts'
import { emptyPipeline, pipelineFromLog, stemOf } from './pipeline-text.ts'
import { replaceTextFile } from './text-file.ts'

export interface PipelineServiceDeps {
  readonly clock: Clock
  readonly log: Logger
  readonly registry: Registry
  readonly env: Readonly<Record<string, string | undefined>>
  readonly store: WorkspaceStore
  readonly folders: WorkspaceFolders
  readonly trust: Trust
}

/** What streams tell pipelines: who reads which channel, and whether it runs. Set by the engine when both are there. */
export interface StreamsOfPipelines {
  reading(pipeline: string): readonly GraphStream[]
  runs(stream: string): boolean
}

const everyMs = 250
const fileLookMs = 1000

export class PipelineService {
  readonly #deps: PipelineServiceDeps
  readonly #pipelines = new Map<string, Pipeline>()
  readonly #listChanges = new Changes()
  readonly #stopped = new AbortController()
  streams: StreamsOfPipelines = { reading: () => [], runs: () => false }

  constructor(deps: PipelineServiceDeps) {
    this.#deps = deps
  }

  /** Loads what the workspace knows and starts what was running. One that cannot start is said so and hinders no other. */
  async restore(): Promise<void> {
    const wanted: Pipeline[] = []
    for (const item of this.#deps.store.items('pipeline')) {
      const pipeline = this.#make(item.id, item.file, (item.details['positions'] ?? {}) as Positions)
      await pipeline.read().catch((error: unknown) => this.#deps.log.warn(messageOf(error), { pipeline: item.id }))
      if (item.wanted) wanted.push(pipeline)
    }
    // Why one cannot start is said by its state and in the output.
    await Promise.all(wanted.map((pipeline) => this.#start(pipeline).catch(() => {})))
    void this.#tick()
    void this.#watchFiles()
  }

  get all(): readonly Pipeline[] {
    return [...this.#pipelines.values()]
  }

  find(id: string): Pipeline {
    const pipeline = this.#pipelines.get(id)
    if (pipeline === undefined) throw new MillraceError('NOT_FOUND', `There is no pipeline ${id} in this workspace.`)
    return pipeline
  }

  async open(path: string): Promise<PipelineSummary> {
    const file = resolve(path)
    const known = (): Pipeline | undefined => this.all.find((pipeline) => pipeline.file === file)
    // Read before it is kept: a file that cannot be read leaves nothing behind.
    if (known() === undefined) await new PipelineFile(file, this.#deps).read()
    // Asked again: another window may have opened it meanwhile.
    const pipeline = known() ?? this.#make(this.#deps.store.addItem('pipeline', file, stemOf(file)), file, {})
    await pipeline.read()
    this.#deps.store.addRecent(file, 'pipeline', this.#deps.clock.now())
    this.#listChanges.changed()
    return pipeline.summary()
  }

  async create(name: string, text?: string): Promise<PipelineSummary> {
    const stem = stemOf(`${name}.properties`)
    const file = this.#freeFile(stem)
    await replaceTextFile(file, new TextEncoder().encode(text ?? emptyPipeline(stem)))
    const created = await this.open(file)
    if (text !== undefined) this.#deps.trust.approve(this.find(created.id).commands)
    return created
  }

  /** `taildir → durable channel → file_roll`; output goes to a folder of the workspace. */
  async createFromLog(log: string, name?: string): Promise<PipelineSummary> {
    const path = resolve(log)
    const stem = stemOf(name === undefined ? path : `${name}.properties`)
    const file = this.#freeFile(stem)
    const outFolder = join(this.#deps.folders.root, 'out', stemOf(file))
    mkdirSync(outFolder, { recursive: true })
    await replaceTextFile(file, new TextEncoder().encode(pipelineFromLog({ log: path, agent: 'a1', outFolder })))
    return await this.open(file)
  }

  async close(id: string): Promise<void> {
    const pipeline = this.find(id)
    if (pipeline.state !== 'stopped' && pipeline.state !== 'failed') {
      throw new MillraceError('BAD_ARGUMENT', `The pipeline ${pipeline.name} is ${pipeline.state}; stop it before it is closed.`)
    }
    this.#pipelines.delete(id)
    this.#deps.store.removeItem(id)
    pipeline.documentChanges.changed()
    pipeline.stateChanges.changed()
    this.#listChanges.changed()
  }

  /** Starts it, or answers what it would run that nobody has agreed to. */
  start(id: string, approve: readonly string[] = []): Promise<StartAnswer> {
    return this.#whenApproved(id, approve, async (pipeline) => {
      this.#deps.store.setWanted(id, true)
      await this.#start(pipeline)
    })
  }

  /** Makes what runs follow the file, or answers what it would run that nobody has agreed to. */
  apply(id: string, approve: readonly string[] = []): Promise<StartAnswer> {
    return this.#whenApproved(id, approve, (pipeline) => pipeline.apply((commands) => this.#refuseUnapproved(commands)))
  }

  async stop(id: string): Promise<void> {
    const pipeline = this.find(id)
    this.#deps.store.setWanted(id, false)
    await pipeline.stop()
    this.#deps.store.setRunning(id, false)
  }

  /** Commands that are new in `text` were written here: that is agreement. Those that were there before still ask. */
  async save(id: string, text: string, baseVersion: string): Promise<PipelineDocument> {
    const pipeline = this.find(id)
    const { trust } = this.#deps
    const foreign = new Set(trust.unapproved(pipeline.commands).map((command) => command.text))
    const document = await pipeline.save(text, baseVersion)
    trust.approve(pipeline.commands.filter((command) => !foreign.has(command.text)))
    return document
  }

  check(id: string, text: string): { problems: readonly Problem[]; graph: PipelineGraph } {
    const pipeline = this.find(id)
    const loaded = pipeline.check(text)
    return { problems: loaded.problems, graph: pipeline.graphOf(loaded) }
  }

  moveNodes(id: string, positions: Positions): void {
    const pipeline = this.find(id)
    pipeline.moveNodes(positions)
    this.#deps.store.setDetails(id, { positions: pipeline.positions })
  }

  rates(id: string, of: string, span: RateSpan): readonly RatePoint[] {
    return this.find(id).meters.history(of, span)
  }

  list(signal: AbortSignal | undefined): AsyncGenerator<readonly PipelineSummary[]> {
    const read = (): readonly PipelineSummary[] => this.all.map((pipeline) => pipeline.summary())
    return liveValues(this.#listChanges, read, { clock: this.#deps.clock, everyMs, signal })
  }

  document(id: string, signal: AbortSignal | undefined): AsyncGenerator<PipelineDocument> {
    const pipeline = this.find(id)
    const read = (): PipelineDocument | undefined => (this.#pipelines.has(id) ? pipeline.document() : undefined)
    return liveValues(pipeline.documentChanges, read, { clock: this.#deps.clock, everyMs: 50, signal })
  }

  watch(id: string, signal: AbortSignal | undefined): AsyncGenerator<PipelineSnapshot> {
    const pipeline = this.find(id)
    const read = (): PipelineSnapshot | undefined => (this.#pipelines.has(id) ? pipeline.snapshot() : undefined)
    const same = (a: PipelineSnapshot, b: PipelineSnapshot): boolean => sameJson({ ...a, at: 0 }, { ...b, at: 0 })
    return sampledValues(read, { clock: this.#deps.clock, everyMs, signal }, same)
  }

  /** The document and the summary of every pipeline that shows streams have changed. */
  streamsChanged(): void {
    for (const pipeline of this.all) pipeline.documentChanges.changed()
    this.#listChanges.changed()
  }

  async stopAll(): Promise<void> {
    this.#stopped.abort()
    await Promise.all(
      this.all.map(async (pipeline) => {
        await pipeline.stop()
        this.#deps.store.setRunning(pipeline.id, false)
      }),
    )
  }

  async #whenApproved(id: string, approve: readonly string[], act: (pipeline: Pipeline) => Promise<void>): Promise<StartAnswer> {
    const pipeline = this.find(id)
    this.#deps.trust.approveDigests(approve)
    await pipeline.read()
    const asks = this.#deps.trust.unapproved(pipeline.commands)
    if (asks.length === 0) await act(pipeline)
    return { asks }
  }

  async #start(pipeline: Pipeline): Promise<void> {
    if (pipeline.state === 'running') return
    try {
      await pipeline.start((commands) => this.#refuseUnapproved(commands))
      this.#deps.store.setRunning(pipeline.id, true)
    } catch (error) {
      this.#deps.log.error(messageOf(error), { pipeline: pipeline.id })
      throw error
    }
  }

  #refuseUnapproved(commands: readonly Runnable[]): void {
    const asks = this.#deps.trust.unapproved(commands)
    if (asks.length > 0) throw new MillraceError('NOT_APPROVED', notApproved(asks))
  }

  #make(id: string, file: string, positions: Positions): Pipeline {
    const { clock, log, registry, env, folders } = this.#deps
    const pipeline = new Pipeline(id, file, positions, {
      clock,
      log: log.child({ pipeline: id }),
      registry,
      env,
      stateFolder: join(folders.state, id),
      streamRuns: (stream) => this.streams.runs(stream),
      streams: () => this.streams.reading(id),
    })
    this.#pipelines.set(id, pipeline)
    void this.#followState(pipeline)
    return pipeline
  }

  async #followState(pipeline: Pipeline): Promise<void> {
    const { signal } = this.#stopped
    for (
      let seen = pipeline.stateChanges.count;
      !signal.aborted && this.#pipelines.get(pipeline.id) === pipeline;
      seen = pipeline.stateChanges.count
    ) {
      await pipeline.stateChanges.after(seen, signal)
      this.#listChanges.changed()
    }
  }

  /** Rates are measured also when nobody looks: the first look shows the last minute. */
  async #tick(): Promise<void> {
    const { signal } = this.#stopped
    while (!signal.aborted) {
      for (const pipeline of this.all)
        if (pipeline.agents.length > 0) pipeline.meters.sample(pipeline.agents, this.streams.reading(pipeline.id))
      await this.#deps.clock.sleep(everyMs, signal)
    }
  }

  /** Files may be edited elsewhere. */
  async #watchFiles(): Promise<void> {
    const { signal } = this.#stopped
    while (!signal.aborted) {
      await this.#deps.clock.sleep(fileLookMs, signal)
      for (const pipeline of this.all) {
        // A file that is gone or unreadable for the moment keeps what was loaded; starting it says what is wrong.
        await pipeline.refresh().catch(() => {})
      }
    }
  }

  #freeFile(stem: string): string {
    for (let number = 1; ; number++) {
      const file = join(this.#deps.folders.pipelines, `${number === 1 ? stem : `${stem}-${number}`}.properties`)
      if (!existsSync(file)) return file
    }
  }
}
