// What is wrong with one operator of a plan, given the fields that reach it. The keys of each stand in one table, so that a misspelt one is
// found and not ignored.
import { groupsOf, javaRegex } from '../../regex/java-regex.ts'
import { checkName, checkNames, checkOneOf, checkSchema, checkText, checkTextField, isObject, strangers } from './check-shape.ts'
import { checkExpression, checkField, checkRegex, type Expression, shown, typeOf } from './expression.ts'
import { otherSchema, parsedSchema } from './output-schema.ts'
import type { Aggregate, JoinOperator, Operator, ParseOperator } from './plan.ts'
import { aType, type FieldType, type PlanProblem, type Schema } from './schema.ts'

type Path = PlanProblem['path']
type Given = Readonly<Record<string, unknown>>
/** checkPlan, for the plan inside a join. */
type CheckPlan = (given: unknown, path: Path) => { readonly problems: readonly PlanProblem[] }

const keys: Readonly<Record<Operator['op'], readonly string[]>> = {
  parse: ['format', 'field', 'onError', 'keep', 'fields', 'separator', 'quote', 'assign', 'pattern'],
  split: ['field', 'separator', 'as'],
  where: ['condition'],
  select: ['fields'],
  aggregate: ['by', 'values', 'window'],
  join: ['with', 'on', 'kind'],
  sql: ['query', 'fields'],
  alert: ['name', 'severity', 'when', 'message'],
}

export function checkOperator(given: unknown, schema: Schema, path: Path, checkPlan: CheckPlan): PlanProblem[] {
  const known = Object.keys(keys).join(', ')
  if (!isObject(given)) return [{ path, message: `An operator is {"op": ${known}, ...}, not ${shown(given)}.` }]
  const op = given['op']
  if (typeof op !== 'string' || !Object.hasOwn(keys, op))
    return [{ path: [...path, 'op'], message: `There is no operator ${shown(op)}. There are: ${known}.` }]
  const problems = strangers(given, ['op', ...keys[op as Operator['op']]], `The operator ${op}`, path)
  return problems.length > 0 ? problems : checks[op as Operator['op']](given, schema, path, checkPlan)
}

const checks: Readonly<Record<Operator['op'], (given: Given, schema: Schema, path: Path, checkPlan: CheckPlan) => PlanProblem[]>> = {
  parse: checkParse,
  split: (given, schema, path) => [
    ...checkTextField(given['field'], schema, [...path, 'field']),
    ...checkText(given['separator'], [...path, 'separator']),
    ...(given['as'] === undefined ? [] : checkName(given['as'], [...path, 'as'])),
  ],
  where: (given, schema, path) => checkCondition(given['condition'], schema, [...path, 'condition']),
  select(given, schema, path) {
    const { fields } = given
    if (!isObject(fields) || Object.keys(fields).length === 0)
      return [{ path: [...path, 'fields'], message: 'select needs "fields": {name: expression, ...}.' }]
    return Object.entries(fields).flatMap(([name, expression]) => [
      ...checkName(name, [...path, 'fields', name]),
      ...checkExpression(expression, schema, [...path, 'fields', name]),
    ])
  },
  aggregate: checkAggregate,
  join: checkJoin,
  sql: (given, _schema, path) => [...checkText(given['query'], [...path, 'query']), ...checkSchema(given['fields'], [...path, 'fields'])],
  alert: (given, schema, path) => [
    ...checkText(given['name'], [...path, 'name']),
    ...checkOneOf(given['severity'], ['info', 'warning', 'error'], [...path, 'severity']),
    ...(given['when'] === undefined ? [] : checkCondition(given['when'], schema, [...path, 'when'])),
    ...checkText(given['message'], [...path, 'message']),
    ...templateFields(String(given['message'])).flatMap((name) => checkField(name, schema, [...path, 'message'])),
  ],
}

/** The names in `{…}` of an alert's message. */
function templateFields(message: string): string[] {
  return [...message.matchAll(/\{([^{}]+)\}/g)].map(([, name]) => name!)
}

function checkCondition(given: unknown, schema: Schema, path: Path): PlanProblem[] {
  const problems = checkExpression(given, schema, path)
  if (problems.length > 0) return problems
  const type = typeOf(given as Expression, schema)
  return type === undefined || type === 'boolean' ? [] : [{ path, message: `A condition is a boolean, and this is ${aType(type)}.` }]
}

