// The fields that a row has after each operator of a checked plan.
import { groupsOf, javaRegex } from '../../regex/java-regex.ts'
import { typeOf } from './expression.ts'
import { aggregateType, formatFields, type JoinOperator, type Operator, type ParseOperator, type Plan, type PlanInput } from './plan.ts'
import type { FieldType, Schema } from './schema.ts'

export function inputSchema(input: PlanInput): Schema {
  if (!('channel' in input)) return { body: 'text' }
  return { body: 'text', ...Object.fromEntries((input.headers ?? []).map((name): [string, FieldType] => [name, 'text'])) }
}

function planSchema(plan: Plan): Schema {
  return plan.operators.reduce((schema, operator) => outputSchema(operator, schema), inputSchema(plan.input))
}

export function outputSchema(operator: Operator, input: Schema): Schema {
  switch (operator.op) {
    case 'parse':
      return { ...pick(input, operator.keep ?? []), ...parsedSchema(operator) }
    case 'split':
      return { ...input, [operator.as ?? operator.field]: 'text' }
    case 'where':
    case 'alert':
      return input
    case 'select':
      return Object.fromEntries(Object.entries(operator.fields).map(([name, expression]) => [name, typeOf(expression, input) ?? 'text']))
    case 'aggregate': {
      const values = Object.entries(operator.values).map(([name, aggregate]) => [name, aggregateType(aggregate, input)] as const)
      const window: Schema = operator.window === undefined ? {} : { windowStart: 'time', windowEnd: 'time' }
      return { ...window, ...pick(input, operator.by), ...Object.fromEntries(values) }
    }
    case 'join':
      return { ...input, ...joinedFields(operator) }
    case 'sql':
      return operator.fields
  }
}

/** The other side's schema. */
export function otherSchema(operator: JoinOperator): Schema {
  return 'table' in operator.with ? operator.with.table.fields : planSchema(operator.with.plan)
}

/** What a join adds: the other side's fields without its keys. */
export function joinedFields(operator: JoinOperator): Schema {
  const keys = Object.values(operator.on)
  const other = otherSchema(operator)
  return pick(
    other,
    Object.keys(other).filter((name) => !keys.includes(name)),
  )
}

export function parsedSchema(operator: ParseOperator): Schema {
  if (operator.format === 'regex') {
    return Object.fromEntries(groupsOf(javaRegex(operator.pattern)).names.map((name) => [name, operator.fields?.[name] ?? 'text']))
  }
  return 'fields' in operator ? operator.fields : formatFields[operator.format]
}

function pick(schema: Schema, names: readonly string[]): Schema {
  return Object.fromEntries(names.map((name) => [name, schema[name]!]))
}
