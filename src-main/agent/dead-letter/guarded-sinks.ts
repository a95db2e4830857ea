// A runner's processor with poison guards: normally the processor works as it is; when a guard has seen the same batch fail too often, it
// looks that batch through, offering its parts to each sink on its channel.
import type { Sink, SinkProcessor, Status } from '../../component/define.ts'
import type { PoisonGuard } from './poison-guard.ts'

/** `guards`: each with the sinks that take through it. */
export function guardedSinks(processor: SinkProcessor, guards: ReadonlyMap<PoisonGuard, readonly Sink[]>): SinkProcessor {
  return {
    async process(): Promise<Status> {
      for (const [guard, sinks] of guards) {
        if (!guard.ripe) continue
        await guard.isolate(sinks)
        return 'READY'
      }
      for (const guard of guards.keys()) await guard.begin()
      const turn = await processor.process().then(
        (status) => ({ status, thrown: undefined }),
        (thrown: unknown) => ({ status: undefined, thrown }),
      )
      for (const guard of guards.keys()) guard.finish(turn.thrown)
      if ([...guards.keys()].some((guard) => guard.retriesAtOnce)) return 'READY'
      if (turn.status === undefined) throw turn.thrown
      return turn.status
    },
  }
}
