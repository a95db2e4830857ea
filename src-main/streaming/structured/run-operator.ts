// Each operator of a plan as a stream of frames. Row-wise operators run in the one loop at the source, a frame at a time; an aggregate
// collects the batch, or the batches of its window, first.

import { UnsupportedOperationException } from '../../../src-shared/streaming/exceptions.ts'
import type { Expression } from '../../../src-shared/streaming/structured/expression.ts'
import type { AggregateOperator, Operator, WhereOperator } from '../../../src-shared/streaming/structured/plan.ts'
import type { Schema } from '../../../src-shared/streaming/structured/schema.ts'
import { milliseconds, type Time } from '../../../src-shared/streaming/time.ts'
import { DStream } from '../dstream/dstream.ts'
import { derived } from '../dstream/element-streams.ts'
import { windowed } from '../dstream/window.ts'
import { allPartitions, type RddDefinition, wide } from '../rdd/definition.ts'
import type { RDD } from '../rdd/rdd.ts'
import { type BooleanColumn, NumberColumn } from './column.ts'
import { compile } from './evaluate.ts'
import { Frame } from './frame.ts'
import { Groups } from './groups.ts'
import { rowsWhereTrue } from './scan.ts'
import { splitFrames } from './split.ts'

/** The stream after a checked operator; `schema`: of the rows that come in. */
export function runOperator(frames: DStream<Frame>, operator: Operator, schema: Schema): DStream<Frame> {
  const rowWise = (f: (frame: Frame) => Frame): DStream<Frame> =>
    new DStream(
      frames.context,
      operator.op,
      derived('MappedDStream', frames, (rdd) => rdd.map(f)),
    )
  switch (operator.op) {
    case 'where':
      return rowWise(keepWhere(operator, schema))
    case 'select': {
      const columns = Object.entries(operator.fields).map(([name, expression]) => [name, compile(expression, schema)] as const)
      return rowWise(
        (frame) =>
          new Frame(
            frame.count,
            columns.map(([name, evaluate]) => [name, () => evaluate(frame)]),
          ),
      )
    }
    case 'split':
      return rowWise(splitFrames(operator))
    case 'aggregate':
      return aggregated(frames, operator, schema)
    default:
      throw new UnsupportedOperationException(`The operator ${operator.op} cannot be run yet.`)
  }
}

/** One condition after the other: what the first leaves out is not looked at again. */
function keepWhere(operator: WhereOperator, schema: Schema): (frame: Frame) => Frame {
  const conditions = conjuncts(operator.condition).map((condition) => compile(condition, schema))
  return (frame) => {
    let kept = frame
    for (const condition of conditions) {
      if (kept.count === 0) break
      const rows = rowsWhereTrue((condition(kept) as BooleanColumn).values)
      if (rows.length < kept.count) kept = kept.rows(rows)
    }
    return kept
  }
}

function conjuncts(condition: Expression): readonly Expression[] {
  return 'fn' in condition && condition.fn === 'and' ? condition.args.flatMap(conjuncts) : [condition]
}

function aggregated(frames: DStream<Frame>, operator: AggregateOperator, schema: Schema): DStream<Frame> {
  const { context } = frames
  const options = { schema, by: operator.by, values: operator.values }
  return context.scoped('aggregate', () => {
    const groups = new DStream<Groups>(
      context,
      'aggregate',
      derived('ShuffledDStream', frames, (rdd) =>
        rdd.context.newRdd(
          'aggregate',
          collected(rdd, () => new Groups(options)),
        ),
      ),
    )
    const { window } = operator
    const span =
      window === undefined
        ? groups
        : new DStream(context, 'window', windowed(groups, milliseconds(window.ms), milliseconds(window.slideMs)))
    return span.transform((rdd, time) =>
      rdd.context.newRdd(
        'aggregate',
        merged(rdd, () => new Groups(options), windowColumns(operator, time)),
      ),
    )
  })
}

type ToFrame = (groups: Groups) => Frame

function windowColumns({ window }: AggregateOperator, time: Time): ToFrame {
  if (window === undefined) return (groups) => groups.toFrame()
  return (groups) => {
    const frame = groups.toFrame()
    const at = (value: number) => () => constantTime(value, frame.count)
    const end = time.milliseconds
    return new Frame(frame.count, [
      ['windowStart', at(end - window.ms)],
      ['windowEnd', at(end)],
      ...frame.names.map((name) => [name, () => frame.column(name)] as const),
    ])
  }
}

function constantTime(value: number, count: number): NumberColumn {
  return new NumberColumn(new Float64Array(count).fill(value), 'time')
}

/** All frames of all partitions in one set of groups. */
function collected(parent: RDD<Frame>, start: () => Groups): RddDefinition<Groups> {
  return {
    className: 'ShuffledRDD',
    dependencies: [wide(parent)],
    partitions: () => 1,
    prepare: () => parent.prepare(allPartitions(parent)),
    each(_partition, push) {
      const groups = start()
      for (const partition of allPartitions(parent)) parent.each(partition, (frame) => groups.add(frame))
      push(groups)
    },
  }
}

/** The groups of all batches of a window in one; of one batch as they are. */
function merged(parent: RDD<Groups>, start: () => Groups, toFrame: ToFrame): RddDefinition<Frame> {
  return {
    className: 'MapPartitionsRDD',
    dependencies: [wide(parent)],
    partitions: () => 1,
    prepare: () => parent.prepare(allPartitions(parent)),
    each(_partition, push) {
      const all: Groups[] = []
      for (const partition of allPartitions(parent)) parent.each(partition, (groups) => all.push(groups))
      if (all.length === 1) return push(toFrame(all[0]!))
      const groups = start()
      for (const each of all) groups.merge(each)
      push(toFrame(groups))
    },
  }
}
