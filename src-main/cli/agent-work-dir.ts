// Where an agent that runs from the command line keeps its state when it is not told.
import { createHash } from 'node:crypto'
import { join, resolve } from 'node:path'
import { defaultWorkspace } from '../workspace/folders.ts'

/** A folder of its own for each pair of configuration files and agent name, so that any number of agents run side by side. */
export function agentWorkDir(files: readonly string[], agentName: string, env: Readonly<Record<string, string | undefined>>): string {
  const key = [...files.map((file) => resolve(file)), agentName].join('\0')
  const short = createHash('sha256').update(key).digest('hex').slice(0, 12)
  return join(defaultWorkspace(env), 'agents', `${agentName.replace(/[^\w.-]/g, '_')}-${short}`)
}
