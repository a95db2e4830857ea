import { mkdirSync, statSync } from 'node:fs'
import { expect, test } from 'vitest'
import { openDatabase } from '../../src-main/storage/sqlite.ts'
import { foldersOf } from '../../src-main/workspace/folders.ts'
import { WorkspaceStore } from '../../src-main/workspace/workspace-store.ts'
import { temporaryFolder } from '../driver/temporary-folder.ts'

test('what ran when an engine was killed is told to the next one, once; what was stopped is not', () => {
  const folders = foldersOf(temporaryFolder())
  const killed = WorkspaceStore.open(folders)
  killed.setRunning('tail', true)
  killed.setRunning('counts', true)
  killed.setRunning('counts', false)
  killed.close()
  const next = WorkspaceStore.open(folders)
  expect(next.takeCrashed()).toEqual(['tail'])
  expect(next.takeCrashed()).toEqual([])
  next.close()
})

test('a workspace of a version that kept all runs still tells those that were not ended', () => {
  const folders = foldersOf(temporaryFolder())
  mkdirSync(folders.root, { recursive: true })
  const older = openDatabase(folders.database)
  older.exec(`CREATE TABLE run (id INTEGER PRIMARY KEY, item TEXT NOT NULL, started_at INTEGER NOT NULL, ended_at INTEGER, how TEXT) STRICT;
    INSERT INTO run VALUES (1, 'tail', 1000, 2000, 'stopped'), (2, 'tail', 3000, NULL, NULL), (3, 'counts', 3000, 4000, 'stopped');
    PRAGMA user_version = 2`)
  older.close()
  const store = WorkspaceStore.open(folders)
  expect(store.takeCrashed()).toEqual(['tail'])
  store.close()
})

test('what is kept and is not as it was written is refused with where it lies and what can be done', () => {
  const folders = foldersOf(temporaryFolder())
  const store = WorkspaceStore.open(folders)
  store.addItem('pipeline', '/logs.properties', 'logs')
  store.close()
  const database = openDatabase(folders.database)
  database.exec("UPDATE item SET details = '{'; INSERT INTO setting VALUES ('theme', 'dark')")
  database.close()
  const changed = WorkspaceStore.open(folders)
  const refusal = { code: 'IO', message: expect.stringMatching(/workspace\.db is not as Millrace wrote it .*--workspace/) }
  expect(() => changed.items('pipeline')).toThrow(expect.objectContaining(refusal))
  expect(() => changed.settings()).toThrow(expect.objectContaining(refusal))
  changed.close()
})

test.runIf(process.platform !== 'win32')('what channels and batches hold is for the user alone', () => {
  const folders = foldersOf(temporaryFolder())
  WorkspaceStore.open(folders).close()
  expect(statSync(folders.state).mode & 0o077).toBe(0)
})
