// The part of better-sqlite3 that Millrace uses, typed narrowly. Only src-main/storage imports the driver.
declare module 'better-sqlite3' {
  interface DriverStatement {
    run(...parameters: readonly unknown[]): { changes: number; lastInsertRowid: number | bigint }
    get(...parameters: readonly unknown[]): unknown
    all(...parameters: readonly unknown[]): unknown[]
    iterate(...parameters: readonly unknown[]): IterableIterator<unknown>
  }
  class DriverDatabase {
    constructor(path: string, options?: { readonly?: boolean; fileMustExist?: boolean; timeout?: number })
    readonly name: string
    readonly open: boolean
    readonly inTransaction: boolean
    prepare(sql: string): DriverStatement
    exec(sql: string): void
    pragma(text: string, options?: { simple?: boolean }): unknown
    close(): void
  }
  export = DriverDatabase
}
