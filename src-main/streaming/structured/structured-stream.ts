// StructuredStream: rows with named, typed fields, and operators that are data. Each method adds an operator to the plan, checks it at once,
// and gives the stream behind it; what the plan says is also what runs.
import { IllegalArgumentException } from '../../../src-shared/streaming/exceptions.ts'
import {
  type BooleanExpr,
  type Expr,
  type FieldsOf,
  fieldsAsExpressions,
  type SchemaOf,
} from '../../../src-shared/streaming/structured/build-expression.ts'
import { checkOperator } from '../../../src-shared/streaming/structured/check-operator.ts'
import { checkPlan } from '../../../src-shared/streaming/structured/check-plan.ts'
import { inputSchema, outputSchema } from '../../../src-shared/streaming/structured/output-schema.ts'
import {
  type Aggregate,
  type AlertSeverity,
  type FixedFormat,
  type formatFields,
  type JoinOperator,
  type OnError,
  type Operator,
  type ParseFormat,
  type ParseOperator,
  type Plan,
  type PlanInput,
  planVersion,
  type Table,
} from '../../../src-shared/streaming/structured/plan.ts'
import { pathText } from '../../../src-shared/streaming/structured/plan-text.ts'
import type { PlanProblem, RowOf, Schema } from '../../../src-shared/streaming/structured/schema.ts'
import type { Duration, Time } from '../../../src-shared/streaming/time.ts'
import { DStream } from '../dstream/dstream.ts'
import { derived } from '../dstream/element-streams.ts'
import { registerOutput } from '../dstream/output-operation.ts'
import { runJob } from '../rdd/actions.ts'
import { narrow, type RddDefinition } from '../rdd/definition.ts'
import type { RDD } from '../rdd/rdd.ts'
import { eachAtHand } from '../rdd/record-at-hand.ts'
import type { Frame } from './frame.ts'
import { framesOfTexts } from './input-frames.ts'
import { recordedFrames } from './recorded-frames.ts'
import { runOperator } from './run-operator.ts'

/** One record per row, which keeps the row's origin. */
function eachRow<Row>(parent: RDD<Frame>): RddDefinition<Row> {
  return {
    className: 'MapPartitionsRDD',
    dependencies: [narrow(parent)],
    partitions: () => parent.getNumPartitions(),
    prepare: (partitions) => parent.prepare(partitions),
    each(partition, push) {
      parent.each(partition, (frame) =>
        eachAtHand(
          (row) => frame.originOf?.(row),
          (place) => {
            for (; place.index < frame.count; place.index++) push(frame.row(place.index) as Row)
          },
        ),
      )
    },
  }
}

/** The rows of one batch, in columns until somebody wants objects. */
export class StructuredBatch<S extends Schema> {
  readonly schema: S
  readonly #frames: readonly Frame[]

  constructor(schema: S, frames: readonly Frame[]) {
    this.schema = schema
    this.#frames = frames
  }

  get count(): number {
    return this.#frames.reduce((sum, frame) => sum + frame.count, 0)
  }

  *rows(): Generator<RowOf<S>> {
    for (const frame of this.#frames) yield* frame.objects() as Generator<RowOf<S>>
  }
}

/** `{ name: 'number' }` of a set of aggregates. */
type AggregatesOf<A extends Readonly<Record<string, Aggregate>>, S extends Schema> = {
  readonly [Name in keyof A]: A[Name] extends { readonly fn: 'min' | 'max'; readonly field: infer Field extends keyof S }
    ? S[Field]
    : 'number'
}

interface ParseOptions<S extends Schema, Keep extends keyof S & string> {
  /** The text field to read; default `body`. */
  readonly field?: keyof S & string
  readonly onError?: OnError
  /** Fields that stay, before the parsed ones. */
  readonly keep?: readonly Keep[]
}

interface FormatOptions {
  readonly separator?: string
  readonly quote?: string
  readonly assign?: string
}

interface WindowFields {
  readonly windowStart: 'time'
  readonly windowEnd: 'time'
}

export interface AggregateOptions<By extends string, A extends Readonly<Record<string, Aggregate>>> {
  /** Fields whose combinations are the groups; absent: one group. */
  readonly by?: readonly By[]
  readonly values: A
  /** The rows of the batches of the last while instead of one batch's. */
  readonly window?: Duration
  /** How often a window ends; by default as often as it is long (tumbling). */
  readonly slide?: Duration
}

export class StructuredStream<S extends Schema> {
  readonly schema: S
  /** From the input to here, as data. */
  readonly plan: Plan
  readonly frames: DStream<Frame>

