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
import { type Aggregate, type Operator, type Plan, type PlanInput, planVersion } from '../../../src-shared/streaming/structured/plan.ts'
import { pathText } from '../../../src-shared/streaming/structured/plan-text.ts'
import type { PlanProblem, RowOf, Schema } from '../../../src-shared/streaming/structured/schema.ts'
import type { Duration, Time } from '../../../src-shared/streaming/time.ts'
import { DStream } from '../dstream/dstream.ts'
import { derived } from '../dstream/element-streams.ts'
import { registerOutput } from '../dstream/output-operation.ts'
import { runJob } from '../rdd/actions.ts'
import type { Frame } from './frame.ts'
import { runOperator } from './run-operator.ts'

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

  /** The stream behind one more operator. Throws IllegalArgumentException with all that is wrong with it. */
  apply<T extends Schema = Schema>(operator: Operator): StructuredStream<T> {
    const at = this.plan.operators.length
    const problems = checkOperator(operator, this.schema, ['operators', at], checkPlan)
    if (problems.length > 0) throw refused(problems)
    const plan = { ...this.plan, operators: [...this.plan.operators, operator] }
    return new StructuredStream(runOperator(this.frames, operator, this.schema), plan, outputSchema(operator, this.schema) as T)
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

  /** The rows as objects. */
  rows(): DStream<RowOf<S>> {
    return new DStream(
      this.frames.context,
      'rows',
      derived('FlatMappedDStream', this.frames, (rdd) => rdd.flatMap((frame) => frame.objects() as Generator<RowOf<S>>)),
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

/** All that is wrong, each at its place. */
export function refused(problems: readonly PlanProblem[]): IllegalArgumentException {
  return new IllegalArgumentException(problems.map(({ path, message }) => `${pathText(path)}: ${message}`).join('\n'))
}
