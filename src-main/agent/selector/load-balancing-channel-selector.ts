// selector `load_balancing`: each event goes to exactly one channel. A real Flume cannot load it from a file (rule load-balancing-selector).
import { oneOf } from '../../../src-shared/spec/property.ts'
import { defineSelector, type Route } from '../../component/define.ts'

export const definition = defineSelector({
  type: 'load_balancing',
  className: 'org.apache.flume.channel.LoadBalancingChannelSelector',
  summary: 'Puts each event on one of the channels, in turn or at random.',
  rules: ['load-balancing-selector'],
  properties: { policy: oneOf('round_robin', 'random').default('round_robin').describe('How the channel is chosen.') },
  examples: [{ title: 'Two channels, two sinks', properties: 'policy = round_robin' }],
  create: ({ policy }, { channels }) => {
    let next = 0
    const choose = policy === 'random' ? () => Math.floor(Math.random() * channels.length) : () => next++ % channels.length
    return {
      select: (batch) => {
        const rows: number[][] = channels.map(() => [])
        for (let row = 0; row < batch.count; row++) rows[choose()]!.push(row)
        return rows.flatMap((some, channel): Route[] =>
          some.length === 0 ? [] : [{ rows: Uint32Array.from(some), required: [channel], optional: [] }],
        )
      },
    }
  },
})
