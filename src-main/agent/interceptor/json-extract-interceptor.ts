// json_extract: values out of JSON bodies, by JMESPath expressions, as headers; or as the new body. Millrace's own.
import { compile, type JSONValue, TreeInterpreter } from '@jmespath-community/jmespath'
import { MillraceError, messageOf, phraseOf } from '../../../src-shared/errors.ts'
import { columnOf, gatherBatch, withBodies, withHeaderColumn } from '../../../src-shared/event/build-batch.ts'
import { bodyAt, type EventBatch, headerAt } from '../../../src-shared/event/event-batch.ts'
import { int, map, oneOf, string } from '../../../src-shared/spec/property.ts'
import { defineInterceptor } from '../../component/define.ts'

export const definition = defineInterceptor({
  type: 'json_extract',
  summary: 'Takes values out of JSON bodies by JMESPath expressions: as headers, or as the new body.',
  properties: {
    'header.*': map(string()).describe(
      'header.<name>: an expression; its value becomes the header <name>. null and nothing give no header.',
    ),
    body: string().optional().describe('An expression whose value becomes the body. Where it is null the body stays.'),
    onBadJson: oneOf('keep', 'drop', 'mark')
      .default('keep')
      .describe('A body that is not JSON: passes as it is, is dropped and counted, or passes with the header named by markHeader.'),
    markHeader: string().default('json_error').describe('Header that says what is wrong with the body, with onBadJson = mark.'),
    maxBytes: int()
      .min(1)
      .default(1 << 20)
      .unit('bytes')
      .describe('A longer body counts as no JSON, so that one event cannot hold up the others.'),
  },
  examples: [
    {
      title: 'Route by level, keep only the message',
      properties: 'header.level = level\nheader.user = request.user.id\nbody = message',
    },
  ],
  create: (options, context) => {
    const headers = Object.entries(options['header.*']).map(([name, text]) => ({ name, expression: compiled(`header.${name}`, text) }))
    const newBody = options.body === undefined ? undefined : compiled('body', options.body)
    if (headers.length === 0 && newBody === undefined)
      throw new MillraceError('BAD_CONFIGURATION', 'json_extract has nothing to do. Set header.<name> or body to a JMESPath expression.')
    const expressions = [...headers.map(({ expression }) => expression), ...(newBody === undefined ? [] : [newBody])]
    return {
      intercept(batch: EventBatch): EventBatch {
        const rows = Array.from({ length: batch.count }, (_, row) => extracted(bodyAt(batch, row), expressions, options.maxBytes))
        const bad = rows.filter(({ trouble }) => trouble !== undefined).length
        if (bad > 0) context.counters.add('EventBadJsonCount', bad)
        let result = batch
        /** Sets the header where `valueAt` has one; elsewhere it stays as it was. */
        const set = (name: string, valueAt: (row: number) => string | undefined): void => {
          const column = columnOf(name, batch.count, (row) => valueAt(row) ?? headerAt(batch, row, name))
          if (column.values.length > 0) result = withHeaderColumn(result, column)
        }
        headers.forEach(({ name }, index) => {
          set(name, (row) => rows[row]!.values[index])
        })
        if (bad > 0 && options.onBadJson === 'mark') set(options.markHeader, (row) => rows[row]!.trouble)
        if (newBody !== undefined) {
          const bodies = rows.map(({ values }, row) => {
            const text = values[headers.length]
            return text === undefined ? bodyAt(batch, row) : Buffer.from(text)
          })
          result = withBodies(result, bodies)
        }
        if (bad === 0 || options.onBadJson !== 'drop') return result
        return gatherBatch(
          result,
          [...rows.keys()].filter((row) => rows[row]!.trouble === undefined),
        )
      },
    }
  },
})

type Expression = ReturnType<typeof compile>

/** Throws BAD_CONFIGURATION with the place where the expression cannot be read. */
function compiled(key: string, text: string): Expression {
  try {
    return compile(text)
  } catch (error) {
    throw new MillraceError('BAD_CONFIGURATION', `${key} = ${text} is not a JMESPath expression: ${phraseOf(error)}.`, { cause: error })
  }
}

interface Extracted {
  /** By expression; undefined where there is nothing. */
  readonly values: readonly (string | undefined)[]
  /** Why the body gave nothing at all. */
  readonly trouble?: string
}

/** Text stays text, everything else is written as JSON. */
function extracted(body: Uint8Array, expressions: readonly Expression[], maxBytes: number): Extracted {
  if (body.length > maxBytes) return { values: [], trouble: `${body.length} bytes are more than maxBytes (${maxBytes})` }
  try {
    const value = JSON.parse(Buffer.from(body.buffer, body.byteOffset, body.length).toString()) as JSONValue
    return {
      values: expressions.map((expression) => {
        const found = TreeInterpreter.search(expression, value)
        if (found === null || found === undefined) return undefined
        return typeof found === 'string' ? found : JSON.stringify(found)
      }),
    }
  } catch (error) {
    return { values: [], trouble: messageOf(error) }
  }
}