  constructor(frames: DStream<Frame>, plan: Plan, schema: S) {
    this.frames = frames
    this.plan = plan
    this.schema = schema
  }

  /**
   * The stream behind one more operator. Throws IllegalArgumentException with all that is wrong with it. `other`: the running stream of a
   * join's other side, when that is one.
   */
  apply<T extends Schema = Schema>(operator: Operator, other?: StructuredStream<Schema>): StructuredStream<T> {
    const at = this.plan.operators.length
    const problems = checkOperator(operator, this.schema, ['operators', at], checkPlan)
    if (problems.length > 0) throw refused(problems)
    const plan = { ...this.plan, operators: [...this.plan.operators, operator] }
    return new StructuredStream(
      runOperator(this.frames, operator, this.schema, other?.frames),
      plan,
      outputSchema(operator, this.schema) as T,
    )
  }

  /** The fields of a text, by a named format. What cannot be read is left out, counted and sampled in the batch's record. */
  parse<F extends FixedFormat, Keep extends keyof S & string = never>(
    format: F,
    options?: ParseOptions<S, Keep>,
  ): StructuredStream<Pick<S, Keep> & (typeof formatFields)[F]>
  parse<const Fields extends Schema, Keep extends keyof S & string = never>(
    format: Exclude<ParseFormat, FixedFormat | 'regex'>,
    options: ParseOptions<S, Keep> & FormatOptions & { readonly fields: Fields },
  ): StructuredStream<Pick<S, Keep> & Fields>
  parse<const Fields extends Schema, Keep extends keyof S & string = never>(
    format: 'regex',
    options: ParseOptions<S, Keep> & { readonly pattern: string; readonly fields: Fields },
  ): StructuredStream<Pick<S, Keep> & Fields>
  parse(format: ParseFormat, options: object = {}): StructuredStream<Schema> {
    return this.apply({ op: 'parse', format, ...options } as ParseOperator)
  }

  /** Keeps the rows for which the condition is true; false and null leave a row out. */
  where(condition: (row: FieldsOf<S>) => BooleanExpr): StructuredStream<S> {
    return this.apply({ op: 'where', condition: condition(fieldsAsExpressions(this.schema)).expression })
  }

  /** Only these fields, or fields computed by expressions. */
  select<Name extends keyof S & string>(...names: readonly Name[]): StructuredStream<Pick<S, Name>>
  select<E extends Readonly<Record<string, Expr>>>(fields: (row: FieldsOf<S>) => E): StructuredStream<SchemaOf<E>>
  select(first: string | ((row: FieldsOf<S>) => Readonly<Record<string, Expr>>), ...more: readonly string[]): StructuredStream<Schema> {
    const chosen =
      typeof first === 'string'
        ? [first, ...more].map((field) => [field, { field }] as const)
        : Object.entries(first(fieldsAsExpressions(this.schema))).map(([name, value]) => [name, value.expression] as const)
    return this.apply({ op: 'select', fields: Object.fromEntries(chosen) })
  }

  /** One row for each piece of a text between separators, empty pieces too. */
  split<Field extends keyof S & string, As extends string = Field>(
    field: Field,
    separator: string,
    as?: As,
  ): StructuredStream<S & { readonly [Name in As]: 'text' }> {
    return this.apply({ op: 'split', field, separator, ...(as === undefined ? {} : { as }) })
  }

  aggregate<By extends keyof S & string, A extends Readonly<Record<string, Aggregate>>>(
    options: AggregateOptions<By, A> & { readonly window: Duration },
  ): StructuredStream<WindowFields & Pick<S, By> & AggregatesOf<A, S>>
  aggregate<By extends keyof S & string, A extends Readonly<Record<string, Aggregate>>>(
    options: AggregateOptions<By, A>,
  ): StructuredStream<Pick<S, By> & AggregatesOf<A, S>>
  aggregate(options: AggregateOptions<string, Readonly<Record<string, Aggregate>>>): StructuredStream<Schema> {
    const { by = [], values, window, slide = window } = options
    const span = window === undefined ? {} : { window: { ms: window.milliseconds, slideMs: slide!.milliseconds } }
    return this.apply({ op: 'aggregate', by, values, ...span })
  }

