// The small shapes that a plan is made of: objects without unknown keys, names, texts, schemas.
import { checkField, shown } from './expression.ts'
import { aType, fieldTypes, type PlanProblem, type Schema } from './schema.ts'

type Path = PlanProblem['path']

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** `__proto__` cannot be a field: rows are objects. */
export function isFieldName(name: unknown): name is string {
  return typeof name === 'string' && name !== '' && name !== '__proto__'
}

/** Keys that a thing does not have. */
export function strangers(given: object, known: readonly string[], what: string, path: PlanProblem['path']): PlanProblem[] {
  return Object.keys(given)
    .filter((key) => !known.includes(key))
    .map((key) => ({ path: [...path, key], message: `${what} has no "${key}". It has: ${known.join(', ')}.` }))
}

export function checkSchema(given: unknown, path: Path): PlanProblem[] {
  if (!isObject(given) || Object.keys(given).length === 0)
    return [{ path, message: `"fields" is {name: type, ...}; types are ${fieldTypes.join(', ')}.` }]
  return Object.entries(given).flatMap(([name, type]) => [
    ...checkName(name, [...path, name]),
    ...checkOneOf(type, fieldTypes, [...path, name]),
  ])
}

export function checkNames(given: unknown, schema: Schema, path: Path): PlanProblem[] {
  if (!Array.isArray(given)) return [{ path, message: `This is a list of fields, not ${shown(given)}.` }]
  return given.flatMap((name: unknown, index) =>
    given.indexOf(name) < index
      ? [{ path: [...path, index], message: `${shown(name)} is there twice.` }]
      : checkField(name, schema, [...path, index]),
  )
}

export function checkName(name: unknown, path: Path): PlanProblem[] {
  return isFieldName(name) ? [] : [{ path, message: `${shown(name)} cannot be the name of a field.` }]
}

export function checkTextField(name: unknown, schema: Schema, path: Path): PlanProblem[] {
  const problems = checkField(name, schema, path)
  const type = schema[name as string]
  return problems.length > 0 || type === 'text' ? problems : [{ path, message: `"${String(name)}" must be text, and is ${aType(type!)}.` }]
}

export function checkText(value: unknown, path: Path): PlanProblem[] {
  return typeof value === 'string' && value !== '' ? [] : [{ path, message: `This is a text that is not empty, not ${shown(value)}.` }]
}

export function checkOneOf(value: unknown, allowed: readonly string[], path: Path): PlanProblem[] {
  return allowed.includes(value as string) ? [] : [{ path, message: `This is one of ${allowed.join(', ')}, not ${shown(value)}.` }]
}
