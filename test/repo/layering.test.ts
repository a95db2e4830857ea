// "Imports point one way" (docs/architecture.md): reads import lines and fails with the sentence that is broken.
import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative, sep } from 'node:path'
import { expect, test } from 'vitest'

const root = join(import.meta.dirname, '..', '..')

/** Folders of src-main, lowest first: each sees itself and what is in lines above it, and of its own line nothing but itself. */
const order = [
  ['clock', 'log', 'entry-point', 'page-files'],
  ['component', 'storage', 'hadoop'],
  ['agent'],
  ['streaming'],
  ['inspection', 'workspace', 'export'],
  ['engine'],
  ['headless'],
  ['app', 'cli'],
  ['preload'],
]
const level = new Map(order.flatMap((names, index) => names.map((name) => [name, index] as const)))

/** Packages that only one place may import: the package, where, and the sentence. */
const fences: readonly (readonly [RegExp, RegExp, string])[] = [
  [/^electron$/, /^src-main\/(app|preload)\//, 'Only src-main/app and src-main/preload import Electron.'],
  [/^better-sqlite3$/, /^src-main\/storage\//, 'Only src-main/storage imports the SQLite driver.'],
  [/^@duckdb\//, /^src-main\/streaming\/structured\/sql\.ts$/, 'Only src-main/streaming/structured/sql.ts imports DuckDB.'],
  [/^(react|react-dom|@xyflow|@base-ui|@codemirror|lucide-react)(\/|$)/, /^src-renderer\//, 'Only src-renderer imports what draws.'],
  [/^node:/, /^src-main\//, 'Only src-main imports Node: src-shared and src-renderer run in pages.'],
]

/** The sentence that an import breaks; undefined when it is allowed. `to`: a path of the project, or a package. */
function brokenRule(from: string, to: string): string | undefined {
  for (const [name, where, sentence] of fences) if (name.test(to) && !where.test(from)) return sentence
  const [world, folder = ''] = from.split('/')
  const [toWorld = '', toFolder = ''] = to.split('/')
  if (!toWorld.startsWith('src-')) return undefined
  if (world === 'src-shared' && toWorld !== 'src-shared') return 'src-shared imports only itself.'
  if (world === 'src-renderer' && toWorld === 'src-main') return 'src-renderer sees src-shared only.'
  if (world !== 'src-main' || toWorld !== 'src-main') return undefined
  const [mine, its] = [folder.replace(/\.ts$/, ''), toFolder.replace(/\.ts$/, '')]
  if (mine === its) return undefined
  // The kinds that a component may be, and what each is given: the channel's interface is part of that vocabulary.
  if (mine === 'component' && to === 'src-main/agent/channel/channel.ts') return undefined
  if (mine === 'streaming' && its === 'agent' && !/^src-main\/streaming\/(flume|input)\//.test(from))
    return 'Of src-main/streaming only input/ and flume/, which read channels, see agent.'
  if (mine === 'preload')
    return to.startsWith('src-main/app/desktop-wire')
      ? undefined
      : 'src-main/preload sees the names of its messages and nothing else of src-main.'
  if (!level.has(mine)) return `src-main/${mine} has no place in the order of test/repo/layering.test.ts.`
  return (level.get(its) ?? 99) < level.get(mine)! ? undefined : `src-main/${mine} must not import src-main/${its}: imports point one way.`
}

/** `import … from 'x'`, `export … from 'x'`, `import 'x'`, `import('x')`, over several lines too. */
const importLine = /\b(?:from|import)\s*\(?\s*['"]([^'"\n]+)['"]/g

test('imports point one way', () => {
  const broken: string[] = []
  for (const world of ['src-shared', 'src-main', 'src-renderer']) {
    for (const file of readdirSync(join(root, world), { recursive: true, encoding: 'utf8' })) {
      if (!/\.tsx?$/.test(file)) continue
      const from = join(world, file).split(sep).join('/')
      for (const [, to] of readFileSync(join(root, from), 'utf8').matchAll(importLine)) {
        const target = to!.startsWith('.')
          ? relative(root, join(root, dirname(from), to!))
              .split(sep)
              .join('/')
          : to!
        const sentence = brokenRule(from, target)
        if (sentence !== undefined) broken.push(`${from} imports ${target}. ${sentence}`)
      }
    }
  }
  expect(broken).toEqual([])
})

test('the rules refuse what they are there for', () => {
  expect(brokenRule('src-shared/event/a.ts', 'node:fs')).toMatch(/Only src-main imports Node/)
  expect(brokenRule('src-main/agent/a.ts', 'electron')).toMatch(/Electron/)
  expect(brokenRule('src-main/agent/a.ts', 'src-main/engine/b.ts')).toMatch(/one way/)
  expect(brokenRule('src-main/streaming/rdd/a.ts', 'src-main/agent/b.ts')).toMatch(/flume/)
  expect(brokenRule('src-renderer/app/a.tsx', 'src-main/log.ts')).toMatch(/src-shared only/)
  expect(brokenRule('src-main/engine/a.ts', 'src-main/agent/b.ts')).toBeUndefined()
})
