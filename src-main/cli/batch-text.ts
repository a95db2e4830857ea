// Batches as text for a terminal.
import type {
  BatchRecord,
  BatchSummary,
  InputRecord,
  OperatorRecord,
  RecordedError,
  RejectedRows,
  SampleRecord,
} from '../../src-shared/contract/streams.ts'

/** One line each, columns aligned. */
export function batchTable(batches: readonly BatchSummary[]): string {
  if (batches.length === 0) return 'No batches are recorded.\n'
  const rows = batches.map((batch) => [
    batch.id,
    new Date(batch.batchTime).toISOString(),
    batch.status,
    String(batch.records),
    ms(batch.schedulingDelayMs),
    ms(batch.processingTimeMs),
    ms(batch.totalDelayMs),
    noteOf(batch),
  ])
  return columns([['ID', 'BATCH TIME', 'STATUS', 'RECORDS', 'SCHEDULING', 'PROCESSING', 'TOTAL', ''], ...rows])
}

function noteOf({ rerun, alertsRaised, rowsLeftOut, error }: BatchSummary): string {
  const notes = [
    rerun === true && '(run again)',
    alertsRaised !== undefined && `${alertsRaised} alerts`,
    rowsLeftOut !== undefined && `${rowsLeftOut} left out`,
    error,
  ]
  return notes.filter((note) => typeof note === 'string').join(' ')
}

/** Everything that is recorded of a batch. */
export function batchPage(batch: BatchRecord): string {
  const lines = [
    `Batch ${batch.id}, ${new Date(batch.batchTime).toISOString()}: ${batch.status}${batch.rerun === true ? ', run again after a restart' : ''}`,
    `  ${batch.records} records; scheduling delay ${ms(batch.schedulingDelayMs)}, processing time ${ms(batch.processingTimeMs)}, total delay ${ms(batch.totalDelayMs)}`,
    `  program version ${batch.programVersion}`,
  ]
  for (const input of batch.inputs) lines.push(...inputLines(input))
  for (const operator of batch.operators) {
    const rejected = batch.rejected.filter((each) => each.operator === operator.id)
    lines.push(...operatorLines(operator, rejected))
  }
  for (const output of batch.outputs) {
    lines.push(`\nOutput ${output.name}: ${output.status}${output.timeMs === undefined ? '' : `, ${ms(output.timeMs)}`}`)
    for (const line of output.lines) lines.push(`    ${visible(line)}`)
    if (output.cut) lines.push('    … (cut)')
    for (const raised of batch.alerts.filter((each) => each.output === output.id)) {
      for (const { severity, name, message } of raised.alerts) lines.push(visible(`    ALERT ${severity} ${name}: ${message}`))
      if (raised.count > raised.alerts.length) lines.push(`    … and ${raised.count - raised.alerts.length} more`)
    }
  }
  for (const error of batch.errors) lines.push(...errorLines(error))
  return `${lines.join('\n')}\n`
}

function inputLines({ name, records, range, description }: InputRecord): string[] {
  if (range === undefined)
    return [
      `  ${name}: ${records} records`,
      ...(description ?? '')
        .split('\n')
        .filter(Boolean)
        .map((line) => `    ${visible(line)}`),
    ]
  if (range.records === 0) return [`  channel ${range.channel}: nothing new`]
  return [`  channel ${range.channel}: events ${range.from} to ${range.until - 1} (${range.records})`]
}

function operatorLines(operator: OperatorRecord, rejected: readonly RejectedRows[]): string[] {
  const lines = [`\n${operator.name}: ${operator.recordsIn} in, ${operator.recordsOut} out, ${ms(operator.timeMs)}`]
  for (const sample of operator.samplesIn) lines.push(`    < ${sampleText(sample)}`)
  for (const sample of operator.samplesOut) lines.push(`    > ${sampleText(sample)}`)
  for (const { reason, count, samples } of rejected) {
    lines.push(`  left out ${count}: ${visible(reason)}`)
    for (const sample of samples) lines.push(`    < ${sampleText(sample)}`)
  }
  return lines
}

function errorLines(error: RecordedError): string[] {
  const where = error.line === undefined ? '' : ` (line ${error.line}${error.column === undefined ? '' : `, column ${error.column}`})`
  const lines = [`\nError${error.operator === undefined ? '' : ` in ${error.operator}`}${where}: ${error.message}`]
  if (error.record !== undefined) lines.push(`    record: ${sampleText(error.record)}`)
  if (error.stack !== undefined) lines.push(...error.stack.split('\n').map((line) => `    ${line}`))
  return lines
}

function sampleText(sample: SampleRecord): string {
  return visible(sample.text) + (sample.cut ? '…' : '')
}

// A record must not steer the terminal.
function visible(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  return text.replace(/[\u0000-\u0008\u000b-\u001f\u007f]/g, (character) => `\\x${character.charCodeAt(0).toString(16).padStart(2, '0')}`)
}

function ms(value: number | undefined): string {
  if (value === undefined) return '-'
  return `${value < 10 ? Math.round(value * 100) / 100 : Math.round(value)} ms`
}

function columns(rows: readonly (readonly string[])[]): string {
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)))
  return rows
    .map(
      (row) =>
        `${row
          .map((cell, column) => cell.padEnd(widths[column]!))
          .join('  ')
          .trimEnd()}\n`,
    )
    .join('')
}