const formats: readonly ParseOperator['format'][] = ['json', 'csv', 'common', 'combined', 'syslog', 'logfmt', 'key-value', 'regex']
/** The options that only some formats have. */
const optionsOf: Readonly<Record<ParseOperator['format'], readonly string[]>> = {
  common: [],
  combined: [],
  syslog: [],
  json: ['fields'],
  logfmt: ['fields'],
  csv: ['fields', 'separator', 'quote'],
  'key-value': ['fields', 'separator', 'assign'],
  regex: ['fields', 'pattern'],
}

function checkParse(given: Given, schema: Schema, path: Path): PlanProblem[] {
  const problems = [
    ...checkOneOf(given['format'], formats, [...path, 'format']),
    ...checkTextField(given['field'] ?? 'body', schema, [...path, 'field']),
    ...(given['onError'] === undefined ? [] : checkOneOf(given['onError'], ['skip', 'null', 'fail'], [...path, 'onError'])),
    ...checkNames(given['keep'] ?? [], schema, [...path, 'keep']),
  ]
  if (problems.length > 0) return problems
  const format = given['format'] as ParseOperator['format']
  for (const option of ['fields', 'separator', 'quote', 'assign', 'pattern']) {
    if (given[option] !== undefined && !optionsOf[format].includes(option))
      problems.push({ path: [...path, option], message: `The format ${format} has no "${option}".` })
  }
  if (optionsOf[format].includes('fields') && (format !== 'regex' || given['fields'] !== undefined))
    problems.push(...checkSchema(given['fields'], [...path, 'fields']))
  if (format === 'csv') {
    for (const option of ['separator', 'quote'])
      if (given[option] !== undefined && !/^[\t -~]$/.test(String(given[option])))
        problems.push({ path: [...path, option], message: `"${option}" is one ASCII character, not ${shown(given[option])}.` })
  }
  if (format === 'key-value')
    for (const option of ['separator', 'assign'])
      if (given[option] !== undefined) problems.push(...checkText(given[option], [...path, option]))
  if (format === 'regex') problems.push(...checkPattern(given, path))
  if (problems.length > 0) return problems
  const kept = (given['keep'] as string[] | undefined) ?? []
  return Object.keys(parsedSchema(given as unknown as ParseOperator))
    .filter((name) => kept.includes(name))
    .map((name) => ({ path: [...path, 'keep'], message: `"${name}" is kept and also a field of the format.` }))
}

function checkPattern(given: Given, path: Path): PlanProblem[] {
  const { pattern } = given
  const problems = checkText(pattern, [...path, 'pattern'])
  if (problems.length === 0) problems.push(...checkRegex(pattern as string, [...path, 'pattern']))
  if (problems.length > 0) return problems
  const { names } = groupsOf(javaRegex(pattern as string))
  if (names.length === 0)
    problems.push({ path: [...path, 'pattern'], message: 'The pattern has no named group, (?<name>...), so it gives no field.' })
  for (const name of Object.keys((given['fields'] as Schema | undefined) ?? {}))
    if (!names.includes(name)) problems.push({ path: [...path, 'fields', name], message: `The pattern has no group "${name}".` })
  return problems
}

const aggregates: readonly Aggregate['fn'][] = ['count', 'sum', 'min', 'max', 'avg', 'distinct', 'percentile']

function checkAggregate(given: Given, schema: Schema, path: Path): PlanProblem[] {
  const { by, values, window } = given
  const problems = checkNames(by, schema, [...path, 'by'])
  if (!isObject(values) || Object.keys(values).length === 0)
    return [...problems, { path: [...path, 'values'], message: 'aggregate needs "values": {name: {"fn": ...}, ...}.' }]
  const taken = [...(Array.isArray(by) ? (by as string[]) : []), ...(window === undefined ? [] : ['windowStart', 'windowEnd'])]
  for (const [name, value] of Object.entries(values)) {
    const at = [...path, 'values', name]
    problems.push(...checkName(name, at), ...checkAggregateValue(value, schema, at))
    if (taken.includes(name)) problems.push({ path: at, message: `"${name}" is already a field of the result.` })
  }
  if (window === undefined) return problems
  const at = [...path, 'window']
  if (!isObject(window)) return [...problems, { path: at, message: `"window" is {"ms", "slideMs"}, not ${shown(window)}.` }]
  problems.push(...strangers(window, ['ms', 'slideMs'], 'A window', at))
  for (const key of ['ms', 'slideMs']) {
    const duration = window[key]
    if (!Number.isSafeInteger(duration) || (duration as number) <= 0)
      problems.push({ path: [...at, key], message: `"${key}" is a number of milliseconds above 0, not ${shown(duration)}.` })
  }
  return problems
}

