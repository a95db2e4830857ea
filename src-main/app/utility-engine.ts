// The engine as Electron's utility process: works with the RunAsNode fuse off, and gives each window a message port of its own to it.
import { type MessagePortMain, utilityProcess } from 'electron'
import type { EngineArguments, FromEngine } from '../engine/process-messages.ts'
import type { EngineProcess } from '../engine/supervise-engine.ts'
import { entryPoint } from '../entry-point.ts'

/** Starts the built engine entry. Its stderr is this process's. */
export function utilityEngine(options: EngineArguments): EngineProcess {
  const child = utilityProcess.fork(entryPoint('engine'), [JSON.stringify(options)], {
    serviceName: 'Millrace engine',
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  return {
    get pid() {
      return child.pid
    },
    send: (message, ports) => child.postMessage(message, ports as MessagePortMain[] | undefined),
    onMessage: (handler) => {
      child.on('message', (message: FromEngine) => handler(message))
    },
    onExit: (handler) => {
      child.on('exit', (code) => handler(`exit code ${code}`))
    },
    kill: () => {
      child.kill()
    },
  }
}
