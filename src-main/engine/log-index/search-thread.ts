// The thread of one search. It is ended when the search is cancelled, so that no pattern, however bad, keeps a processor busy.
import type { LogQuery } from '../../../src-shared/contract/logs.ts'
import { emitFromThread, serveThread } from '../thread-calls.ts'
import { LogSearch, type SearchStep } from './log-search.ts'

let search: LogSearch | undefined

const methods = {
  open: async ({ path, identity, query }: { path: string; identity: string; query: LogQuery }): Promise<void> => {
    search = await LogSearch.open(path, identity, query)
  },
  /** Steps come as events; resolves when `until` is reached. */
  advance: async ({ until }: { until: number }): Promise<void> => {
    await search!.advance(until, (step) => emitFromThread(step satisfies SearchStep))
  },
}
export type SearchThreadApi = typeof methods

serveThread(methods)