function checkAggregateValue(given: unknown, schema: Schema, path: Path): PlanProblem[] {
  if (!isObject(given)) return [{ path, message: `An aggregate is {"fn": ${aggregates.join(', ')}}, not ${shown(given)}.` }]
  const { fn, field, at } = given
  const problems = [
    ...strangers(given, ['fn', 'field', ...(fn === 'percentile' ? ['at'] : [])], `The aggregate ${shown(fn)}`, path),
    ...checkOneOf(fn, aggregates, [...path, 'fn']),
  ]
  if (!(fn === 'count' && field === undefined)) problems.push(...checkField(field, schema, [...path, 'field']))
  if (problems.length > 0) return problems
  const type = schema[field as string]
  const timely = fn === 'min' || fn === 'max'
  if (fn !== 'count' && fn !== 'distinct' && type !== 'number' && !(timely && type === 'time'))
    problems.push({
      path: [...path, 'field'],
      message: `${String(fn)} takes a number${timely ? ' or a time' : ''}, and "${String(field)}" is ${aType(type!)}.`,
    })
  if (fn === 'percentile' && !(typeof at === 'number' && at >= 0 && at <= 1))
    problems.push({ path: [...path, 'at'], message: `"at" is a number from 0 to 1, not ${shown(at)}.` })
  return problems
}

function checkJoin(given: Given, schema: Schema, path: Path, checkPlan: CheckPlan): PlanProblem[] {
  const problems = [
    ...checkOneOf(given['kind'], ['inner', 'left'], [...path, 'kind']),
    ...checkOther(given['with'], [...path, 'with'], checkPlan),
  ]
  const { on } = given
  if (!isObject(on) || Object.keys(on).length === 0)
    problems.push({ path: [...path, 'on'], message: 'join needs "on": {field of this side: field of the other, ...}.' })
  if (problems.length > 0) return problems
  const other = otherSchema(given as unknown as JoinOperator)
  const numeric = (type: FieldType | undefined): boolean => type === 'number' || type === 'time'
  for (const [mine, its] of Object.entries(on as Given)) {
    const at = [...path, 'on', mine]
    const wrong = [...checkField(mine, schema, at), ...checkField(its, other, at)]
    problems.push(...wrong)
    const [one, two] = [schema[mine], other[its as string]]
    if (wrong.length === 0 && one !== two && !(numeric(one) && numeric(two)))
      problems.push({
        path: at,
        message: `"${mine}" is ${aType(one as FieldType)} and "${String(its)}" ${aType(two as FieldType)}: they cannot be equal.`,
      })
  }
  const joined = Object.keys(other).filter((name) => !Object.values(on as Given).includes(name))
  for (const name of joined)
    if (Object.hasOwn(schema, name))
      problems.push({ path: [...path, 'with'], message: `Both sides have a field "${name}". Rename one with select.` })
  return problems
}

function checkOther(given: unknown, path: Path, checkPlan: CheckPlan): PlanProblem[] {
  if (!isObject(given)) return [{ path, message: 'join needs "with": {"table": ...} or {"plan": ...}.' }]
  if ('plan' in given) return [...strangers(given, ['plan'], '"with"', path), ...checkPlan(given['plan'], [...path, 'plan']).problems]
  const problems = strangers(given, ['table'], '"with"', path)
  const { table } = given
  const at = [...path, 'table']
  if (!isObject(table)) return [...problems, { path: at, message: 'A table is {"fields", "rows"} or {"fields", "file", "format"}.' }]
  problems.push(...checkSchema(table['fields'], [...at, 'fields']))
  if ('rows' in table) return [...problems, ...strangers(table, ['fields', 'rows'], 'A table of rows', at), ...checkRows(table, at)]
  return [
    ...problems,
    ...strangers(table, ['fields', 'file', 'format'], 'A table', at),
    ...checkText(table['file'], [...at, 'file']),
    ...checkOneOf(table['format'], ['csv', 'json'], [...at, 'format']),
  ]
}

function checkRows(table: Given, path: Path): PlanProblem[] {
  const { rows, fields } = table
  if (!Array.isArray(rows)) return [{ path: [...path, 'rows'], message: '"rows" is a list of lists.' }]
  const types = Object.values(isObject(fields) ? fields : {})
  const wanted = { text: 'string', number: 'number', boolean: 'boolean', time: 'number' } as const
  return rows.flatMap((row: unknown, index) => {
    const at = [...path, 'rows', index]
    if (!Array.isArray(row) || row.length !== types.length)
      return [{ path: at, message: `A row is a list of ${types.length} values, not ${shown(row)}.` }]
    return row.flatMap((value: unknown, column) =>
      value === null || typeof value === wanted[types[column] as 'text']
        ? []
        : [{ path: [...at, column], message: `${shown(value)} is not ${aType(types[column] as 'text')}.` }],
    )
  })
}
