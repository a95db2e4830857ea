// An agent as a process of its own that is killed and started again on the same folder.
import { type ChildProcess, spawn } from 'node:child_process'
import { closeSync, existsSync, mkdirSync, openSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { entryPoint } from '../../src-main/entry-point.ts'

export class KilledAgent {
  readonly folder: string
  #process: ChildProcess | undefined

  /** `folder` is made; the agent in the text must be called a1. Its state lies in `<folder>/work`, its log in `<folder>/agent.log`. */
  constructor(folder: string, text: string) {
    this.folder = folder
    mkdirSync(folder, { recursive: true })
    writeFileSync(join(folder, 'agent.properties'), text)
  }

  start(): void {
    const args = ['agent', '-n', 'a1', '-f', join(this.folder, 'agent.properties'), '--work-dir', join(this.folder, 'work')]
    const log = openSync(join(this.folder, 'agent.log'), 'a')
    this.#process = spawn(process.execPath, [entryPoint('cli'), ...args], { stdio: ['ignore', 'ignore', log] })
    closeSync(log)
  }

  get pid(): number | undefined {
    return this.#process?.pid
  }

  get runs(): boolean {
    return this.#process !== undefined && this.#process.exitCode === null && this.#process.signalCode === null
  }

  /** Resolves with the exit code when the process is gone; null when a signal ended it. */
  end(signal: NodeJS.Signals): Promise<number | null> {
    const child = this.#process
    if (child === undefined || !this.runs) return Promise.resolve(child?.exitCode ?? null)
    return new Promise((resolve) => {
      child.once('exit', resolve)
      child.kill(signal)
    })
  }

  /** How often the agent's log, over all its lives, has this. */
  said(what: string): number {
    return this.log().split(what).length - 1
  }

  log(): string {
    const path = join(this.folder, 'agent.log')
    return existsSync(path) ? readFileSync(path, 'utf8') : ''
  }
}
