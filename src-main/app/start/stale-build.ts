// Says whether what is built is older than its sources. By modification times, so that a start with nothing to do costs milliseconds.
import { existsSync, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { entries } from '../../entry-point.ts'

const outputs = [
  ...Object.keys(entries).map((name) => `out/node/${name}.js`),
  'out/main/app.cjs',
  'out/preload/preload.cjs',
  'out/renderer/index.html',
]

const sources = [
  'src-shared',
  'src-main',
  'src-renderer',
  'package.json',
  'package-lock.json',
  'electron.vite.config.ts',
  'vite.node.config.ts',
  'tsconfig.base.json',
]

/** A sentence that says why a build is needed; undefined when nothing is to be done. */
export function staleBuild(root: string): string | undefined {
  let oldest = Number.POSITIVE_INFINITY
  for (const output of outputs) {
    const path = join(root, output)
    if (!existsSync(path)) return `${output} is not there`
    oldest = Math.min(oldest, statSync(path).mtimeMs)
  }
  for (const source of sources) {
    const changed = newerThan(join(root, source), oldest)
    if (changed !== undefined) return `${changed} changed`
  }
  return undefined
}

/** The first file or folder that changed after `time`; a removed file shows in its folder. */
function newerThan(path: string, time: number): string | undefined {
  const stat = statSync(path)
  if (stat.mtimeMs > time) return path
  if (!stat.isDirectory()) return undefined
  for (const name of readdirSync(path)) {
    const found = newerThan(join(path, name), time)
    if (found !== undefined) return found
  }
  return undefined
}
