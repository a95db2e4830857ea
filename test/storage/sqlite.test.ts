import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { migrate } from '../../src-main/storage/migrations.ts'
import { type Database, isDamage, openDatabase, sqliteTransaction } from '../../src-main/storage/sqlite.ts'
import { temporaryFolder } from '../driver/temporary-folder.ts'

const open = (folder = temporaryFolder()): Database => openDatabase(join(folder, 'test.db'))
const tables = (database: Database): number => database.prepare<{ n: number }>('SELECT count(*) AS n FROM sqlite_schema').get()!.n

describe('a SQLite transaction', () => {
  test('is committed when its work returns, and gives its result', () => {
    const database = open()
    const work = (): number => {
      database.exec('CREATE TABLE t (a)')
      return 7
    }
    expect(sqliteTransaction(database, work)).toBe(7)
    expect(tables(database)).toBe(1)
    expect(database.inTransaction).toBe(false)
    database.close()
  })

  test('is rolled back when its work throws', () => {
    const database = open()
    const work = (): void => {
      database.exec('CREATE TABLE t (a)')
      throw new Error('no')
    }
    expect(() => sqliteTransaction(database, work)).toThrow('no')
    expect(tables(database)).toBe(0)
    database.close()
  })
})

describe('migrations', () => {
  test('run once each, in order', () => {
    const database = open()
    migrate(database, ['CREATE TABLE one (a)'])
    migrate(database, ['CREATE TABLE one (a)', 'CREATE TABLE two (a)'])
    expect(tables(database)).toBe(2)
    database.close()
  })

  test('leave a file alone when one of them fails', () => {
    const database = open()
    expect(() => migrate(database, ['CREATE TABLE one (a); CREATE TABLE one (a)'])).toThrow('already exists')
    expect(tables(database)).toBe(0)
    expect(database.pragma('user_version', { simple: true })).toBe(0)
    database.close()
  })

  test('refuse a file of a newer Millrace', () => {
    const database = open()
    database.pragma('user_version = 3')
    expect(() => migrate(database, ['CREATE TABLE one (a)'])).toThrow('it was written by a newer one')
    database.close()
  })
})

test('a file that is no database is known as damage', () => {
  const folder = temporaryFolder()
  writeFileSync(join(folder, 'test.db'), 'this is not a database, it is a sentence that goes on and on and on and on')
  const database = open(folder)
  let thrown: unknown
  try {
    database.pragma('journal_mode = WAL')
  } catch (error) {
    thrown = error
  }
  expect(isDamage(thrown)).toBe(true)
  database.close()
})
