// bench/RESULTS.md: one section per bench, replaced when the bench is recorded again.
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { format, type Report } from './measure.ts'

const title =
  '# Bench results\n\nWritten by `npm run bench -- NAME --record`. Ratios compare variants of the same round; each is the median of the rounds.\n'

export function record(path: string, report: Report): void {
  const text = existsSync(path) ? readFileSync(path, 'utf8') : title
  const sections = text.split(/^(?=## )/m)
  const section = sectionOf(report)
  const index = sections.findIndex((one) => one.startsWith(`## ${report.bench}\n`))
  if (index >= 0) sections[index] = section
  else sections.push(section)
  const [head, ...rest] = sections
  writeFileSync(path, [head!.trimEnd(), ...rest.sort().map((one) => one.trimEnd())].join('\n\n').concat('\n'))
}

function sectionOf(report: Report): string {
  const rows = Object.entries(report.medians).map(
    ([name, value]) => `| ${name} | ${format(value)} | ${report.values[name]!.map(format).join(' · ')} |`,
  )
  const ratios = report.ratios.map((ratio) => {
    const bound = ratio.least !== undefined ? `≥ ${ratio.least}` : ratio.most !== undefined ? `≤ ${ratio.most}` : ''
    return `| ${ratio.name} | ${ratio.value.toFixed(2)} | ${bound}${bound !== '' && !ratio.met ? ' (not met)' : ''} |`
  })
  return [
    `## ${report.bench}`,
    '',
    report.summary,
    '',
    `${report.machine}; commit ${report.commit}; ${report.date.slice(0, 10)}; ${report.rounds} rounds.`,
    '',
    `| variant | median, ${report.unit} | rounds |`,
    '|---|---|---|',
    ...rows,
    '',
    '| ratio | value | floor |',
    '|---|---|---|',
    ...ratios,
    '',
  ].join('\n')
}
