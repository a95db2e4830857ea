// source `exec`: runs a command and makes an event of each line that it prints (Flume ExecSource). What the command prints while the agent
// is not there is lost: for files use taildir. A full channel holds the command up instead of losing lines (rule exec-holds).

import { isUtf8 } from 'node:buffer'
import { type ChildProcess, type ChildProcessByStdio, spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import type { Readable } from 'node:stream'
import { MillraceError, messageOf } from '../../../src-shared/errors.ts'
import { BatchBuilder } from '../../../src-shared/event/batch-builder.ts'
import { boolean, int, list, long, string } from '../../../src-shared/spec/property.ts'
import type { SourceContext } from '../../component/context.ts'
import { defineSource, type Source } from '../../component/define.ts'
import { type AssembledEvent, LineAssembler } from '../multiline/line-assembler.ts'
import { MultiLineRule, multiLineProperties } from '../multiline/multi-line-rule.ts'
import { type Charset, charset } from '../serialization/charset.ts'
import { putUntilTaken } from './put-until-taken.ts'

export const definition = defineSource({
  type: 'exec',
  className: 'org.apache.flume.source.ExecSource',
  summary: 'Runs a command and makes an event of each line that it prints.',
  rules: ['exec-holds'],
  properties: {
    channels: list().default([]).describe('Channels to write to.'),
    command: string().describe('The command; without shell it is split at blanks, and quotes mean nothing.'),
    shell: string().optional().describe('A shell to run it in, such as /bin/sh -c.'),
    restart: boolean().default(false).describe('Runs the command again when it has ended.'),
    restartThrottle: long().min(0).default(10_000).unit('ms').describe('Pause before that.'),
    logStdErr: boolean().default(false).describe('Logs what the command prints on its standard error.'),
    batchSize: int()
      .optional()
      .unit('events')
      .describe('Most lines of one transaction, 1 at least. When absent lines go as they come (Flume: 20, or after batchTimeout).'),
    batchTimeout: long().min(1).default(3000).unit('ms').describe('With batchSize: lines wait at most so long for others.'),
    charset: string().default('UTF-8').describe('Character set of the output.'),
    ...multiLineProperties,
  },
  examples: [{ title: 'With a pipe', properties: 'shell = /bin/sh -c\ncommand = vmstat 5 | grep -v procs\nrestart = true' }],
  runs: ({ shell, command }) => (shell === undefined ? command : `${shell} ${command}`),
  create: (options, context) => {
    const words = [...(options.shell?.trim().split(/\s+/) ?? [])]
    const command = options.shell === undefined ? options.command.trim().split(/\s+/) : [...words, options.command]
    if (command[0] === '' || command[0] === undefined) throw new MillraceError('BAD_CONFIGURATION', 'command is empty.')
    return new ExecSource({ ...options, words: command, charset: charset(options.charset), multiLine: MultiLineRule.of(options) }, context)
  },
})

interface ExecOptions {
  readonly command: string
  readonly words: readonly string[]
  readonly restart: boolean
  readonly restartThrottle: number
  readonly logStdErr: boolean
  readonly batchSize: number | undefined
  readonly batchTimeout: number
  readonly charset: Charset
  readonly multiLine: MultiLineRule | undefined
}

const killAfterMs = 5000

class ExecSource implements Source {
  readonly #options: ExecOptions
  readonly #context: SourceContext
  #running: Promise<void> | undefined
  #child: ChildProcess | undefined

  constructor(options: ExecOptions, context: SourceContext) {
    this.#options = options
    this.#context = context
  }

  async start(): Promise<void> {
    this.#running = this.#runAgainAndAgain()
  }

  async stop(): Promise<void> {
    const child = this.#child
    if (child !== undefined) {
      const ended = new Promise((resolve) => child.once('exit', resolve))
      signalGroup(child, 'SIGTERM')
      const tooLong = setTimeout(() => signalGroup(child, 'SIGKILL'), killAfterMs)
      if (child.exitCode === null && child.signalCode === null && child.pid !== undefined) await ended
      clearTimeout(tooLong)
      // A process that left the group may hold the pipe open; nobody reads it any more.
      child.stdout?.destroy()
      child.stderr?.destroy()
    }
    await this.#running
  }

  async #runAgainAndAgain(): Promise<void> {
    const { clock, log, signal, status } = this.#context
    const { command, restart, restartThrottle } = this.#options
    while (!signal.aborted) {
      const how = await this.#run()
      if (signal.aborted) return
      log.info(`Command [${command}] ${how}`)
      if (!restart) {
        status(`${command}: ${how}`, { severity: how === 'exited with 0' ? 'warning' : 'error', hint: 'restart = true runs it again.' })
        return
      }
      status(`${command}: ${how}; again in ${restartThrottle} ms`)
      await clock.sleep(restartThrottle, signal)
    }
  }

  /** One run of the command. Answers how it ended, once all of its lines are in the channel. */
  async #run(): Promise<string> {
    const { words, logStdErr, command } = this.#options
    const { log, status } = this.#context
    const child = startedCommand(words)
    if (typeof child === 'string') return child
    this.#child = child
    const ended = new Promise<string>((resolve) => {
      child.once('error', (error) => resolve(`could not be run: ${error.message}`))
      child.once('close', (code, name) => resolve(code === null ? `was ended by ${name}` : `exited with ${code}`))
    })
    // In Flume's words, which people search for.
    let errorLines = 0
    createInterface({ input: child.stderr, crlfDelay: Number.POSITIVE_INFINITY }).on('line', (line) => {
      if (logStdErr) log.info(`StderrLogger[${++errorLines}] = '${line}'`)
    })
    status(`Running ${command}`)
    await this.#readLines(child.stdout)
    const how = await ended
    this.#child = undefined
    return how
  }

  async #readLines(output: AsyncIterable<Buffer>): Promise<void> {
    const { batchSize, batchTimeout, multiLine } = this.#options
    const { clock } = this.#context
    const lines = this.#splitter()
    const assembler = multiLine && new LineAssembler(multiLine)
    let batch = new BatchBuilder()
    let since = clock.monotonic()
    let lastLineAt = since
    let gaveUp = false
    const flush = async (): Promise<void> => {
      const full = batch.build()
      batch = new BatchBuilder()
      since = clock.monotonic()
      const { counters } = this.#context
      counters.add('EventReceivedCount', full.count)
      // Behind lines that were not taken before the stop none may go.
      if (gaveUp) counters.drop(full.count, 'came behind lines that no channel took before the stop', false)
      else if (full.count > 0) gaveUp = !(await putUntilTaken(this.#context, full, 'exec-holds'))
    }
    const add = async (event: AssembledEvent | undefined): Promise<void> => {
      if (event === undefined) return
      if (batch.count === 0) since = clock.monotonic()
      batch.add(event.headers, event.body)
      if (batchSize !== undefined && batch.count >= batchSize) await flush()
    }
    /** When something that waits must go, even if the command prints nothing: lines for others to fill a batch, an event for its next line. */
    const deadline = (): number =>
      Math.min(
        batchSize !== undefined && batch.count > 0 ? since + batchTimeout : Number.POSITIVE_INFINITY,
        assembler?.open === true ? lastLineAt + multiLine!.timeoutMs : Number.POSITIVE_INFINITY,
      )
    const chunks = output[Symbol.asyncIterator]()
    let next = chunks.next()
    while (true) {
      const due = deadline()
      if (due !== Number.POSITIVE_INFINITY) {
        const over = new AbortController()
        const first = await Promise.race([next, clock.sleep(Math.max(1, due - clock.monotonic()), over.signal)])
        over.abort()
        if (first === undefined) {
          if (assembler?.open === true && clock.monotonic() >= lastLineAt + multiLine!.timeoutMs) await add(assembler.flush())
          await flush()
          continue
        }
      }
      const { value, done } = await next
      for (const line of done === true ? lines.rest() : lines.add(value)) {
        const body = this.#body(line)
        lastLineAt = clock.monotonic()
        await add(assembler === undefined ? { headers: noHeaders, body } : assembler.add(body, this.#options.charset.text(body)))
      }
      if (done === true) await add(assembler?.flush())
      if (done === true || batchSize === undefined || clock.monotonic() - since >= batchTimeout) await flush()
      if (done === true) return
      next = chunks.next()
    }
  }

  #splitter(): { add(chunk: Buffer): Uint8Array[]; rest(): Uint8Array[] } {
    const { wideReader, encode } = this.#options.charset
    return wideReader === undefined ? new LineSplitter() : new WideLineSplitter(wideReader(), encode)
  }

  /** As Java reads and writes text: bytes that are no character become a replacement character. */
  #body(line: Uint8Array): Uint8Array {
    const { name, text, encode, wideReader } = this.#options.charset
    if (wideReader !== undefined || (/^utf[-_]?8$/i.test(name) && isUtf8(line))) return line
    return encode(text(line))
  }
}

