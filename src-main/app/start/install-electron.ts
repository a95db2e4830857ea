// `npm run electron:install`: fetches the Electron runtime of the version in package.json, by Electron's own installer. Only this command
// downloads anything.
import { spawnSync } from 'node:child_process'
import { join, resolve } from 'node:path'
import { findElectronRuntime } from './electron-runtime.ts'

const root = resolve(import.meta.dirname, '..', '..', '..')
const run = spawnSync(process.execPath, [join(root, 'node_modules', 'electron', 'install.js')], { stdio: 'inherit' })
const runtime = findElectronRuntime(root, {}, process.platform)

if (run.status === 0 && runtime !== undefined) {
  console.log(`The Electron runtime is there: ${runtime.executable}. npm start opens a window now.`)
} else {
  console.error(
    'The Electron runtime could not be fetched (the reason is above). Behind a proxy or with a mirror set HTTPS_PROXY or ELECTRON_MIRROR; ' +
      'a runtime that is already on this machine is used when ELECTRON_OVERRIDE_DIST_PATH names its folder. Without one, npm start opens the browser.',
  )
  process.exitCode = 1
}
