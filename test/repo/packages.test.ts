// What `npm ci` brings: nothing but registry packages, none of which runs a script or is missing for some system.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'

interface LockedPackage {
  readonly version?: string
  readonly resolved?: string
  readonly integrity?: string
  readonly hasInstallScript?: boolean
  readonly optional?: boolean
  readonly license?: string
  readonly optionalDependencies?: Readonly<Record<string, string>>
}

const root = join(import.meta.dirname, '..', '..')
const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
  readonly scripts: Readonly<Record<string, string>>
  readonly optionalDependencies: Readonly<Record<string, string>>
  readonly dependencies: Readonly<Record<string, string>>
  readonly devDependencies: Readonly<Record<string, string>>
}
const { packages } = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')) as {
  packages: Readonly<Record<string, LockedPackage>>
}
const locked = Object.entries(packages).filter(([path]) => path !== '')

test('no package needs an install script', () => {
  // fsevents is macOS's file watcher of a build tool, which does without it.
  const withScript = locked.filter(([path, each]) => each.hasInstallScript === true && !path.endsWith('/fsevents'))
  expect(withScript.map(([path]) => path)).toEqual([])
  expect(readFileSync(join(root, '.npmrc'), 'utf8')).toMatch(/^ignore-scripts=true$/m)
})

test('our own scripts need no pre or post script, which npm does not run here', () => {
  expect(Object.keys(manifest.scripts).filter((name) => /^(pre|post)(?!view)/.test(name))).toEqual([])
})

test('every package comes from the registry that is configured, with its checksum, and from no other address', () => {
  const elsewhere = locked.filter(([, each]) => each.integrity === undefined || each.resolved !== undefined)
  expect(elsewhere.map(([path]) => path)).toEqual([])
})

test('every dependency is pinned to one version', () => {
  const all = { ...manifest.dependencies, ...manifest.devDependencies, ...manifest.optionalDependencies }
  // DuckDB's packages name the release of the database and, behind it, their own: 1.5.5-r.5.
  expect(Object.entries(all).filter(([, version]) => !/^\d+\.\d+\.\d+(-r\.\d+)?$/.test(version))).toEqual([])
})

test('Node 24 is locked for every system, not only for the one that wrote the lock file', () => {
  for (const [name, version] of Object.entries(manifest.optionalDependencies)) {
    expect(packages[`node_modules/${name}`]).toMatchObject({ version, optional: true })
    expect(version).toMatch(/^24\./)
  }
  expect(Object.keys(manifest.optionalDependencies).filter((name) => /^node-(bin-)?(linux|darwin|win)-/.test(name))).toHaveLength(5)
})

test('the prebuilt binaries that a package offers for Linux, macOS and Windows are all locked', () => {
  const missing: string[] = []
  for (const [path, each] of locked) {
    for (const name of Object.keys(each.optionalDependencies ?? {})) {
      const places = [`${path}/node_modules/${name}`, `node_modules/${name}`]
      if (!/linux|darwin|win32/.test(name)) continue
      if (!places.some((place) => place in packages)) missing.push(`${path} offers ${name}, which is not locked`)
    }
  }
  expect(missing).toEqual([])
})
