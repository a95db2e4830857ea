// The demo: a generator writes an access log at a rate one can watch, a pipeline tails it into a durable channel and writes it out, a
// stream program counts status codes. Everything is ordinary: files in the workspace that can be looked at, edited and stopped.
import { existsSync } from 'node:fs'
import { appendFile, mkdir, stat, truncate } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { messageOf } from '../../../src-shared/errors.ts'
import type { Clock } from '../../clock.ts'
import type { Logger } from '../../log.ts'
import type { WorkspaceFolders } from '../../workspace/folders.ts'
import type { LogService } from '../log-index/log-service.ts'
import type { PipelineService } from '../pipeline/pipeline-service.ts'
import { pipelineFromLog } from '../pipeline/pipeline-text.ts'
import { readTextFile, replaceTextFile } from '../pipeline/text-file.ts'
import type { StreamService } from '../stream/stream-service.ts'
import { accessLogLine, seededRandom } from './access-log.ts'

export interface DemoDeps {
  readonly clock: Clock
  readonly log: Logger
  readonly folders: WorkspaceFolders
  readonly pipelines: PipelineService
  readonly streams: StreamService
  readonly logs: LogService
  readonly projectFolder: string | undefined
}

const linesPerSecond = 40
const everyMs = 100
/** The generated log begins anew when it reaches this size. */
const mostBytes = 256 * 1024 * 1024

export class Demo {
  readonly #deps: DemoDeps
  #generating: AbortController | undefined

  constructor(deps: DemoDeps) {
    this.#deps = deps
  }

  /** Makes the demo if it is not there, and runs it. */
  async start(): Promise<{ pipeline: string; stream: string; log: string }> {
    const { folders, pipelines, streams, logs } = this.#deps
    const log = join(folders.demo, 'access.log')
    const outFolder = join(folders.demo, 'out')
    await mkdir(outFolder, { recursive: true })
    const file = this.#pipelineFile
    if (!existsSync(file)) await replaceTextFile(file, new TextEncoder().encode(pipelineFromLog({ log, agent: 'demo', outFolder })))
    const pipeline = await pipelines.open(file)
    await appendFile(log, '')
    this.#generate()
    await pipelines.start(pipeline.id)
    const { file: program, fresh } = await this.#program()
    const stream = await streams.open(program, pipeline.id)
    // A copy that was changed elsewhere is the person's to start.
    if (fresh) streams.approve(stream.id)
    await streams.start(stream.id)
    await logs.open(log)
    return { pipeline: pipeline.id, stream: stream.id, log }
  }

  /** After a restart: the generator goes on with the demo's pipeline. */
  restore(): void {
    if (this.#deps.pipelines.all.some((pipeline) => pipeline.file === this.#pipelineFile)) this.#generate()
  }

  stop(): void {
    this.#generating?.abort()
  }

  get #pipelineFile(): string {
    return join(this.#deps.folders.pipelines, 'demo.properties')
  }

  /** Writes while the demo's pipeline runs. */
  #generate(): void {
    if (this.#generating !== undefined) return
    this.#generating = new AbortController()
    const { signal } = this.#generating
    const { clock, log, folders, pipelines } = this.#deps
    const file = join(folders.demo, 'access.log')
    const runs = (): boolean => pipelines.all.some((pipeline) => pipeline.file === this.#pipelineFile && pipeline.state === 'running')
    const run = async (): Promise<void> => {
      const random = seededRandom(clock.now())
      await mkdir(dirname(file), { recursive: true })
      let at = clock.monotonic()
      while (!signal.aborted) {
        const now = clock.monotonic()
        // After a laptop slept, or while the pipeline stood still, nothing is made up for.
        const owed = Math.floor((Math.min(1000, now - at) / 1000) * linesPerSecond)
        at = now - at > 1000 ? now : at + (owed / linesPerSecond) * 1000
        if (owed > 0 && runs()) {
          await appendFile(file, Array.from({ length: owed }, () => `${accessLogLine(clock.now(), random)}\n`).join(''))
          if ((await stat(file)).size > mostBytes) await truncate(file)
        }
        await clock.sleep(everyMs, signal)
      }
    }
    run()
      .catch((error: unknown) => log.error(`The demo's generator stopped: ${messageOf(error)}`))
      .finally(() => {
        this.#generating = undefined
      })
  }

  /** A copy of `examples/status-count.ts` in the workspace, which the person may change as they like. */
  async #program(): Promise<{ readonly file: string; readonly fresh: boolean }> {
    const file = join(this.#deps.folders.pipelines, 'status-count.ts')
    const fresh = !existsSync(file)
    if (fresh) await replaceTextFile(file, (await readTextFile(this.#example())).bytes)
    return { file, fresh }
  }

  /** From a checkout, or beside the built files. */
  #example(): string {
    const { projectFolder } = this.#deps
    const here = dirname(fileURLToPath(import.meta.url))
    const roots = projectFolder === undefined ? [join(here, '..', '..'), join(here, '..', '..', '..')] : [projectFolder]
    const paths = roots.map((root) => join(root, 'examples', 'status-count.ts'))
    return paths.find((path) => existsSync(path)) ?? paths[0]!
  }
}
