// What a person, a disk or another program might do to the files that an engine keeps.
import { appendFileSync, readdirSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { Random } from './random.ts'

/** Removes, cuts, overwrites or lengthens one file below `root`, or removes the folder that it lies in; not what is `spared`, nor SQLite's shared memory: that is memory. */
export function spoilSomething(root: string, random: Random, spared: RegExp): void {
  try {
    const file = random.pick(filesBelow(root, spared))
    const ways = [
      () => rmSync(file),
      () => dirname(file) !== root && rmSync(dirname(file), { recursive: true }),
      () => truncateSync(file, random.below(statSync(file).size + 1)),
      () => writeFileSync(file, 'garbage'),
      () => appendFileSync(file, 'garbage'),
    ]
    random.pick(ways)()
  } catch (error) {
    // The engine may take it away meanwhile.
    if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) throw error
  }
}

function filesBelow(root: string, spared: RegExp): string[] {
  const files = readdirSync(root, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !entry.name.endsWith('-shm'))
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((path) => !spared.test(path))
  if (files.length === 0) throw Object.assign(new Error(`There is nothing to spoil in ${root}.`), { code: 'ENOENT' })
  return files
}
