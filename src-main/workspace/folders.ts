// Where a workspace lies: one folder that holds everything that is not the person's own source.
//
//   workspace.db     settings, recent files, what is open and what runs, positions
//   workspace.lock   locked while an engine uses the workspace
//   pipelines/       `.properties` files and stream programs that were made here
//   state/<id>/      a pipeline's position files and durable channels, a stream's ranges and batch records
//   demo/            the demo's log and output
import { homedir } from 'node:os'
import { join } from 'node:path'

export interface WorkspaceFolders {
  readonly root: string
  readonly database: string
  readonly lock: string
  readonly pipelines: string
  readonly state: string
  readonly demo: string
}

export function foldersOf(root: string): WorkspaceFolders {
  return {
    root,
    database: join(root, 'workspace.db'),
    lock: join(root, 'workspace.lock'),
    pipelines: join(root, 'pipelines'),
    state: join(root, 'state'),
    demo: join(root, 'demo'),
  }
}

/** The user's workspace when none is named: in the system's place for application data. */
export function defaultWorkspace(env: Readonly<Record<string, string | undefined>>, platform: NodeJS.Platform = process.platform): string {
  if (env['MILLRACE_WORKSPACE']) return env['MILLRACE_WORKSPACE']
  const home = homedir()
  if (platform === 'win32') return join(env['LOCALAPPDATA'] ?? join(home, 'AppData', 'Local'), 'Millrace')
  if (platform === 'darwin') return join(home, 'Library', 'Application Support', 'Millrace')
  return join(env['XDG_DATA_HOME'] || join(home, '.local', 'share'), 'millrace')
}
