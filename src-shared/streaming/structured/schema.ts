// What the rows of a structured stream are made of: named fields of four types. Every value may be null: the field was missing, could not
// be read as its type, or a function had no result.

/** `time`: milliseconds since 1970, a number that is known to be a moment. */
export type FieldType = 'text' | 'number' | 'boolean' | 'time'

export const fieldTypes: readonly FieldType[] = ['text', 'number', 'boolean', 'time']

/** Field name → type, in the order of the columns. */
export type Schema = Readonly<Record<string, FieldType>>

export interface ValueOf {
  text: string
  number: number
  boolean: boolean
  time: number
}

export type Value = string | number | boolean | null

/** One row as an object. */
export type RowOf<S extends Schema> = { readonly [Name in keyof S]: ValueOf[S[Name]] | null }

/** Something wrong with a plan: where, as a path of names and positions from the plan's root, and what to change. */
export interface PlanProblem {
  readonly path: readonly (string | number)[]
  readonly message: string
}

/** "text", "a number": types in sentences. */
export function aType(type: FieldType): string {
  return type === 'text' ? 'text' : `a ${type}`
}

/** The names of a schema for the sentence "There are: …". */
export function namesOf(schema: Schema): string {
  return Object.keys(schema).join(', ') || 'none'
}
