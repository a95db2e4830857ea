// Expressions written in code: `row.status.ge(500).and(row.path.startsWith('/api'))`. Each method gives a new expression and computes
// nothing. Literals may stand wherever an expression may.
import type { Expression, FunctionName } from './expression.ts'
import type { FieldType, Schema, Value } from './schema.ts'

type Given<T extends Value> = T | Expr

/**
 * An expression of some type. `expression` is what a plan holds. As in SQL: null in, null out, but for isNull, orElse, and the three-valued
 * `and` and `or`; a result that is no finite number is null.
 */
export class Expr<T extends FieldType = FieldType> {
  /** For the type checker only: what type the expression has. */
  declare readonly type: T
  readonly expression: Expression

  constructor(expression: Expression) {
    this.expression = expression
  }

  /** True for null, false for everything else; never null. */
  isNull(): BooleanExpr {
    return new BooleanExpr(call('isNull', this))
  }

  /** False for null, true for everything else; never null. */
  isNotNull(): BooleanExpr {
    return this.isNull().not()
  }

  /** As text; a number as JavaScript writes it. */
  text(): TextExpr {
    return new TextExpr(call('text', this))
  }

  /** As a number; null where it is none. */
  number(): NumberExpr {
    return new NumberExpr(call('number', this))
  }

  /** As a time: ISO 8601 text or milliseconds since 1970; null where it is none. */
  time(): TimeExpr {
    return new TimeExpr(call('time', this))
  }
}

/** `and` and `or` are three-valued: false and null is false, true or null is true. */
export class BooleanExpr extends Expr<'boolean'> {
  and(...others: readonly Given<boolean>[]): BooleanExpr {
    return new BooleanExpr(call('and', this, ...others))
  }

  or(...others: readonly Given<boolean>[]): BooleanExpr {
    return new BooleanExpr(call('or', this, ...others))
  }

  not(): BooleanExpr {
    return new BooleanExpr(call('not', this))
  }

  eq(other: Given<boolean>): BooleanExpr {
    return new BooleanExpr(call('eq', this, other))
  }

  /** The first of these that is not null. */
  orElse(...others: readonly Given<boolean>[]): BooleanExpr {
    return new BooleanExpr(call('coalesce', this, ...others))
  }
}

/** Text is compared by its bytes; compared with a number or a time it is read as one, and text that is none gives null. */
class OrderedExpr<T extends 'text' | 'number' | 'time', V extends Value> extends Expr<T> {
  eq(other: Given<V>): BooleanExpr {
    return new BooleanExpr(call('eq', this, other))
  }

  ne(other: Given<V>): BooleanExpr {
    return new BooleanExpr(call('ne', this, other))
  }

  lt(other: Given<V>): BooleanExpr {
    return new BooleanExpr(call('lt', this, other))
  }

  le(other: Given<V>): BooleanExpr {
    return new BooleanExpr(call('le', this, other))
  }

  gt(other: Given<V>): BooleanExpr {
    return new BooleanExpr(call('gt', this, other))
  }

  ge(other: Given<V>): BooleanExpr {
    return new BooleanExpr(call('ge', this, other))
  }

  /** It equals one of them. */
  in(...others: readonly Given<V>[]): BooleanExpr {
    return new BooleanExpr(call('in', this, ...others))
  }
}

export class TextExpr extends OrderedExpr<'text', string> {
  /** The bytes of `part` are anywhere in it. */
  contains(part: Given<string>): BooleanExpr {
    return new BooleanExpr(call('contains', this, part))
  }

  startsWith(part: Given<string>): BooleanExpr {
    return new BooleanExpr(call('startsWith', this, part))
  }

  endsWith(part: Given<string>): BooleanExpr {
    return new BooleanExpr(call('endsWith', this, part))
  }

  /** Finds the pattern anywhere in the text (Spark's rlike). Java's dialect, as everywhere in Millrace. */
  matches(pattern: string): BooleanExpr {
    return new BooleanExpr(call('matches', this, pattern))
  }

  /** Every character in lower case. */
  lower(): TextExpr {
    return new TextExpr(call('lower', this))
  }

  /** Every character in upper case. */
  upper(): TextExpr {
    return new TextExpr(call('upper', this))
  }

  /** Without the blanks (U+0020) at both ends. */
  trim(): TextExpr {
    return new TextExpr(call('trim', this))
  }

  /** Characters (code points). */
  length(): NumberExpr {
    return new NumberExpr(call('length', this))
  }

  /** This and the others, one after the other. */
  concat(...others: readonly Given<string>[]): TextExpr {
    return new TextExpr(call('concat', this, ...others))
  }

  orElse(...others: readonly Given<string>[]): TextExpr {
    return new TextExpr(call('coalesce', this, ...others))
  }
}

export class NumberExpr extends OrderedExpr<'number', number> {
  add(other: Given<number>): NumberExpr {
    return new NumberExpr(call('add', this, other))
  }

  sub(other: Given<number>): NumberExpr {
    return new NumberExpr(call('sub', this, other))
  }

  mul(other: Given<number>): NumberExpr {
    return new NumberExpr(call('mul', this, other))
  }

  /** Null when divided by zero. */
  div(other: Given<number>): NumberExpr {
    return new NumberExpr(call('div', this, other))
  }

  /** What a division leaves, with the sign of this; null by zero. */
  mod(other: Given<number>): NumberExpr {
    return new NumberExpr(call('mod', this, other))
  }

  /** The largest whole number that is not above it. */
  floor(): NumberExpr {
    return new NumberExpr(call('floor', this))
  }

  /** To a whole number, halves away from zero. */
  round(): NumberExpr {
    return new NumberExpr(call('round', this))
  }

  abs(): NumberExpr {
    return new NumberExpr(call('abs', this))
  }

  orElse(...others: readonly Given<number>[]): NumberExpr {
    return new NumberExpr(call('coalesce', this, ...others))
  }
}

export class TimeExpr extends OrderedExpr<'time', number> {
  orElse(...others: readonly Given<number>[]): TimeExpr {
    return new TimeExpr(call('coalesce', this, ...others))
  }
}

interface ExprTypes {
  text: TextExpr
  number: NumberExpr
  boolean: BooleanExpr
  time: TimeExpr
}

/** The fields of a row as expressions: what `where((row) => …)` is given. */
export type FieldsOf<S extends Schema> = { readonly [Name in keyof S]: ExprTypes[S[Name]] }

/** The schema of `{ name: expression }`. */
export type SchemaOf<E extends Readonly<Record<string, Expr>>> = { readonly [Name in keyof E]: E[Name]['type'] }

const classes = { text: TextExpr, number: NumberExpr, boolean: BooleanExpr, time: TimeExpr } as const

export function fieldsAsExpressions<S extends Schema>(schema: S): FieldsOf<S> {
  const fields = Object.entries(schema).map(([field, type]) => [field, new classes[type]({ field })] as const)
  return Object.fromEntries(fields) as unknown as FieldsOf<S>
}

/** A literal where a field or function would otherwise have to begin an expression. */
export function literal(value: string): TextExpr
export function literal(value: number): NumberExpr
export function literal(value: boolean): BooleanExpr
export function literal(value: string | number | boolean): Expr {
  const type = typeof value === 'string' ? 'text' : typeof value === 'number' ? 'number' : 'boolean'
  return new classes[type]({ value })
}

function call(fn: FunctionName, ...args: readonly (Value | Expr)[]): Expression {
  return { fn, args: args.map((argument) => (argument instanceof Expr ? argument.expression : { value: argument })) }
}
