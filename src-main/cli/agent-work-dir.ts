// Where an agent that runs from the command line keeps its state when it is not told.
import { createHash } from 'node:crypto'
import { homedir } from 'node:os'
import { join, resolve } from 'node:path'

/** A folder of its own for each pair of configuration files and agent name, so that any number of agents run side by side. */
export function agentWorkDir(files: readonly string[], agentName: string, env: Readonly<Record<string, string | undefined>>): string {
  const key = [...files.map((file) => resolve(file)), agentName].join('\0')
  const short = createHash('sha256').update(key).digest('hex').slice(0, 12)
  return join(userDataFolder(env), 'agents', `${agentName.replace(/[^\w.-]/g, '_')}-${short}`)
}

function userDataFolder(env: Readonly<Record<string, string | undefined>>): string {
  if (process.platform === 'win32') return join(env['LOCALAPPDATA'] ?? join(homedir(), 'AppData', 'Local'), 'Millrace')
  if (process.platform === 'darwin') return join(homedir(), 'Library', 'Application Support', 'Millrace')
  return join(env['XDG_DATA_HOME'] || join(homedir(), '.local', 'share'), 'millrace')
}
