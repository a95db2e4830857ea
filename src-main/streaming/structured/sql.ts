// sql: a query over the rows of one batch, which are the table `rows`, on DuckDB in this process. See docs/adr/0017.
//
// The database is in memory, reaches no file, network or extension, and runs in one thread, so that the same batch gives the same rows in
// the same order. It is loaded when the first batch needs it.
import type { DuckDBConnection, DuckDBDataChunk, DuckDBValue } from '@duckdb/node-api'
import { MillraceError } from '../../../src-shared/errors.ts'
import type { SqlOperator } from '../../../src-shared/streaming/structured/plan.ts'
import type { FieldType, Schema, Value } from '../../../src-shared/streaming/structured/schema.ts'
import { columnOfValues } from './column.ts'
import { Frame } from './frame.ts'

type DuckDb = typeof import('@duckdb/node-api')

const memoryLimit = '512MB'
/** DuckDB's vectors have 2,048 rows. */
const chunkRows = 2048

const settings = {
  enable_external_access: 'false',
  autoinstall_known_extensions: 'false',
  autoload_known_extensions: 'false',
  threads: '1',
  memory_limit: memoryLimit,
  lock_configuration: 'true',
}

/** Runs one operator's query, one batch after the other. */
export class SqlQuery {
  readonly #operator: SqlOperator
  readonly #input: Schema
  #opened: Promise<{ readonly duckdb: DuckDb; readonly connection: DuckDBConnection }> | undefined
  #last: Promise<unknown> = Promise.resolve()

  constructor(operator: SqlOperator, input: Schema) {
    this.#operator = operator
    this.#input = input
  }

  /** The result over these rows. Batches that are processed at the same time take turns. */
  run(frames: Iterable<Frame>): Promise<Frame> {
    const result = this.#last.then(
      () => this.#run(frames),
      () => this.#run(frames),
    )
    this.#last = result
    return result
  }

  async #run(frames: Iterable<Frame>): Promise<Frame> {
    this.#opened ??= this.#open()
    const { duckdb, connection } = await this.#opened
    await this.#fill(duckdb, connection, frames)
    return this.#query(connection)
  }

  async #open(): Promise<{ readonly duckdb: DuckDb; readonly connection: DuckDBConnection }> {
    const duckdb = await loadDuckDb()
    const instance = await duckdb.DuckDBInstance.create(':memory:', settings)
    const connection = await instance.connect()
    const { query } = this.#operator
    const columns = Object.entries(this.#input).map(([name, type]) => `${quoted(name)} ${sqlTypes[type]}`)
    await connection.run(`CREATE TEMP TABLE rows (${columns.join(', ')})`)
    try {
      const statements = await connection.extractStatements(query)
      if (statements.count !== 1) throw new Error(`it has ${statements.count} statements, not one`)
      const prepared = await statements.prepare(0)
      const { statementType } = prepared
      prepared.destroySync()
      if (statementType !== duckdb.StatementType.SELECT) throw new Error('it is not a SELECT')
    } catch (thrown) {
      throw this.#failed(thrown)
    }
    return { duckdb, connection }
  }

  async #fill(duckdb: DuckDb, connection: DuckDBConnection, frames: Iterable<Frame>): Promise<void> {
    await connection.run('DELETE FROM rows')
    const appender = await connection.createAppender('rows')
    const types = Object.values(this.#input).map((type) => duckdb[sqlTypes[type]])
    try {
      for (const frame of frames) {
        for (let from = 0; from < frame.count; from += chunkRows) {
          const rows = Math.min(chunkRows, frame.count - from)
          const chunk = duckdb.DuckDBDataChunk.create(types, rows)
          Object.entries(this.#input).forEach(([name, type], column) => {
            setColumn(duckdb, chunk, column, type, frame, name, from, rows)
          })
          appender.appendDataChunk(chunk)
        }
      }
    } finally {
      appender.closeSync()
    }
  }

  async #query(connection: DuckDBConnection): Promise<Frame> {
    const { query, fields } = this.#operator
    try {
      const result = await connection.runAndReadAll(query)
      const names = result.columnNames()
      const wanted = Object.keys(fields)
      if (names.length !== wanted.length || wanted.some((name) => !names.includes(name)))
        throw new Error(`it gives the columns ${names.join(', ')}, and "fields" says ${wanted.join(', ')}`)
      const types = result.columnTypes()
      const columns = result.getColumnsJS()
      return new Frame(
        result.currentRowCount,
        Object.entries(fields).map(([name, type]) => {
          const at = names.indexOf(name)
          const read = reader(type, String(types[at]))
          if (read === undefined) throw new Error(`it gives ${name} as ${String(types[at])}, and "fields" says ${type}`)
          return [
            name,
            columnOfValues(
              type,
              (columns[at] ?? []).map((value) => (value === null ? null : read(value))),
            ),
          ]
        }),
      )
    } catch (thrown) {
      throw this.#failed(thrown)
    }
  }

  #failed(thrown: unknown): MillraceError {
    const query = this.#operator.query.replace(/\s+/g, ' ').trim()
    return new MillraceError('PROGRAM_FAILED', `The query "${query}" cannot be run`, { cause: thrown })
  }
}

const sqlTypes = { text: 'VARCHAR', number: 'DOUBLE', boolean: 'BOOLEAN', time: 'TIMESTAMP' } as const satisfies Record<FieldType, string>

function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`
}

async function loadDuckDb(): Promise<DuckDb> {
  try {
    return await import('@duckdb/node-api')
  } catch (cause) {
    throw new MillraceError('PROGRAM_FAILED', 'The operator sql needs DuckDB, and this installation has none for this system.', { cause })
  }
}

function setColumn(
  duckdb: DuckDb,
  chunk: DuckDBDataChunk,
  index: number,
  type: FieldType,
  frame: Frame,
  name: string,
  from: number,
  rows: number,
): void {
  const column = frame.column(name)
  const values: DuckDBValue[] = []
  for (let row = from; row < from + rows; row++) {
    const value = column.at(row)
    // Fractions of a millisecond do not fit into a count of microseconds that is made of a double; they are cut.
    values.push(type === 'time' && value !== null ? new duckdb.DuckDBTimestampValue(BigInt(Math.trunc(value as number)) * 1000n) : value)
  }
  chunk.setColumnValues(index, values)
}

const numeric = /^(?:U?(?:TINY|SMALL|BIG|HUGE)INT|U?INTEGER|FLOAT|DOUBLE|DECIMAL.*)$/

/** How a value of a column of DuckDB's type is read as a field's; undefined where it cannot. A column of nothing but NULL is an INTEGER. */
function reader(type: FieldType, duckType: string): ((value: unknown) => Value) | undefined {
  if (type === 'number') return numeric.test(duckType) ? (value) => finite(Number(value)) : undefined
  if (type === 'boolean') return duckType === 'BOOLEAN' || duckType === 'INTEGER' ? (value) => Boolean(value) : undefined
  if (type === 'time') return /^(?:TIMESTAMP|DATE|INTEGER)/.test(duckType) ? (value) => finite(Number(value)) : undefined
  return duckType === 'VARCHAR' || duckType === 'INTEGER' ? (value) => String(value) : undefined
}

function finite(value: number): number | null {
  return Number.isFinite(value) ? value : null
}
