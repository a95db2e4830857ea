// The aggregates of a StructuredStream, for code: `values: { hits: count(), slow: percentile('ms', 0.95) }`.
import type { Aggregate } from '../../../src-shared/streaming/structured/plan.ts'

type OfField<Fn extends string, Field extends string> = { readonly fn: Fn; readonly field: Field }

/** Rows; with a field, its values that are not null. */
export function count(field?: string): Aggregate & { readonly fn: 'count' } {
  return field === undefined ? { fn: 'count' } : { fn: 'count', field }
}

/** Of the values that are not null; null where there is none. So are min, max, avg and percentile. */
export const sum = <Field extends string>(field: Field): OfField<'sum', Field> => ({ fn: 'sum', field })
/** The smallest; text by its bytes. */
export const min = <Field extends string>(field: Field): OfField<'min', Field> => ({ fn: 'min', field })
/** The largest; text by its bytes. */
export const max = <Field extends string>(field: Field): OfField<'max', Field> => ({ fn: 'max', field })
/** The mean. */
export const avg = <Field extends string>(field: Field): OfField<'avg', Field> => ({ fn: 'avg', field })

/** How many different values, exactly. */
export const distinct = <Field extends string>(field: Field): OfField<'distinct', Field> => ({ fn: 'distinct', field })

/** `at`: from 0 to 1. Exact. */
export const percentile = <Field extends string>(field: Field, at: number): OfField<'percentile', Field> & { readonly at: number } => ({
  fn: 'percentile',
  field,
  at,
})
