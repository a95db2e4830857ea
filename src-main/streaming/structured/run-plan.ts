// A plan as a running stream: its channel, then its operators one after another.
import { IllegalArgumentException } from '../../../src-shared/streaming/exceptions.ts'
import { checkPlan } from '../../../src-shared/streaming/structured/check-plan.ts'
import type { Plan } from '../../../src-shared/streaming/structured/plan.ts'
import { DirectInputDStream } from '../dstream/direct-input-dstream.ts'
import type { StreamingContext } from '../streaming-context.ts'
import { refused, type StructuredStream } from './structured-stream.ts'

export function runPlan(context: StreamingContext, plan: Plan): StructuredStream<Record<string, 'text'>> {
  const { problems } = checkPlan(plan)
  if (problems.length > 0) throw refused(problems)
  const { input } = plan
  if (!('channel' in input)) {
    throw new IllegalArgumentException(
      'input.records: This plan gets its rows from a program. Begin with structured(stream) and apply() its operators.',
    )
  }
  const known = context.graph.inputStreams.find(
    (stream): stream is DirectInputDStream & typeof stream => stream instanceof DirectInputDStream && stream.channel === input.channel,
  )
  const channel = known ?? context.channelStream(input.channel)
  let stream = channel.structured(input.headers === undefined ? {} : { headers: input.headers }) as StructuredStream<Record<string, 'text'>>
  for (const operator of plan.operators) {
    const other = operator.op === 'join' && 'plan' in operator.with ? runPlan(context, operator.with.plan) : undefined
    stream = stream.apply(operator, other)
  }
  return stream
}
