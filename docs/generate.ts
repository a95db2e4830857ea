// Writes the pages of docs/ that are made from tables in the code: `npm run docs`. test/repo/generated-docs.test.ts fails when one of
// them is older than its table.
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { errorCodes } from '../src-shared/errors.ts'

/** File name in docs/ → text. */
export function generatedPages(): ReadonlyMap<string, string> {
  return new Map([['errors.md', errorsPage()]])
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
  for (const [name, text] of generatedPages()) {
    if (writtenPage(name) !== text) writeFileSync(join(import.meta.dirname, name), text)
  }
}
