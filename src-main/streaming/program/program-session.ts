// One process of a stream program, from its start to its end: the pipe, what it prints, whether its thread still answers, why it ended.
import type { Readable } from 'node:stream'
import { messageOf } from '../../../src-shared/errors.ts'
import type { ProgramFailure } from '../../../src-shared/streaming/program-failure.ts'
import type { Clock } from '../../clock.ts'
import { type ExitEvidence, failureOfExit } from './exit-reason.ts'
import { type Handlers, ProgramLink, programProtocol } from './program-link.ts'
import type { ProgramHandlers, RunOrder } from './program-messages.ts'
import type { ProgramProcess } from './spawn-program.ts'
import { WatchMarks } from './watch-marks.ts'

export interface SessionOptions {
  readonly clock: Clock
  readonly order: RunOrder
  readonly handlers: Handlers
  readonly onOutput: (stream: 'stdout' | 'stderr', bytes: Uint8Array) => void | Promise<void>
}

/** How often the program's thread is asked whether it is there. */
const pingEveryMs = 1000

/** See file. `outcome` resolves after the process is gone and its output was handed on. */
export class ProgramSession {
  readonly process: ProgramProcess
  readonly link: ProgramLink<ProgramHandlers>
  /** The failure, or undefined when the program came to its own end. */
  readonly outcome: Promise<ProgramFailure | undefined>
  readonly #options: SessionOptions
  #unansweredSince: number | undefined
  #evidence: ExitEvidence = { finished: false, killed: false, stderrTail: '' }

  constructor(process: ProgramProcess, options: SessionOptions) {
    this.process = process
    this.#options = options
    this.link = new ProgramLink<ProgramHandlers>(process.pipe, {
      ...options.handlers,
      hello: (value: { protocol: number }) => this.#greet(value.protocol),
      failed: (told: ProgramFailure) => this.#note({ told }),
      finished: () => this.#note({ finished: true }),
    })
    this.outcome = this.#run()
  }

  /** Milliseconds for which the program's thread has not answered; 0 when it answers. */
  get busyMs(): number {
    if (this.#unansweredSince === undefined) return 0
    const silentMs = this.#options.clock.monotonic() - this.#unansweredSince
    return silentMs > pingEveryMs ? Math.round(silentMs) : 0
  }

  /** Ends the process at once. Its end is then no failure of the program's unless `reason` says which. */
  kill(reason?: ProgramFailure): void {
    this.#note({ killed: true, ...(reason && { told: reason }) })
    this.process.kill()
  }

  #note(more: Partial<ExitEvidence>): void {
    this.#evidence = { ...this.#evidence, ...more }
  }

  #greet(protocol: number): void {
    if (protocol === programProtocol) {
      this.link.note('run', this.#options.order).catch(() => {}) // a pipe that is closed: the exit says why
      return
    }
    this.kill({
      kind: 'refused',
      sentence: `The program's process speaks protocol ${protocol}, this engine ${programProtocol}: the build is mixed. Build Millrace again.`,
    })
  }

  async #run(): Promise<ProgramFailure | undefined> {
    const gone = new AbortController()
    const printed = Promise.all([this.#forward('stdout', this.process.stdout), this.#forward('stderr', this.process.stderr)])
    void this.#ping(gone.signal)
    const exit = await this.process.exited
    gone.abort()
    await printed
    // What it asked last may still be written down: nothing that it uses is let go of before.
    await this.link.close('The program has ended.')
    return failureOfExit(exit, this.#evidence)
  }

  async #forward(name: 'stdout' | 'stderr', readable: Readable): Promise<void> {
    const marks = name === 'stderr' ? new WatchMarks() : undefined
    // Output that a grandchild holds open after the program's end is not waited for.
    void this.process.exited.then(() => readable.destroy())
    try {
      for await (const chunk of readable as AsyncIterable<Uint8Array>) {
        const text = marks === undefined ? chunk : marks.strip(chunk)
        if (text.length > 0) await this.#options.onOutput(name, text)
      }
    } catch (error) {
      if ((error as { code?: string }).code !== 'ERR_STREAM_PREMATURE_CLOSE') {
        await this.#options.onOutput('stderr', Buffer.from(`millrace: the program's ${name} could not be read: ${messageOf(error)}\n`))
      }
    }
    if (marks !== undefined) this.#note({ stderrTail: marks.tail, ...(marks.rssBytes !== undefined && { rssBytes: marks.rssBytes }) })
  }

  async #ping(gone: AbortSignal): Promise<void> {
    while (!gone.aborted) {
      this.#unansweredSince = this.#options.clock.monotonic()
      try {
        await this.link.call('ping', undefined)
      } catch {
        return // the pipe has closed
      }
      this.#unansweredSince = undefined
      await this.#options.clock.sleep(pingEveryMs, gone)
    }
  }
}
