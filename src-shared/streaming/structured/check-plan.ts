// What is wrong with a plan, all of it, each at its place. A plan that passes runs: every field that is read exists there and has a type
// that fits.
import { checkOperator } from './check-operator.ts'
import { isFieldName, isObject, strangers } from './check-shape.ts'
import { shown } from './expression.ts'
import { inputSchema, outputSchema } from './output-schema.ts'
import { type Operator, type Plan, type PlanInput, planVersion } from './plan.ts'
import type { PlanProblem, Schema } from './schema.ts'

/** The plan when nothing is wrong with it. After an operator with problems the rest is not looked at: its fields are not known. */
export function checkPlan(
  given: unknown,
  path: PlanProblem['path'] = [],
): { readonly plan?: Plan; readonly problems: readonly PlanProblem[] } {
  if (!isObject(given)) return { problems: [{ path, message: `A plan is {"version", "input", "operators"}, not ${shown(given)}.` }] }
  const problems = strangers(given, ['version', 'input', 'operators'], 'A plan', path)
  if (given['version'] !== planVersion) {
    const message = `This is version ${planVersion} of plans; the plan says ${shown(given['version'])}.`
    problems.push({ path: [...path, 'version'], message })
  }
  const input = checkInput(given['input'], [...path, 'input'])
  problems.push(...input)
  const operators = given['operators']
  if (!Array.isArray(operators)) problems.push({ path: [...path, 'operators'], message: 'A plan needs "operators", a list.' })
  else if (input.length === 0) problems.push(...checkOperators(operators, inputSchema(given['input'] as PlanInput), [...path, 'operators']))
  return problems.length > 0 ? { problems } : { plan: given as unknown as Plan, problems }
}

function checkOperators(operators: readonly unknown[], input: Schema, path: PlanProblem['path']): PlanProblem[] {
  let schema = input
  for (const [index, operator] of operators.entries()) {
    const problems = checkOperator(operator, schema, [...path, index], checkPlan)
    if (problems.length > 0) return problems
    schema = outputSchema(operator as Operator, schema)
  }
  return []
}

function checkInput(input: unknown, path: PlanProblem['path']): PlanProblem[] {
  if (!isObject(input)) return [{ path, message: 'A plan needs "input": {"channel": name} or {"records": "text"}.' }]
  if ('records' in input) {
    const problems = strangers(input, ['records'], 'An input of records', path)
    if (input['records'] !== 'text')
      problems.push({ path: [...path, 'records'], message: `Records are "text", not ${shown(input['records'])}.` })
    return problems
  }
  const problems = strangers(input, ['channel', 'headers'], 'An input', path)
  if (typeof input['channel'] !== 'string' || input['channel'] === '')
    problems.push({ path: [...path, 'channel'], message: `"channel" is a channel's name, not ${shown(input['channel'])}.` })
  const headers = input['headers'] ?? []
  if (!Array.isArray(headers)) return [...problems, { path: [...path, 'headers'], message: '"headers" is a list of names.' }]
  headers.forEach((name: unknown, index) => {
    if (!isFieldName(name) || name === 'body')
      problems.push({ path: [...path, 'headers', index], message: `${shown(name)} cannot be the field of a header.` })
  })
  return problems
}
