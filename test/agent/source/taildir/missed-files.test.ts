// A look at a directory while a rotation renames in it: a file may be missed, and must not be read again for that.
import { appendFileSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { fileRules } from '../../../../src-main/agent/platform/file-rules.ts'
import { lookWith } from '../../../../src-main/agent/source/taildir/file-groups.ts'
import { Tail } from '../../../driver/tail.ts'

/** A tail whose looks miss the files in `missed`. */
function tailThatMisses(): { readonly tail: Tail; readonly missed: Set<string> } {
  const rules = fileRules()
  const real = lookWith(rules)
  const missed = new Set<string>()
  const tail = new Tail({ rules, look: (path) => (missed.has(path) ? undefined : real(path)) })
  return { tail, missed }
}

const positions = (tail: Tail): unknown => JSON.parse(readFileSync(join(tail.folder, 'positions.json'), 'utf8') || '[]')

test('a file that the first look after a restart misses is read on from where it was, under its next name', async () => {
  const { tail, missed } = tailThatMisses()
  writeFileSync(tail.path('app.log'), '1\n2\n')
  tail.start()
  expect(await tail.read()).toEqual(['1', '2'])
  await tail.stop()
  missed.add(tail.path('app.log'))
  tail.start()
  expect(await tail.read()).toEqual([])
  // The position is written while it is missing, and the agent is started once more.
  await tail.stop()
  expect(positions(tail)).toEqual([])
  tail.start()
  expect(await tail.read()).toEqual([])
  renameSync(tail.path('app.log'), tail.path('app-1.log'))
  appendFileSync(tail.path('app-1.log'), '3\n')
  expect(await tail.read()).toEqual(['3'])
  await tail.stop()
  expect(positions(tail)).toMatchObject([{ pos: 6, file: tail.path('app-1.log') }])
})

test('a closed file that one look misses while others follow is not read again', async () => {
  const { tail, missed } = tailThatMisses()
  writeFileSync(tail.path('app.log'), '1\n')
  tail.start()
  expect(await tail.read()).toEqual(['1'])
  await tail.stop()
  tail.start()
  expect(await tail.read()).toEqual([])
  missed.add(tail.path('app.log'))
  expect(await tail.read()).toEqual([])
  renameSync(tail.path('app.log'), tail.path('app-1.log'))
  expect(await tail.read()).toEqual([])
  appendFileSync(tail.path('app-1.log'), '2\n')
  expect(await tail.read()).toEqual(['2'])
})

test('a file that has been gone for a minute is forgotten', async () => {
  const { tail } = tailThatMisses()
  writeFileSync(tail.path('app.log'), '1\n')
  tail.start()
  expect(await tail.read()).toEqual(['1'])
  await tail.stop()
  rmSync(tail.path('app.log'))
  tail.start()
  expect(await tail.read()).toEqual([])
  const journal = join(tail.folder, '.positions.json.journal')
  await tail.save()
  expect(readFileSync(journal, 'utf8')).toContain('app.log')
  tail.clock.advance(60_000)
  await tail.save()
  expect(readFileSync(journal, 'utf8')).not.toContain('app.log')
})
