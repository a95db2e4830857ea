// Each operator of a plan as a stream of frames. Row-wise operators run in the one loop at the source, a frame at a time; an aggregate
// collects the batch, or the batches of its window, first.

import type { Expression } from '../../../src-shared/streaming/structured/expression.ts'
import type {
  AggregateOperator,
  JoinOperator,
  Operator,
  ParseOperator,
  SqlOperator,
  WhereOperator,
} from '../../../src-shared/streaming/structured/plan.ts'
import type { Schema } from '../../../src-shared/streaming/structured/schema.ts'
import { milliseconds, type Time } from '../../../src-shared/streaming/time.ts'
import { DStream } from '../dstream/dstream.ts'
import { derived, transformed } from '../dstream/element-streams.ts'
import { anyStream } from '../dstream/stream-definition.ts'
import { windowed } from '../dstream/window.ts'
import { allPartitions, andThen, narrow, type RddDefinition, wide } from '../rdd/definition.ts'
import type { RDD } from '../rdd/rdd.ts'
import { registerAlerts } from './alert.ts'
import { type BooleanColumn, NumberColumn } from './column.ts'
import { compile } from './evaluate.ts'
import { Frame } from './frame.ts'
import { Groups } from './groups.ts'
import { joinWith } from './join.ts'
import { parseFrames } from './parse.ts'
import { recordedFrames } from './recorded-frames.ts'
import { Rejections, RejectionTally } from './rejections.ts'
import { rowsWhereTrue } from './scan.ts'
import { splitFrames } from './split.ts'
import { SqlQuery } from './sql.ts'
import { frameOfTable } from './table.ts'

/** The stream after a checked operator; `schema`: of the rows that come in. `other`: the other side of a join that has one. */
export function runOperator(frames: DStream<Frame>, operator: Operator, schema: Schema, other?: DStream<Frame>): DStream<Frame> {
  switch (operator.op) {
    case 'where':
      return rowWise(frames, operator.op, keepWhere(operator, schema))
    case 'select': {
      const columns = Object.entries(operator.fields).map(([name, expression]) => [name, compile(expression, schema)] as const)
      const select = (frame: Frame): Frame =>
        frame.with(
          columns.map(([name, evaluate]) => [name, () => evaluate(frame)]),
          [],
        )
      return rowWise(frames, operator.op, select)
    }
    case 'split':
      return rowWise(frames, operator.op, splitFrames(operator))
    case 'parse':
      return parsed(frames, operator)
    case 'aggregate':
      return aggregated(frames, operator, schema)
    case 'join':
      return 'table' in operator.with
        ? rowWise(frames, operator.op, joinWith(operator, [frameOfTable(operator.with.table)]))
        : joined(frames, operator, other!)
    case 'alert':
      registerAlerts(frames, operator, schema)
      return frames
    case 'sql':
      return queried(frames, operator, schema)
  }
}

function rowWise(frames: DStream<Frame>, name: string, f: (frame: Frame) => Frame): DStream<Frame> {
  const definition = derived('MappedDStream', frames, (rdd) => rdd.map(f))
  return new DStream(frames.context, name, { ...definition, recorded: recordedFrames })
}

/** What cannot be read belongs to a batch and a partition, so this knows both. */
function parsed(frames: DStream<Frame>, operator: ParseOperator): DStream<Frame> {
  const parse = parseFrames(operator)
  const rejections = new Rejections()
  return new DStream(frames.context, operator.op, {
    className: 'MappedDStream',
    parents: [anyStream(frames)],
    slideDuration: frames.slideDuration,
    rejections,
    recorded: recordedFrames,
    compute(time) {
      const rdd = frames.getOrCompute(time)
      if (rdd === undefined) return undefined
      return frames.context.sparkContext.newRdd<Frame>(operator.op, {
        className: 'MapPartitionsRDD',
        dependencies: [narrow(rdd)],
        partitions: () => rdd.getNumPartitions(),
        prepare: (partitions) => rdd.prepare(partitions),
        each(partition, push) {
          const tally = new RejectionTally()
          rdd.each(partition, (frame) => push(parse(frame, time.milliseconds, tally)))
          rejections.keep(time.milliseconds, partition, tally)
        },
      })
    },
  })
}

/** The rows of all partitions, in one query. */
function queried(frames: DStream<Frame>, operator: SqlOperator, schema: Schema): DStream<Frame> {
  const query = new SqlQuery(operator, schema)
  const definition = derived('MapPartitionedDStream', frames, (rdd) => rdd.coalesce(1).mapPartitions(async (all) => [await query.run(all)]))
  return new DStream(frames.context, operator.op, { ...definition, recorded: recordedFrames })
}

/** With the other side's rows of the same batch. */
function joined(frames: DStream<Frame>, operator: JoinOperator, other: DStream<Frame>): DStream<Frame> {
  const definition = transformed<Frame>([anyStream(frames), anyStream(other)], ([mine, its], _time) => {
    const [rdd, others] = [mine, its] as [RDD<Frame>, RDD<Frame>]
    return rdd.context.newRdd<Frame>(operator.op, {
      className: 'CoGroupedRDD',
      dependencies: [wide(rdd), wide(others)],
      partitions: () => rdd.getNumPartitions(),
      prepare: (partitions) => andThen(others.prepare(allPartitions(others)), () => rdd.prepare(partitions)),
      each(partition, push) {
        const join = joinWith(operator, framesOf(others))
        rdd.each(partition, (frame) => push(join(frame)))
      },
    })
  })
  return new DStream(frames.context, operator.op, { ...definition, recorded: recordedFrames })
}

function framesOf(rdd: RDD<Frame>): Frame[] {
  const frames: Frame[] = []
  for (const partition of allPartitions(rdd)) rdd.each(partition, (frame) => frames.push(frame))
  return frames
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
    const definition = transformed<Frame>([span], ([rdd], time) =>
      rdd!.context.newRdd(
        'aggregate',
        merged(rdd as RDD<Groups>, () => new Groups(options), windowColumns(operator, time)),
      ),
    )
    return new DStream(context, 'aggregate', { ...definition, recorded: recordedFrames })
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
