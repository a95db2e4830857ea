// alert: rows that somebody should know of. They go to the output context and into the batch's record, the first hundred of each batch with
// their text, all of them counted; the batch's page and `millrace batch show` read them there.
import type { AlertRecord } from '../../../src-shared/streaming/batch-record.ts'
import type { AlertOperator } from '../../../src-shared/streaming/structured/plan.ts'
import type { Schema, Value } from '../../../src-shared/streaming/structured/schema.ts'
import type { DStream } from '../dstream/dstream.ts'
import { registerOutput } from '../dstream/output-operation.ts'
import { runJob } from '../rdd/actions.ts'
import { sampleOf } from '../scheduler/batch-recording.ts'
import type { BooleanColumn } from './column.ts'
import { textOfTime } from './convert.ts'
import { compile } from './evaluate.ts'
import type { Frame } from './frame.ts'
import { rowsWhereTrue } from './scan.ts'

const keptAlerts = 100
const rowBytes = 1024

export function registerAlerts(frames: DStream<Frame>, operator: AlertOperator, schema: Schema): void {
  const condition = operator.when && compile(operator.when, schema)
  const { name, severity } = operator
  registerOutput(frames, 'alert', async (rdd, _time, key) => {
    const alerts: AlertRecord[] = []
    let count = 0
    await runJob(rdd, (partition) => {
      rdd.each(partition, (frame) => {
        const alarming = condition === undefined ? frame : frame.rows(rowsWhereTrue((condition(frame) as BooleanColumn).values))
        count += alarming.count
        const kept = Math.min(alarming.count, keptAlerts - alerts.length)
        for (let index = 0; index < kept; index++) {
          const row = alarming.row(index)
          const sample = sampleOf(row, rowBytes, alarming.originOf?.(index))
          alerts.push({ name, severity, message: filledIn(operator.message, row, schema), row: sample })
        }
      })
    })
    if (count > 0) rdd.context.outputs.alerts(key, { outputId: key.outputId, count, alerts })
  })
}

/** `{field}` replaced by the row's value; times as ISO 8601, null as "null". */
function filledIn(message: string, row: Readonly<Record<string, Value>>, schema: Schema): string {
  return message.replace(/\{([^{}]+)\}/g, (_, name: string) => {
    const value = row[name] ?? null
    return value !== null && schema[name] === 'time' ? (textOfTime(value as number) ?? 'null') : String(value)
  })
}
