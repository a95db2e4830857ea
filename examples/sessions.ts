// Sessions of users from a log of `user page` lines: how many pages each has seen, and, after half a minute of silence, the session as a whole.
import { type State, StateSpec, StreamingContext, seconds } from 'millrace'

interface Session {
  readonly pages: number
  readonly first: string
  readonly last: string
}

function track(user: string, page: string | undefined, state: State<Session>): string {
  const before = state.getOption()
  if (state.isTimingOut()) return `${user} left after ${before?.pages} pages, from ${before?.first} to ${before?.last}`
  const session = { pages: (before?.pages ?? 0) + 1, first: before?.first ?? page ?? '', last: page ?? '' }
  state.update(session)
  return `${user} is on page ${session.pages}: ${session.last}`
}

const ssc = new StreamingContext({ appName: 'sessions', batchDuration: seconds(1), checkpoint: 'sessions-checkpoint' })
const visits = ssc
  .channelStream('c1')
  .text()
  .map((line) => line.split(' '))
  .filter((fields) => fields.length === 2)
  .map((fields): [string, string] => [fields[0]!, fields[1]!])
// Time-outs are looked for when the state is checkpointed.
const sessions = visits.mapWithState(StateSpec.function(track).timeout(seconds(30))).checkpoint(seconds(5))
sessions.print(100)

ssc.start()
await ssc.awaitTermination()
