import { expect, test } from 'vitest'
import { applicationsRest, type RestApplication } from '../../src-main/inspection/applications-rest.ts'

const now = Date.parse('2026-11-22T12:00:10Z')
const asked: string[] = []
const applications: readonly RestApplication[] = [
  {
    id: 'words',
    name: 'word-count',
    startedAt: now - 10_000,
    running: true,
    rest: (path, query) => {
      asked.push(`${path}?${query}`)
      return { status: 200, body: 'answered' }
    },
  },
  { id: 'other', name: 'other', running: false, rest: () => ({ status: 404, body: 'no streaming listener attached to other' }) },
]
const get = (path: string, query = '') => applicationsRest(path, new URLSearchParams(query), applications, now)

test('applications are listed with their one attempt, a stream that has not run as completed', () => {
  expect(get('applications')).toMatchObject({
    status: 200,
    body: [
      {
        id: 'words',
        name: 'word-count',
        attempts: [{ startTime: '2026-11-22T12:00:00.000GMT', endTime: '1969-12-31T23:59:59.999GMT', duration: 10_000, completed: false }],
      },
      { id: 'other', attempts: [{ duration: 0, completed: true }] },
    ],
  })
  expect(get('applications/words')).toMatchObject({ status: 200, body: { id: 'words' } })
})

test('what lies below streaming is the stream’s own, with or without the attempt', () => {
  expect(get('applications/words/streaming/batches', 'status=COMPLETED&status=QUEUED').body).toBe('answered')
  expect(get('applications/words/1/streaming/batches/5/operations').body).toBe('answered')
  expect(asked).toEqual(['batches?status=COMPLETED&status=QUEUED', 'batches/5/operations?'])
  expect(get('applications/other/streaming/statistics')).toEqual({ status: 404, body: 'no streaming listener attached to other' })
})

test('unknown applications, attempts and paths are 404 with a sentence', () => {
  expect(get('applications/no/streaming/statistics')).toEqual({ status: 404, body: 'no such app: no' })
  expect(get('applications/words/2/streaming/statistics')).toEqual({ status: 404, body: 'no such app: words/2' })
  for (const path of ['', 'version', 'applications/words/1', 'applications/words/1/jobs']) expect(get(path).status).toBe(404)
})
