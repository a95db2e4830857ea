// Whether a batch that ran again gave what it gave before: its outputs, then what each operator took and gave.
import type { BatchRecord, Sample } from '../../src-shared/streaming/batch-record.ts'
import { shortError } from '../../src-shared/streaming/short-error.ts'

/** The first difference in words, or undefined when the outputs are the same. Times do not count. */
export function differenceOf(before: BatchRecord, now: BatchRecord): string | undefined {
  if (before.status !== now.status) return `the batch ${statusText(before)}, now it ${statusText(now)}`
  if (before.outputs.length !== now.outputs.length) {
    return `there were ${before.outputs.length} outputs, now there are ${now.outputs.length}`
  }
  for (const [index, output] of before.outputs.entries()) {
    const other = now.outputs[index]!
    if (output.status !== other.status) return `output ${output.name} ${output.status}, now it ${other.status}`
    const line = firstDifferentLine(linesOf(output.wrote), linesOf(other.wrote))
    if (line !== undefined) return `output ${output.name}, line ${line.number}: ${quoted(line.before)} before, ${quoted(line.now)} now`
  }
  for (const input of before.inputs) {
    const other = now.inputs.find((candidate) => candidate.streamId === input.streamId)
    if (other !== undefined && other.records !== input.records)
      return `input ${input.name} had ${input.records} records, now ${other.records}`
  }
  return undefined
}

function linesOf(samples: readonly Sample[]): string[] {
  return samples.flatMap((sample) => sample.text.split('\n'))
}

function firstDifferentLine(
  before: string[],
  now: string[],
): { number: number; before: string | undefined; now: string | undefined } | undefined {
  for (let index = 0; index < Math.max(before.length, now.length); index++) {
    if (before[index] !== now[index]) return { number: index + 1, before: before[index], now: now[index] }
  }
  return undefined
}

function quoted(line: string | undefined): string {
  return line === undefined ? 'nothing' : JSON.stringify(line.slice(0, 200))
}

function statusText(record: BatchRecord): string {
  if (record.status !== 'failed') return 'succeeded'
  const [error] = record.errors
  return `failed (${error === undefined ? 'an output failed' : shortError(error.message.split('\n')[0]!)})`
}
