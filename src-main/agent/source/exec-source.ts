// source `exec`: runs a command and makes an event of each line that it prints (Flume ExecSource). What the command prints while the agent
// is not there is lost: for files use taildir. A full channel holds the command up instead of losing lines (rule exec-holds).

import { type ChildProcess, type ChildProcessByStdio, spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import type { Readable } from 'node:stream'
import { MillraceError, messageOf } from '../../../src-shared/errors.ts'
import { boolean, int, list, long, string } from '../../../src-shared/spec/property.ts'
import type { SourceContext } from '../../component/context.ts'
import { defineSource, type Source } from '../../component/define.ts'
import { MultiLineRule, multiLineProperties } from '../multiline/multi-line-rule.ts'
import { charset } from '../serialization/charset.ts'
import { CommandOutput, type CommandOutputOptions } from './exec/command-output.ts'

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

interface ExecOptions extends CommandOutputOptions {
  readonly command: string
  readonly words: readonly string[]
  readonly restart: boolean
  readonly restartThrottle: number
  readonly logStdErr: boolean
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
    await new CommandOutput(this.#options, this.#context).deliver(child.stdout)
    const how = await ended
    this.#child = undefined
    return how
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