const noHeaders = {}

/** Lines as Java's BufferedReader reads them: they end in LF, CR, or CR LF. */
class LineSplitter {
  #held: Buffer = Buffer.alloc(0)
  #afterCarriageReturn = false

  add(chunk: Buffer): Uint8Array[] {
    const bytes = this.#held.length === 0 ? chunk : Buffer.concat([this.#held, chunk])
    const lines: Uint8Array[] = []
    let start = 0
    for (let at = this.#held.length; at < bytes.length; at++) {
      const byte = bytes[at]
      if (byte === 10 && this.#afterCarriageReturn && at === start) start = at + 1
      else if (byte === 10 || byte === 13) {
        lines.push(bytes.subarray(start, at))
        start = at + 1
      }
      this.#afterCarriageReturn = byte === 13
    }
    this.#held = bytes.subarray(start)
    return lines
  }

  /** A last line without an end. */
  rest(): Uint8Array[] {
    const rest = this.#held
    this.#held = Buffer.alloc(0)
    return rest.length === 0 ? [] : [rest]
  }
}

/** The same for characters of two bytes: the lines are found in the text, and written in the character set again. */
class WideLineSplitter {
  readonly #read: (bytes: Uint8Array) => string
  readonly #encode: (text: string) => Uint8Array
  #held = ''

