// Writes the pages of docs/ that are made from tables and component definitions in the code: `npm run docs`.
// test/repo/generated-docs.test.ts fails when one of them is older than its source.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { runnerImport } from 'vite'
import type { AnyDefinition } from '../src-main/component/define.ts'
import { referencePages } from '../src-main/component/reference-pages.ts'
import { errorCodes } from '../src-shared/errors.ts'
import { differences } from '../src-shared/flume/differences.ts'
import { differencesPage } from '../src-shared/flume/differences-page.ts'

/** Path below docs/ → text. */
export function generatedPages(definitions: readonly AnyDefinition[]): ReadonlyMap<string, string> {
  const components = Object.entries(referencePages(definitions)).map(([file, text]) => [`components/${file}`, text] as const)
  return new Map([['errors.md', errorsPage()], ['differences.md', differencesPage(differences)], ...components])
}

function errorsPage(): string {
  const rows = Object.entries(errorCodes).map(([code, meaning]) => `| \`${code}\` | ${meaning} |`)
  return `# Error codes

Made by \`npm run docs\` from \`src-shared/errors.ts\`. Every error that crosses a boundary (to the window, to a script that asked for \`--json\`) has one of these
codes; its message says what happened, with which value, and what to do.

| code | meaning |
|---|---|
${rows.join('\n')}
`
}

/** The page as it stands in docs/; undefined when it is not there. */
export function writtenPage(name: string): string | undefined {
  try {
    return readFileSync(join(import.meta.dirname, name), 'utf8')
  } catch {
    return undefined
  }
}

if (process.argv[1] === import.meta.filename) {
  // The registry finds its components by a glob of Vite's, which plain Node does not know.
  type RegistryModule = typeof import('../src-main/component/registry.ts')
  const { module } = await runnerImport<RegistryModule>(join(import.meta.dirname, '../src-main/component/registry.ts'), {
    logLevel: 'error',
  })
  for (const [name, text] of generatedPages(module.builtInRegistry().definitions)) {
    if (writtenPage(name) === text) continue
    mkdirSync(dirname(join(import.meta.dirname, name)), { recursive: true })
    writeFileSync(join(import.meta.dirname, name), text)
  }
}
