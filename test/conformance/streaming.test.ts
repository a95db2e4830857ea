// The cases recorded from Apache Spark, as tests.
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { differences } from '../../src-shared/flume/differences.ts'
import { resultLine } from './runner/report.ts'
import { runStreamingSuite } from './streaming-runner/streaming-suite.ts'

const cases = join(import.meta.dirname, 'streaming')

test('every public case recorded from Spark 3.5.9 gives what Spark gave, or differs by a named rule', async () => {
  const results = await runStreamingSuite({ cases, only: [], jobs: 1, onResult: () => {} })
  expect(results.filter((result) => result.status === 'not ok').map(resultLine)).toEqual([])
  expect(results.length).toBe(readdirSync(cases, { recursive: true }).filter((name) => String(name).endsWith('.json')).length)
  const differing = results.filter((result) => result.status === 'differs')
  for (const { id, detail } of differing) expect(differences.find((rule) => rule.id === detail)?.cases).toContain(id)
})

test('every further case recorded from Spark 3.5.9 gives what Spark gave', async () => {
  const more = join(import.meta.dirname, 'streaming-more')
  const results = await runStreamingSuite({ cases: more, only: [], jobs: 1, onResult: () => {} })
  expect(results.filter((result) => result.status !== 'ok').map(resultLine)).toEqual([])
  expect(results.length).toBeGreaterThan(400)
})
