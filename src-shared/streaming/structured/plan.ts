// The plan of a structured stream: where rows come from and what is done with them, as plain data. Code builds plans, the engine runs them,
// and they can be stored, compared, drawn and exported, because nothing in them is a function.
//
// Version 1. A plan is `{version, input, operators}`; its text is that object as JSON (plan-text.ts).
import type { Expression } from './expression.ts'
import type { FieldType, Schema, Value } from './schema.ts'

export const planVersion = 1

export interface Plan {
  readonly version: typeof planVersion
  readonly input: PlanInput
  readonly operators: readonly Operator[]
}

/** The events of a durable channel (`body`, and a text field for each header named), or records that a program hands in (`body`). */
export type PlanInput = { readonly channel: string; readonly headers?: readonly string[] } | { readonly records: 'text' }

/** What becomes of a row whose text a format cannot read: `skip` leaves it out, `null` keeps it with null fields; both are counted and sampled. */
export type OnError = 'skip' | 'null' | 'fail'

interface ParseCommon {
  readonly op: 'parse'
  /** The text field to read, default `body`. */
  readonly field?: string
  readonly onError?: OnError
  /** Fields of the input that stay, before the parsed ones. Default: none. */
  readonly keep?: readonly string[]
}

/** Formats that say themselves which fields they have. */
export type FixedFormat = 'common' | 'combined' | 'syslog'

export type ParseOperator =
  | (ParseCommon & { readonly format: FixedFormat })
  /** `a.b` is member b of the object in a, unless there is a member "a.b". */
  | (ParseCommon & { readonly format: 'json' | 'logfmt'; readonly fields: Schema })
  /** RFC 4180; fields in the order of the columns. */
  | (ParseCommon & { readonly format: 'csv'; readonly fields: Schema; readonly separator?: string; readonly quote?: string })
  | (ParseCommon & { readonly format: 'key-value'; readonly fields: Schema; readonly separator?: string; readonly assign?: string })
  /** Named groups become fields: text, or what `fields` says. */
  | (ParseCommon & { readonly format: 'regex'; readonly pattern: string; readonly fields?: Schema })

export type ParseFormat = ParseOperator['format']

/** One row for each piece of a text between separators, empty pieces too; the other fields are repeated. */
export interface SplitOperator {
  readonly op: 'split'
  readonly field: string
  readonly separator: string
  /** The field of the pieces; default: the split field itself. */
  readonly as?: string
}

/** Keeps the rows for which the condition is true; false and null leave it out. */
export interface WhereOperator {
  readonly op: 'where'
  readonly condition: Expression
}

export interface SelectOperator {
  readonly op: 'select'
  readonly fields: Readonly<Record<string, Expression>>
}

/** `count`: rows, or with a field its values that are not null. The others leave nulls out; of nothing they are null (distinct: 0). */
export type Aggregate =
  | { readonly fn: 'count'; readonly field?: string }
  | { readonly fn: 'sum' | 'min' | 'max' | 'avg' | 'distinct'; readonly field: string }
  /** Exact, with linear interpolation, as Spark's percentile. `at`: from 0 to 1. */
  | { readonly fn: 'percentile'; readonly field: string; readonly at: number }

/**
 * One row per combination of the `by` fields (one row in all when there are none, also for an empty batch), over the rows of the batch, or
 * of the batches of the last `window.ms` every `window.slideMs` (multiples of the batch interval; tumbling when both are equal). With a
 * window the rows also say `windowStart` and `windowEnd`. Nulls are a group of their own.
 */
export interface AggregateOperator {
  readonly op: 'aggregate'
  readonly by: readonly string[]
  readonly values: Readonly<Record<string, Aggregate>>
  readonly window?: { readonly ms: number; readonly slideMs: number }
}

/** A table that stands in the plan, or in a file that is read when the program starts. */
export type Table =
  | { readonly fields: Schema; readonly rows: readonly (readonly Value[])[] }
  | { readonly fields: Schema; readonly file: string; readonly format: 'csv' | 'json' }

/**
 * Rows of both sides whose keys are equal (null equals nothing). The other side's fields follow, but for its keys; fields of both names are
 * refused. `left`: rows without a partner stay, with nulls.
 */
export interface JoinOperator {
  readonly op: 'join'
  readonly with: { readonly table: Table } | { readonly plan: Plan }
  /** Field of this side → field of the other. */
  readonly on: Readonly<Record<string, string>>
  readonly kind: 'inner' | 'left'
}

/** A query over the batch, which is the table `rows`; on DuckDB. `fields`: what the query gives. */
export interface SqlOperator {
  readonly op: 'sql'
  readonly query: string
  readonly fields: Schema
}

export type AlertSeverity = 'info' | 'warning' | 'error'

/** Each row for which `when` is true (every row, when absent) is an alert. `message`: text with `{field}` in it. */
export interface AlertOperator {
  readonly op: 'alert'
  readonly name: string
  readonly severity: AlertSeverity
  readonly when?: Expression
  readonly message: string
}

export type Operator =
  | ParseOperator
  | SplitOperator
  | WhereOperator
  | SelectOperator
  | AggregateOperator
  | JoinOperator
  | SqlOperator
  | AlertOperator

const common = {
  host: 'text',
  identity: 'text',
  user: 'text',
  at: 'time',
  method: 'text',
  path: 'text',
  protocol: 'text',
  status: 'number',
  bytes: 'number',
} as const satisfies Schema

/** Fields of the formats that have fixed ones. */
export const formatFields = {
  /** Apache's and nginx's Common Log Format. `-` is null. */
  common,
  combined: { ...common, referrer: 'text', agent: 'text' },
  /** RFC 5424, and RFC 3164 (a time without a year: the year that brings it nearest to the batch's time). */
  syslog: {
    facility: 'number',
    severity: 'number',
    at: 'time',
    host: 'text',
    app: 'text',
    pid: 'text',
    messageId: 'text',
    data: 'text',
    message: 'text',
  },
} as const satisfies Record<FixedFormat, Schema>

/** The type of an aggregate's values: a time's least and greatest are times. */
export function aggregateType(aggregate: Aggregate, schema: Schema): FieldType {
  return (aggregate.fn === 'min' || aggregate.fn === 'max') && schema[aggregate.field] === 'time' ? 'time' : 'number'
}
