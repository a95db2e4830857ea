// sink processor `load_balance`: sinks take turns; one that fails passes the work on (Flume LoadBalancingSinkProcessor).
import { MillraceError, messageOf } from '../../../src-shared/errors.ts'
import { boolean, long, string } from '../../../src-shared/spec/property.ts'
import { defineSinkProcessor } from '../../component/define.ts'
import { FailurePauses, type Order, randomOrder, roundRobin } from '../rpc-client/order-selector.ts'

export const definition = defineSinkProcessor({
  type: 'load_balance',
  className: 'org.apache.flume.sink.LoadBalancingSinkProcessor',
  summary: 'Spreads the work over the sinks of the group.',
  properties: {
    selector: string().default('round_robin').describe('round_robin or random.'),
    backoff: boolean().default(false).describe('A sink that failed is left alone for a while, each time longer.'),
    'selector.maxTimeOut': long().min(0).default(30_000).unit('ms').describe('Longest time that a failed sink is left alone.'),
  },
  examples: [{ title: 'Two collectors', properties: 'selector = random\nbackoff = true' }],
  create: ({ selector, backoff, 'selector.maxTimeOut': maxTimeOutMs }, { sinks, clock, log }) => {
    if (sinks.length < 2) {
      throw new MillraceError(
        'BAD_CONFIGURATION',
        'The LoadBalancingSinkProcessor cannot be used for a single sink. Please configure more than one sinks and try again.',
      )
    }
    const order = orderOf(selector)
    const pauses = backoff ? new FailurePauses(clock, maxTimeOutMs) : undefined
    return {
      async process() {
        for (const { name, sink } of order(sinks.filter((candidate) => pauses?.isActive(candidate) !== false))) {
          try {
            return await sink.process()
          } catch (error) {
            log.warn(`Sink ${name} failed to consume event. Attempting next sink if available: ${messageOf(error)}`)
            pauses?.failed(name)
          }
        }
        throw new MillraceError('EVENT_DELIVERY', 'All configured sinks have failed')
      },
    }
  },
})

/** By the aliases only: Flume cannot make its own selectors by their class names. */
function orderOf(selector: string): Order {
  const alias = selector.toLowerCase()
  if (alias === 'round_robin') return roundRobin()
  if (alias === 'random') return randomOrder
  throw new MillraceError('BAD_CONFIGURATION', `processor.selector = ${selector} is not known. Use round_robin or random.`)
}
