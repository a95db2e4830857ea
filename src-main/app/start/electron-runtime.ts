// Finds an Electron runtime for `npm start`. It never downloads one: `npm run electron:install` does, when a person asks for it.
import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

export interface ElectronRuntime {
  readonly executable: string
  /** Its major version; undefined when the runtime does not say. */
  readonly major: number | undefined
}

/** The runtime that `ELECTRON_OVERRIDE_DIST_PATH` names (Electron's own variable), else the one inside the npm package, else undefined. */
export function findElectronRuntime(
  root: string,
  env: Readonly<Record<string, string | undefined>>,
  platform: NodeJS.Platform,
): ElectronRuntime | undefined {
  const override = env['ELECTRON_OVERRIDE_DIST_PATH']
  const folder = override !== undefined && override !== '' ? override : join(root, 'node_modules', 'electron', 'dist')
  const executable = join(folder, executableIn(platform))
  if (!existsSync(executable)) return undefined
  return { executable, major: majorOf(folder, executable, env) }
}

function executableIn(platform: NodeJS.Platform): string {
  if (platform === 'darwin') return 'Electron.app/Contents/MacOS/Electron'
  return platform === 'win32' ? 'electron.exe' : 'electron'
}

/** Why no window can be opened although a runtime is there; undefined when one can. */
export function missingDisplay(env: Readonly<Record<string, string | undefined>>, platform: NodeJS.Platform): string | undefined {
  if (platform !== 'linux' || env['DISPLAY'] || env['WAYLAND_DISPLAY']) return undefined
  return 'there is no display (DISPLAY and WAYLAND_DISPLAY are not set)'
}

function majorOf(folder: string, executable: string, env: Readonly<Record<string, string | undefined>>): number | undefined {
  const file = join(folder, 'version')
  const text = existsSync(file) ? readFileSync(file, 'utf8') : askVersion(executable, env)
  const major = /^v?(\d+)\./.exec(text.trim())?.[1]
  return major === undefined ? undefined : Number(major)
}

/** A repackaged runtime has no `version` file; run as Node it tells. One that cannot be asked (RunAsNode fuse off) stays unknown. */
function askVersion(executable: string, env: Readonly<Record<string, string | undefined>>): string {
  try {
    return execFileSync(executable, ['-p', 'process.versions.electron'], {
      env: { ...env, ELECTRON_RUN_AS_NODE: '1' },
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
      timeout: 10_000,
    })
  } catch {
    return ''
  }
}
