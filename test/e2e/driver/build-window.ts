// Vitest's global set-up for the browser suite: window and engine are built first, when stale.
import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { staleBuild } from '../../../src-main/app/start/stale-build.ts'

const root = join(import.meta.dirname, '..', '..', '..')

export default function setup(): void {
  if (staleBuild(root) !== undefined)
    execFileSync('npm', ['run', '-s', 'build'], { cwd: root, stdio: 'inherit', shell: process.platform === 'win32' })
}
