// The stream programs of the workspace, for the contract's `streams` area. Those that were running when the engine ended run again when it
// starts, from the ranges that they had not finished.
import { join, resolve } from 'node:path'
import type {
  BatchRecord,
  BatchSummary,
  ProgramDocument,
  ProgramProblem,
  ReplayResult,
  RestAnswer,
  StreamSummary,
  StreamTotals,
} from '../../../src-shared/contract/streams.ts'
import type { StartAnswer } from '../../../src-shared/contract/trust.ts'
import type { WorkspaceProblem } from '../../../src-shared/contract/workspace.ts'
import { MillraceError, messageOf } from '../../../src-shared/errors.ts'
import type { Clock } from '../../clock.ts'
import type { Registry } from '../../component/registry.ts'
import { applicationsRest } from '../../inspection/applications-rest.ts'
import type { OutputLine } from '../../inspection/program-output.ts'
import { StreamHandle } from '../../inspection/stream-handle.ts'
import type { Logger } from '../../log.ts'
import type { SpawnProgram } from '../../streaming/program/spawn-program.ts'
import type { WorkspaceFolders } from '../../workspace/folders.ts'
import type { WorkspaceItem, WorkspaceStore } from '../../workspace/workspace-store.ts'
import { Changes, liveValues, sameJson, sampledValues } from '../live.ts'
import type { GraphStream } from '../pipeline/pipeline-graph.ts'
import type { PipelineService } from '../pipeline/pipeline-service.ts'
import { stemOf } from '../pipeline/pipeline-text.ts'
import { notApproved, type Runnable, type Trust } from '../trust/trust.ts'
import { ProgramFile } from './program-file.ts'
import { StreamChannels } from './stream-channels.ts'

export interface StreamServiceDeps {
  readonly clock: Clock
  readonly log: Logger
  readonly registry: Registry
  readonly store: WorkspaceStore
  readonly folders: WorkspaceFolders
  readonly pipelines: PipelineService
  readonly trust: Trust
  readonly spawn: SpawnProgram
}

interface Stream {
  readonly id: string
  readonly program: ProgramFile
  readonly handle: StreamHandle
  /** The pipeline whose channels its short names mean. */
  readonly pipeline: string | undefined
  /** Folders of the channels that it pins, once its graph is known. */
  readonly pinned: Set<string>
  /** Counts changes of the document. */
  readonly changes: Changes
  /** Counts batches that were submitted, started or ended, and changes of state. */
  readonly batchChanges: Changes
}

const everyMs = 250
/** When the engine stops: for the batch under way. Then the program is killed, and the batch runs again at the next start. */
const stopGraceMs = 3000
const outputEveryMs = 100
const fileLookMs = 1000

export class StreamService {
  readonly #deps: StreamServiceDeps
  readonly #channels: StreamChannels
  readonly #streams = new Map<string, Stream>()
  /** Those of the last time that could not be opened or started again, by id, and why. */
  readonly #notRestored = new Map<string, { readonly file: string; readonly message: string }>()
  readonly #listChanges = new Changes()
  readonly #stopped = new AbortController()

  constructor(deps: StreamServiceDeps) {
    this.#deps = deps
    this.#channels = new StreamChannels(() => deps.pipelines.all, deps.registry)
  }

  /** After the pipelines: a stream reads their channels. */
  async restore(): Promise<void> {
    for (const item of this.#deps.store.items('stream')) {
      try {
        await this.#restoreItem(item)
      } catch (error) {
        this.#deps.log.error(messageOf(error), { stream: item.id })
        this.#notRestored.set(item.id, { file: item.file, message: messageOf(error) })
      }
    }
    void this.#watchFiles()
  }