  constructor(read: (bytes: Uint8Array) => string, encode: (text: string) => Uint8Array) {
    this.#read = read
    this.#encode = encode
  }

  add(chunk: Buffer): Uint8Array[] {
    const text = this.#held + this.#read(chunk)
    // A CR at the end may be half of a line end.
    const lines = text.split(/\r\n|\n|\r(?!$)/)
    this.#held = lines.pop()!
    return lines.map(this.#encode)
  }

  rest(): Uint8Array[] {
    const rest = this.#held.replace(/\r$/, '')
    const ended = rest !== this.#held
    this.#held = ''
    return rest === '' && !ended ? [] : [this.#encode(rest)]
  }
}

/** In a group of its own, so that stopping reaches what a shell has started too; or why there is none, where the system refuses it at once. */
function startedCommand(words: readonly string[]): ChildProcessByStdio<null, Readable, Readable> | string {
  try {
    return spawn(words[0]!, words.slice(1), { stdio: ['ignore', 'pipe', 'pipe'], detached: process.platform !== 'win32' })
  } catch (error) {
    return `could not be run: ${messageOf(error)}`
  }
}

function signalGroup(child: ChildProcess, signal: NodeJS.Signals): void {
  if (child.pid === undefined) return
  try {
    if (process.platform === 'win32') child.kill(signal)
    else process.kill(-child.pid, signal)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
  }
}
