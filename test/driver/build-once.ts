// Vitest's global set-up: tests that start processes start the built product, so it is built first, unless it is newer than every source.
import { execFileSync } from 'node:child_process'
import { existsSync, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'

const root = join(import.meta.dirname, '..', '..')

export default function setup(): void {
  const out = process.env['MILLRACE_OUT'] ?? join(root, 'out', 'node')
  const built = join(out, 'cli.js')
  const builtAt = existsSync(built) ? statSync(built).mtimeMs : 0
  if (newest(join(root, 'src-main')) < builtAt && newest(join(root, 'src-shared')) < builtAt) return
  execFileSync(
    process.execPath,
    [join(root, 'node_modules/vite/bin/vite.js'), 'build', '--config', 'vite.node.config.ts', '--logLevel', 'warn'],
    {
      cwd: root,
      stdio: 'inherit',
    },
  )
}

function newest(folder: string): number {
  let latest = 0
  for (const entry of readdirSync(folder, { withFileTypes: true, recursive: true })) {
    latest = Math.max(latest, statSync(join(entry.parentPath, entry.name)).mtimeMs)
  }
  return latest
}