  async #restoreItem(item: WorkspaceItem): Promise<void> {
    const stream = this.#make(item.id, new ProgramFile(item.file), item.details['pipeline'] as string | undefined)
    await stream.program.read().catch((error: unknown) => this.#deps.log.warn(messageOf(error), { stream: item.id }))
    if (!item.wanted) return
    const asks = this.#deps.trust.unapproved([programOf(stream)])
    if (asks.length === 0) this.#start(stream)
    else this.#deps.log.error(notApproved(asks), { stream: item.id })
  }

  get all(): readonly StreamSummary[] {
    return [...this.#streams.values()].map((stream) => this.#summary(stream))
  }

  get running(): number {
    return [...this.#streams.values()].filter((stream) => stream.handle.state.phase === 'running').length
  }

  problems(): readonly WorkspaceProblem[] {
    const atRunTime = [...this.#streams.values()].flatMap(({ id, handle, program }): WorkspaceProblem[] => {
      const { trouble, since } = handle.summary()
      if (trouble === undefined) return []
      const { severity, message, hint } = trouble
      return [{ severity, code: 'AT_RUN_TIME', file: program.file, message, stream: id, since, ...(hint !== undefined && { hint }) }]
    })
    const notRestored = [...this.#notRestored].map(
      ([id, trouble]): WorkspaceProblem => ({
        severity: 'error',
        code: 'AT_RUN_TIME',
        ...trouble,
        ...(this.#streams.has(id) && { stream: id }),
      }),
    )
    return [...atRunTime, ...notRestored]
  }

  /** Streams that read channels of a pipeline, with the nodes of those channels. */
  reading(pipeline: string): readonly GraphStream[] {
    return [...this.#streams.values()].flatMap(({ id, handle, pinned }) => {
      const nodes = [...pinned].flatMap((folder) => this.#channels.find(folder) ?? []).filter((found) => found.pipeline === pipeline)
      const now = handle.summary()
      return nodes.length === 0 ? [] : [{ id, name: now.name, channels: nodes.map(({ node }) => node), now }]
    })
  }

  runs(id: string): boolean {
    const phase = this.#streams.get(id)?.handle.state.phase
    return phase === 'running' || phase === 'starting' || phase === 'waiting'
  }

  /** Adds a program to the workspace, or finds it. `pipeline`: whose channels its short names mean. */
  async open(path: string, pipeline?: string): Promise<StreamSummary> {
    const file = resolve(path)
    const known = (): Stream | undefined => [...this.#streams.values()].find((stream) => stream.program.file === file)
    const program = new ProgramFile(file)
    if (known() === undefined) await program.read()
    // Asked again: another window may have opened it meanwhile.
    const open = known()
    if (open !== undefined) return this.#summary(open)
    const stream = this.#add(program, pipeline)
    this.#deps.store.addRecent(file, 'program', this.#deps.clock.now())
    return this.#summary(stream)
  }

  #add(program: ProgramFile, pipeline: string | undefined): Stream {
    const { store } = this.#deps
    const { file } = program
    const left = [...this.#notRestored].find(([, trouble]) => trouble.file === file)
    if (left !== undefined) store.removeItem(left[0])
    const id = store.addItem('stream', file, stemOf(file), pipeline === undefined ? {} : { pipeline })
    try {
      const stream = this.#make(id, program, pipeline)
      if (left !== undefined) this.#notRestored.delete(left[0])
      return stream
    } catch (error) {
      if (left === undefined) store.removeItem(id)
      throw error
    }
  }

  async close(id: string): Promise<void> {
    const stream = this.#find(id)
    if (this.runs(id)) throw new MillraceError('BAD_ARGUMENT', `The stream ${id} runs; stop it before it is closed.`)
    this.#streams.delete(id)
    this.#notRestored.delete(id)
    this.#deps.store.removeItem(id)
    await stream.handle.close()
    stream.changes.changed()
    this.#changed()
  }

  /** Starts it, or answers that nobody has agreed to the program as it is now. */
  async start(id: string, approve: readonly string[] = []): Promise<StartAnswer> {
    const stream = this.#find(id)
    this.#deps.trust.approveDigests(approve)
    await stream.program.read()
    const asks = this.#deps.trust.unapproved([programOf(stream)])
    if (asks.length > 0) return { asks }
    this.#deps.store.setWanted(id, true)
    this.#start(stream)
    return { asks }
  }

  /** The program in its present text is one of ours or the person's own. */
  approve(id: string): void {
    this.#deps.trust.approve([programOf(this.#find(id))])
  }

  async stop(id: string): Promise<void> {
    const stream = this.#find(id)
    this.#deps.store.setWanted(id, false)
    await stream.handle.stop()
    this.#ended(stream)
  }

  list(signal: AbortSignal | undefined): AsyncGenerator<readonly StreamSummary[]> {
    return liveValues(this.#listChanges, () => this.all, { clock: this.#deps.clock, everyMs, signal })
  }

  batches(id: string, limit: number, signal: AbortSignal | undefined) {
    const { handle, batchChanges } = this.#find(id)
    let list: { count: number; batches: readonly BatchSummary[] } | undefined
    const read = (): { totals: StreamTotals; batchIntervalMs?: number; batches: readonly BatchSummary[] } | undefined => {
      if (!this.#streams.has(id)) return undefined
      const { totals, batchIntervalMs } = handle.summary()
      // Hundreds of records are read for a list; a backlog changes far more often than they do.
      if (list?.count !== batchChanges.count) list = { count: batchChanges.count, batches: handle.batches(limit) }
      return { totals, ...(batchIntervalMs !== undefined && { batchIntervalMs }), batches: list.batches }
    }
    return sampledValues(read, { clock: this.#deps.clock, everyMs, signal }, sameJson)
  }

  batch(id: string, batchTime: number): BatchRecord {
    return this.#find(id).handle.batch(batchTime)
  }

  program(id: string, signal: AbortSignal | undefined): AsyncGenerator<ProgramDocument> {
    const stream = this.#find(id)
    const read = (): ProgramDocument | undefined => (this.#streams.has(id) ? this.#document(stream) : undefined)
    return liveValues(stream.changes, read, { clock: this.#deps.clock, everyMs: 50, signal })
  }

  async saveProgram(input: { id: string; text: string; baseVersion: string; restart: boolean }): Promise<ProgramDocument> {
    const stream = this.#find(input.id)
    // Who saves a text that was agreed to agrees to what they made of it. What came from elsewhere asks, also when a word in it was changed.
    const agreed = this.#deps.trust.unapproved([programOf(stream)]).length === 0
    await stream.program.save(input.text, input.baseVersion)
    if (agreed) this.approve(input.id)
    if (agreed && input.restart && this.runs(input.id)) {
      await stream.handle.restart()
      stream.program.started()
    }
    stream.changes.changed()
    return this.#document(stream)
  }

  checkProgram(id: string, text: string): readonly ProgramProblem[] {
    return this.#find(id).program.check(text)
  }

  /** By the version that ran the batch, or by `text`. */
  async replay(id: string, batchTime: number, text?: string): Promise<ReplayResult> {
    const { replay: _all, ...result } = await this.#find(id).handle.replay(batchTime, text === undefined ? 'recorded' : { text })
    return result
  }

  /** Spark's monitoring API: `path` is what follows `/api/v1/`. */
  rest(path: string, query: string): RestAnswer {
    const applications = [...this.#streams.values()].map(({ id, handle }) => {
      const { startedAt } = handle
      return {
        id,
        name: handle.summary().name,
        running: this.runs(id),
        ...(startedAt !== undefined && { startedAt }),
        rest: (below: string, asked: URLSearchParams) => handle.rest(below, asked),
      }
    })
    return applicationsRest(path, new URLSearchParams(query), applications, this.#deps.clock.now())
  }

  async *output(id: string, after: number, signal: AbortSignal | undefined): AsyncGenerator<readonly OutputLine[]> {
    const { handle } = this.#find(id)
    let seen = after
    const read = (): readonly OutputLine[] | undefined => (this.#streams.has(id) ? handle.output(seen) : undefined)
    const nothingNew = (_before: readonly OutputLine[], now: readonly OutputLine[]): boolean => now.length === 0
    for await (const lines of sampledValues(read, { clock: this.#deps.clock, everyMs: outputEveryMs, signal }, nothingNew)) {
      seen = lines.at(-1)?.seq ?? seen
      yield lines
    }
  }

  async stopAll(): Promise<void> {
    this.#stopped.abort()
    await Promise.all(
      [...this.#streams.values()].map(async (stream) => {
        await stream.handle.stop(stopGraceMs)
        await stream.handle.close()
        this.#ended(stream)
      }),
    )
  }

  #make(id: string, program: ProgramFile, pipeline: string | undefined): Stream {
    const { clock, log, folders, spawn } = this.#deps
    const changes = new Changes()
    const batchChanges = new Changes()
    const handle = new StreamHandle(
      { spawn, clock, log: log.child({ stream: id }) },
      {
        id,
        file: program.file,
        folder: join(folders.state, `stream-${id}`),
        channels: () => this.#channels.forStream(id, pipeline),
      },
    )
    const stream: Stream = { id, program, handle, pipeline, pinned: new Set(), changes, batchChanges }
    this.#streams.set(id, stream)
    handle.onChange(() => this.#pin(stream))
    handle.onChange(() => {
      batchChanges.changed()
      this.#listChanges.changed()
    })
    this.#changed()
    return stream
  }

  #start(stream: Stream): void {
    stream.handle.start()
    this.#notRestored.delete(stream.id)
    stream.program.started()
    this.#deps.store.setRunning(stream.id, true)
    stream.changes.changed()
  }

  /** As soon as the program has said what it reads, those channels keep for it what it has not read. */
  #pin(stream: Stream): void {
    for (const name of stream.handle.summary().channels) {
      const folder = this.#channels.forStream(stream.id, stream.pipeline).find((channel) => channel.name === name)?.folder
      if (folder === undefined || stream.pinned.has(folder)) continue
      stream.pinned.add(folder)
      this.#channels.pin(folder, stream.id).catch((error: unknown) => {
        this.#deps.log.error(`The channel ${name} cannot keep its events for the stream: ${messageOf(error)}`, { stream: stream.id })
      })
      this.#changed()
    }
  }

  #summary(stream: Stream): StreamSummary {
    const summary = stream.handle.summary()
    return { ...summary, channels: [...stream.pinned].flatMap((folder) => this.#channels.find(folder)?.id ?? []) }
  }

  #document(stream: Stream): ProgramDocument {
    return stream.program.document(stream.id, this.runs(stream.id))
  }

  #ended(stream: Stream): void {
    this.#deps.store.setRunning(stream.id, false)
    stream.changes.changed()
  }

  #changed(): void {
    this.#listChanges.changed()
    this.#deps.pipelines.streamsChanged()
  }

  /** Programs may be edited elsewhere. */
  async #watchFiles(): Promise<void> {
    const { signal } = this.#stopped
    while (!signal.aborted) {
      await this.#deps.clock.sleep(fileLookMs, signal)
      for (const stream of this.#streams.values()) {
        // A file that is gone or unreadable for the moment keeps what was read; starting it says what is wrong.
        if (await stream.program.refresh().catch(() => false)) stream.changes.changed()
      }
    }
  }

  #find(id: string): Stream {
    const stream = this.#streams.get(id)
    if (stream === undefined) throw new MillraceError('NOT_FOUND', `There is no stream ${id} in this workspace.`)
    return stream
  }
}

function programOf({ program }: Stream): Runnable {
  return { kind: 'program', text: program.text, where: program.file }
}
