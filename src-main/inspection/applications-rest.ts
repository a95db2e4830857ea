// Spark's monitoring API as far as streams have it: `/api/v1/applications`, one of them, and what lies below its `streaming/`
// (streaming-rest.ts). Each stream is an application with one attempt.
import type { RestAnswer } from '../../src-shared/contract/streams.ts'

/** A stream as an application. */
export interface RestApplication {
  readonly id: string
  readonly name: string
  /** When it started last, epoch ms; absent: it has not run here. */
  readonly startedAt?: number
  readonly running: boolean
  /** Answers below `streaming/`. */
  readonly rest: (path: string, query: URLSearchParams) => RestAnswer
}

/** `path`: what follows `/api/v1/`. */
export function applicationsRest(path: string, query: URLSearchParams, applications: readonly RestApplication[], now: number): RestAnswer {
  const [root, id, ...below] = path.split('/').filter((part) => part !== '')
  if (root !== 'applications') return notFound
  const list = applications.map((application) => applicationOf(application, now))
  if (id === undefined) return { status: 200, body: list }
  const index = applications.findIndex((application) => application.id === id)
  if (index < 0) return { status: 404, body: `no such app: ${id}` }
  if (below.length === 0) return { status: 200, body: list[index] }
  const attempt = below[0] === 'streaming' ? undefined : below.shift()
  if (attempt !== undefined && attempt !== '1') return { status: 404, body: `no such app: ${id}/${attempt}` }
  if (below[0] !== 'streaming') return notFound
  return applications[index]!.rest(below.slice(1).join('/'), query)
}

const notFound: RestAnswer = { status: 404, body: 'HTTP 404 Not Found' }

function applicationOf({ id, name, startedAt, running }: RestApplication, now: number): unknown {
  const start = startedAt ?? -1
  const end = running ? -1 : now
  return {
    id,
    name,
    attempts: [
      {
        startTime: gmt(start),
        endTime: gmt(end),
        lastUpdated: gmt(now),
        duration: startedAt === undefined ? 0 : now - startedAt,
        completed: !running,
        startTimeEpoch: start,
        endTimeEpoch: end,
        lastUpdatedEpoch: now,
      },
    ],
  }
}

function gmt(time: number): string {
  return new Date(time).toISOString().replace('Z', 'GMT')
}
