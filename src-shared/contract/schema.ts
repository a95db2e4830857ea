// Building blocks of procedure inputs. Every input is checked in the engine, whoever calls.
import { eventIterator, type Schema, type } from '@orpc/contract'
import * as v from 'valibot'

/** Output of a procedure; the type is checked by the compiler, the engine being the only one that produces it. */
export const answer = type

/** Output of a subscription: values one after another until the caller leaves. The first comes at once; each is whole (no deltas) unless said otherwise. */
export const values = <T>() => eventIterator((type as () => Schema<T, T>)())

export const id = v.pipe(v.string(), v.minLength(1), v.maxLength(400))
export const path = v.pipe(v.string(), v.minLength(1), v.maxLength(4096))
export const name = v.pipe(v.string(), v.minLength(1), v.maxLength(200))
/** Text of a document: at most 4 MiB of characters. */
export const text = v.pipe(v.string(), v.maxLength(4 * 1024 * 1024))
export const count = v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(Number.MAX_SAFE_INTEGER))
export const byId = v.strictObject({ id })

/** Where a call's bulk data goes: a transfer number of the window's choice and the first credit in bytes (bulk-frame.ts). `openTransfer` of the client makes it. */
export const bulk = v.strictObject({
  transfer: v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(2 ** 32 - 1)),
  credit: v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(2 ** 31)),
})
export type Bulk = v.InferOutput<typeof bulk>
