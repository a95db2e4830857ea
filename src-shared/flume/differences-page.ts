// docs/differences.md, from the table.
import type { Difference } from './differences.ts'

export function differencesPage(differences: readonly Difference[]): string {
  const lines = [
    '<!-- Generated from src-shared/flume/differences.ts by `npm run docs`. -->',
    '# Where Millrace departs from Apache Flume',
    '',
    'Everything that is not in this list behaves as recorded from Apache Flume 1.11. `millrace validate` and the conformance runner name a',
    'rule by its id.',
    '',
    ...differences.map(({ id, title }) => `- [\`${id}\`](#${id}) ${title}`),
  ]
  for (const { id, title, original, millrace, why, cases } of differences) {
    lines.push(
      '',
      `<a id="${id}"></a>`,
      '',
      `## ${title}`,
      '',
      `Rule \`${id}\`.`,
      '',
      `- **Flume:** ${original}`,
      `- **Millrace:** ${millrace}`,
      `- **Why:** ${why}`,
    )
    if (cases.length > 0) lines.push(`- **Golden cases:** ${cases.map((name) => `\`${name}\``).join(', ')}`)
  }
  return `${lines.join('\n')}\n`
}
