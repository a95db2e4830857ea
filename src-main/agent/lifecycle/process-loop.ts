// The loop of process() that both runners have: READY calls it again at once, BACKOFF after a back-off (Flume PollableSourceRunner, SinkRunner).
import type { Status } from '../../component/define.ts'
import { BackOff, type BackOffOptions } from './back-off.ts'
import { turns } from './take-turns.ts'

export interface ProcessLoopOptions extends BackOffOptions {
  readonly process: () => Promise<Status>
  /** Called with what process() threw, and with undefined when it works again. */
  readonly onTrouble: (error: unknown) => void
  /** Says in the log what process() threw; true: the loop sleeps the longest back-off before it goes on. */
  readonly failed: (error: unknown) => boolean
}

/** Resolves when `signal` has aborted and the call under way has ended. Never rejects. */
export async function processLoop(options: ProcessLoopOptions): Promise<void> {
  const { process, onTrouble, failed, clock, signal, longestMs } = options
  const takeTurn = turns(clock)
  const backOff = new BackOff(options)
  let troubled = false
  while (!signal.aborted) {
    try {
      const status = await process()
      if (troubled) onTrouble(undefined)
      troubled = false
      if (status === 'READY') backOff.reset()
      else await backOff.wait()
    } catch (error) {
      troubled = true
      onTrouble(error)
      if (failed(error)) await backOff.sleep(longestMs)
    }
    const turn = takeTurn()
    if (turn !== undefined) await turn
  }
}
