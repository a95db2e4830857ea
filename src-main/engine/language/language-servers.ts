// TypeScript's own language server (`tsc --lsp`), one process for each window that edits programs. It reads files and answers; it runs no
// code of theirs. It is started with an empty PATH, because it would otherwise fetch type packages with npm.
import { type ChildProcess, spawn } from 'node:child_process'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { LanguageEvent } from '../../../src-shared/contract/language.ts'
import { MillraceError, messageOf } from '../../../src-shared/errors.ts'
import type { Logger } from '../../log.ts'
import { Changes } from '../live.ts'
import { framed, MessageReader } from './message-frames.ts'

interface Session {
  readonly child: ChildProcess
  readonly waiting: string[]
  readonly changes: Changes
  over: boolean
}

export class LanguageServers {
  readonly #log: Logger
  readonly #sessions = new Map<number, Session>()
  #last = 0

  constructor(log: Logger) {
    this.#log = log
  }

  /** The server's messages until `signal` aborts or the server ends. */
  async *connect(signal: AbortSignal | undefined): AsyncGenerator<LanguageEvent, void, void> {
    const ended = signal ?? new AbortController().signal
    const session = this.#start(await typeScriptServer())
    const number = ++this.#last
    this.#sessions.set(number, session)
    try {
      yield { session: number }
      for (;;) {
        const seen = session.changes.count
        for (const message of session.waiting.splice(0)) yield { message }
        if (session.over || ended.aborted) return
        await session.changes.after(seen, ended)
      }
    } finally {
      this.#sessions.delete(number)
      // Nobody needs it any more: that it ends now is nothing to tell.
      session.over = true
      session.child.kill()
    }
  }

  send(number: number, message: string): void {
    const session = this.#sessions.get(number)
    if (session === undefined || session.over)
      throw new MillraceError('NOT_FOUND', `There is no language server ${number}; it has ended. Connect again.`)
    session.child.stdin?.write(framed(message))
  }

  #start(executable: string): Session {
    const child = spawn(executable, ['--lsp', '--stdio'], {
      stdio: ['pipe', 'pipe', 'ignore'],
      env: { ...process.env, PATH: '', Path: '' },
    })
    const session: Session = { child, waiting: [], changes: new Changes(), over: false }
    const end = (reason: string): void => {
      if (session.over) return
      session.over = true
      this.#log.info(`The language server ended: ${reason}.`)
      session.changes.changed()
    }
    const reader = new MessageReader()
    child.stdout?.on('data', (bytes: Buffer) => {
      try {
        for (const message of reader.push(bytes)) {
          const answer = answerToServer(message)
          if (answer === undefined) session.waiting.push(message)
          else child.stdin?.write(framed(answer))
        }
        session.changes.changed()
      } catch (error) {
        end(messageOf(error))
        child.kill()
      }
    })
    child.on('error', (error) => end(error.message))
    child.on('exit', (code, by) => end(by ?? `exit code ${code}`))
    // A write to a server that has just ended; `exit` says so.
    child.stdin?.on('error', () => undefined)
    return session
  }
}

/** What the server asks of its editor (its settings, registrations) is answered here: the defaults, and nothing is registered. */
function answerToServer(message: string): string | undefined {
  const { id, method, params } = JSON.parse(message) as { id?: number | string; method?: string; params?: { items?: readonly unknown[] } }
  if (id === undefined || method === undefined) return undefined
  const result = method === 'workspace/configuration' ? (params?.items ?? []).map(() => null) : null
  return JSON.stringify({ jsonrpc: '2.0', id, result })
}

/** The executable of the installed TypeScript, as its own `tsc` finds it. */
async function typeScriptServer(): Promise<string> {
  try {
    const folder = dirname(createRequire(import.meta.url).resolve('typescript/package.json'))
    const found = (await import(/* @vite-ignore */ pathToFileURL(join(folder, 'lib', 'getExePath.js')).href)) as { default: () => string }
    return found.default()
  } catch (error) {
    throw new MillraceError('NOT_FOUND', 'TypeScript is not installed beside Millrace, so programs have no completion. Run `npm ci`.', {
      cause: error,
    })
  }
}