  /**
   * Rows with the rows of `other` whose keys are equal: `on` says which field here is which there. `other` is a stream, whose rows of the
   * same batch are taken, or a table. kind `left` keeps rows without a partner.
   */
  join<T extends Schema, On extends Readonly<Partial<Record<keyof S & string, keyof T & string>>>>(
    other: StructuredStream<T> | (Table & { readonly fields: T }),
    options: { readonly on: On; readonly kind?: JoinOperator['kind'] },
  ): StructuredStream<S & Omit<T, On[keyof On] & string>> {
    const { on, kind = 'inner' } = options
    const stream = other instanceof StructuredStream ? other : undefined
    const side: JoinOperator['with'] = stream === undefined ? { table: other as Table } : { plan: stream.plan }
    return this.apply({ op: 'join', with: side, on: on as JoinOperator['on'], kind }, stream as StructuredStream<Schema> | undefined)
  }

  /**
   * A SELECT of DuckDB over the rows of each batch, which are the table `rows`. `fields`: what the query gives. Text is VARCHAR there, a
   * number DOUBLE, a time TIMESTAMP in UTC.
   */
  sql<const Fields extends Schema>(query: string, fields: Fields): StructuredStream<Fields> {
    return this.apply({ op: 'sql', query, fields })
  }

  /** Tells of rows: of all, or of those for which `when` is true. `message` may have `{field}` in it. The rows go on as they are. */
  alert(options: {
    readonly name: string
    readonly severity?: AlertSeverity
    readonly when?: (row: FieldsOf<S>) => BooleanExpr
    readonly message: string
  }): StructuredStream<S> {
    const { name, severity = 'warning', when, message } = options
    const condition = when === undefined ? {} : { when: when(fieldsAsExpressions(this.schema)).expression }
    return this.apply({ op: 'alert', name, severity, ...condition, message })
  }

  /** The rows as objects. */
  rows(): DStream<RowOf<S>> {
    return new DStream(
      this.frames.context,
      'rows',
      derived('FlatMappedDStream', this.frames, (rdd) => rdd.derive('flatMap', eachRow<RowOf<S>>(rdd))),
    )
  }

  /** Prints the first rows of every batch, each as JSON. */
  print(rows = 10): void {
    this.rows().print(rows)
  }

  /** Runs `f` on every batch. */
  forEachBatch(f: (batch: StructuredBatch<S>, time: Time) => void | Promise<void>): void {
    registerOutput(this.frames, 'forEachBatch', async (rdd, time) => {
      const frames: Frame[] = []
      await runJob(rdd, (partition) => rdd.each(partition, (frame) => frames.push(frame)))
      await f(new StructuredBatch(this.schema, frames), time)
    })
  }
}

/** The beginning of a plan. */
export function planOf(input: PlanInput): Plan {
  return { version: planVersion, input, operators: [] }
}

/** A stream of rows as `plan` has them, which has no operators yet; `frames` makes them. */
export function structuredStream<S extends Schema>(plan: Plan, frames: () => DStream<Frame>): StructuredStream<S> {
  const { problems } = checkPlan(plan)
  if (problems.length > 0) throw refused(problems)
  return new StructuredStream<S>(frames(), plan, inputSchema(plan.input) as S)
}

/** Texts, of a receiver for instance, as rows of one field, `body`. */
export function structured(texts: DStream<string>): StructuredStream<{ readonly body: 'text' }> {
  return structuredStream(planOf({ records: 'text' }), () => {
    const definition = derived('MapPartitionedDStream', texts, (rdd) => rdd.mapPartitions(framesOfTexts))
    return new DStream(texts.context, 'structured', { ...definition, recorded: recordedFrames })
  })
}

/** All that is wrong, each at its place. */
export function refused(problems: readonly PlanProblem[]): IllegalArgumentException {
  return new IllegalArgumentException(problems.map(({ path, message }) => `${pathText(path)}: ${message}`).join('\n'))
}
