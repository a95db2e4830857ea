// The stream programs of the workspace, for the contract's `streams` area.
import { basename, extname, resolve } from 'node:path'
import type {
  BatchRecord,
  BatchSummary,
  ProgramDocument,
  ProgramProblem,
  ReplayResult,
  StreamSummary,
  StreamTotals,
} from '../../../src-shared/contract/streams.ts'
import type { WorkspaceProblem } from '../../../src-shared/contract/workspace.ts'
import { MillraceError } from '../../../src-shared/errors.ts'
import type { Clock } from '../../clock.ts'
import type { Logger } from '../../log.ts'
import type { WorkspaceFolders } from '../../workspace/folders.ts'
import type { WorkspaceStore } from '../../workspace/workspace-store.ts'
import { Changes, liveValues } from '../live.ts'
import type { GraphStream } from '../pipeline/pipeline-graph.ts'
import { stemOf } from '../pipeline/pipeline-text.ts'
import { readTextFile, replaceTextFile } from '../pipeline/text-file.ts'

export interface StreamServiceDeps {
  readonly clock: Clock
  readonly log: Logger
  readonly store: WorkspaceStore
  readonly folders: WorkspaceFolders
}

interface Stream {
  readonly id: string
  readonly file: string
  document: ProgramDocument
  readonly changes: Changes
}

const noTotals: StreamTotals = { completed: 0, failed: 0, records: 0, queued: 0 }

export class StreamService {
  readonly #deps: StreamServiceDeps
  readonly #streams = new Map<string, Stream>()
  readonly #listChanges = new Changes()

  constructor(deps: StreamServiceDeps) {
    this.#deps = deps
  }

  get running(): number {
    return 0
  }

  problems(): readonly WorkspaceProblem[] {
    return []
  }

  reading(_pipeline: string): readonly GraphStream[] {
    return []
  }

  runs(_stream: string): boolean {
    return false
  }

  async open(path: string): Promise<StreamSummary> {
    const file = resolve(path)
    const known = [...this.#streams.values()].find((stream) => stream.file === file)
    if (known !== undefined) return this.#summary(known)
    const document = await this.#read('', file)
    const id = this.#deps.store.addItem('stream', file, stemOf(file))
    const stream: Stream = { id, file, document: { ...document, id }, changes: new Changes() }
    this.#streams.set(id, stream)
    this.#deps.store.addRecent(file, 'program', this.#deps.clock.now())
    this.#listChanges.changed()
    return this.#summary(stream)
  }

  close(id: string): void {
    this.#find(id)
    this.#streams.delete(id)
    this.#deps.store.removeItem(id)
    this.#listChanges.changed()
  }

  start(id: string): Promise<void> {
    throw new MillraceError('PROGRAM_FAILED', `The stream ${this.#find(id).id} cannot be started from here yet.`)
  }

  stop(id: string): Promise<void> {
    this.#find(id)
    return Promise.resolve()
  }

  list(signal: AbortSignal | undefined): AsyncGenerator<readonly StreamSummary[]> {
    const read = (): readonly StreamSummary[] => [...this.#streams.values()].map((stream) => this.#summary(stream))
    return liveValues(this.#listChanges, read, { clock: this.#deps.clock, everyMs: 250, signal })
  }

  batches(
    id: string,
    _limit: number,
    signal: AbortSignal | undefined,
  ): AsyncGenerator<{ totals: StreamTotals; batches: readonly BatchSummary[] }> {
    const stream = this.#find(id)
    return liveValues(stream.changes, () => ({ totals: noTotals, batches: [] }), { clock: this.#deps.clock, everyMs: 250, signal })
  }

  batch(id: string, batchTime: number): BatchRecord {
    throw new MillraceError('NOT_FOUND', `The stream ${this.#find(id).id} has no batch of time ${batchTime}.`)
  }

  program(id: string, signal: AbortSignal | undefined): AsyncGenerator<ProgramDocument> {
    const stream = this.#find(id)
    return liveValues(stream.changes, () => stream.document, { clock: this.#deps.clock, everyMs: 50, signal })
  }

  async saveProgram(input: { id: string; text: string; baseVersion: string; restart: boolean }): Promise<ProgramDocument> {
    const stream = this.#find(input.id)
    await replaceTextFile(stream.file, new TextEncoder().encode(input.text), input.baseVersion)
    stream.document = await this.#read(stream.id, stream.file)
    stream.changes.changed()
    return stream.document
  }

  checkProgram(id: string, _text: string): readonly ProgramProblem[] {
    this.#find(id)
    return []
  }

  replay(id: string, batchTime: number, _text?: string): ReplayResult {
    throw new MillraceError('NOT_FOUND', `The stream ${this.#find(id).id} has no batch of time ${batchTime}.`)
  }

  output(id: string, _after: number, signal: AbortSignal | undefined): AsyncGenerator<readonly never[]> {
    const stream = this.#find(id)
    return liveValues(stream.changes, () => [], { clock: this.#deps.clock, everyMs: 250, signal })
  }

  async #read(id: string, file: string): Promise<ProgramDocument> {
    const { bytes, version } = await readTextFile(file)
    return { id, file, text: new TextDecoder().decode(bytes), version, problems: [], runningOlder: false }
  }

  #summary(stream: Stream): StreamSummary {
    return {
      id: stream.id,
      name: basename(stream.file, extname(stream.file)),
      file: stream.file,
      state: 'stopped',
      sentence: 'Stopped.',
      since: 0,
      channels: [],
      totals: noTotals,
    }
  }

  #find(id: string): Stream {
    const stream = this.#streams.get(id)
    if (stream === undefined) throw new MillraceError('NOT_FOUND', `There is no stream ${id} in this workspace.`)
    return stream
  }
}
