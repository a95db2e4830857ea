// What each join makes of one key, from the values that a cogroup found for it on either side.
import { None, type Option, some } from './value.ts'

type Groups<V, W> = [mine: V[], theirs: W[]]

export function inner<V, W>([mine, theirs]: Groups<V, W>): [V, W][] {
  return mine.flatMap((one) => theirs.map((two): [V, W] => [one, two]))
}

export function leftOuter<V, W>([mine, theirs]: Groups<V, W>): [V, Option<W>][] {
  return inner([mine, orNone(theirs)])
}

export function rightOuter<V, W>([mine, theirs]: Groups<V, W>): [Option<V>, W][] {
  return inner([orNone(mine), theirs])
}

export function fullOuter<V, W>([mine, theirs]: Groups<V, W>): [Option<V>, Option<W>][] {
  return inner([orNone(mine), orNone(theirs)])
}

/** A side that an outer join keeps: a key without a value there has None. */
function orNone<V>(values: readonly V[]): Option<V>[] {
  return values.length === 0 ? [None] : Array.from(values, some)
}
