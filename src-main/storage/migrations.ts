// Schema migrations: a list that only grows. `user_version` says how many steps a file has had.
import { type Database, sqliteTransaction } from './sqlite.ts'

/** Brings a database to `steps.length`, each step in a transaction of its own. Throws when the file is from a newer Millrace. */
export function migrate(database: Database, steps: readonly string[]): void {
  const version = Number(database.pragma('user_version', { simple: true }))
  if (version > steps.length) {
    throw new RangeError(`the file has schema version ${version}, this Millrace knows up to ${steps.length}: it was written by a newer one`)
  }
  for (let step = version; step < steps.length; step++) {
    sqliteTransaction(database, () => {
      database.exec(steps[step]!)
      database.pragma(`user_version = ${step + 1}`)
    })
  }
}
