// An engine process made with child_process: for `serve`, and for the desktop when MILLRACE_ENGINE_NODE names a Node.
import { fork } from 'node:child_process'
import { entryPoint } from '../entry-point.ts'
import type { EngineArguments, FromEngine } from './process-messages.ts'
import type { EngineProcess } from './supervise-engine.ts'

/** Starts the built engine entry. `execPath`: the Node to run it with, by default the one that runs this. Its stderr is this process's. */
export function forkEngine(options: EngineArguments, execPath: string = process.execPath): EngineProcess {
  const child = fork(entryPoint('engine'), [JSON.stringify(options)], {
    execPath,
    // Node says at the first program that it strips types: known.
    execArgv: ['--disable-warning=ExperimentalWarning'],
    serialization: 'advanced',
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  })
  return {
    get pid() {
      return child.pid
    },
    send: (message) => {
      // A child that is just dying refuses the message; its exit is told separately.
      if (child.connected) child.send(message, () => {})
    },
    onMessage: (handler) => {
      child.on('message', (message) => handler(message as FromEngine))
    },
    onExit: (handler) => {
      let told = false
      const tell = (how: string): void => {
        if (told) return
        told = true
        handler(how)
      }
      child.on('exit', (code, signal) => tell(signal === null ? `exit code ${code}` : `signal ${signal}`))
      child.on('error', (error) => tell(error.message))
    },
    kill: () => {
      child.kill('SIGKILL')
    },
  }
}
