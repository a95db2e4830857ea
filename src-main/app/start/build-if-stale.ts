// Building before running, in a checkout: one build at a time, and none when nothing changed. Talks on standard error, so that a command's own
// output stays clean.
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { withBuildLock } from './build-lock.ts'
import { staleBuild } from './stale-build.ts'

/** Builds when a source is newer than what was built; `who` begins a failure's sentence. False when it failed; what it printed says why. */
export async function buildIfStale(root: string, who: string): Promise<boolean> {
  if (staleBuild(root) === undefined) return true
  if (!existsSync(join(root, 'node_modules', 'electron-vite'))) {
    console.error(`${who}: the packages that build Millrace are not in ${join(root, 'node_modules')}. Run npm ci there first.`)
    return false
  }
  const waiting = (): void => console.error('Another start is building; waiting for it …')
  return withBuildLock(join(root, '.cache', 'build.lock'), waiting, () => {
    const reason = staleBuild(root)
    if (reason === undefined) return true
    console.error(`Building Millrace (${reason}) …`)
    const npm = process.env['npm_execpath']
    const [command, args] = npm === undefined ? ['npm', []] : [process.execPath, [npm]]
    const run = spawnSync(command, [...args, 'run', '-s', 'build'], {
      cwd: root,
      stdio: ['ignore', 'inherit', 'inherit'],
      shell: npm === undefined && process.platform === 'win32',
    })
    if (run.status === 0) return true
    console.error(`${who}: the build failed${run.error === undefined ? '' : `: ${run.error.message}`}. What it printed is above.`)
    return false
  })
}
